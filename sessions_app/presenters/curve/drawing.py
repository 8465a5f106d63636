"""The drawing of one day: every number of the SVG, none of its looks. Pure.

BP stands above pulse, pulse above SpO2, bars below, all on one clock. Marks and dashes tell the lines apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sessions_app.presenters.curve.day import Day
from sessions_app.presenters.curve.labels import Box, Label, text_width
from sessions_app.presenters.curve.lanes import HEIGHT, PITCH, SHORTEST, Bar, lay_bars
from sessions_app.presenters.curve.scale import (
    BLOOD_PRESSURE,
    LEFT,
    PULSE,
    RIGHT,
    SPO2,
    TOP,
    WIDTH,
    Tick,
    TimeScale,
    ValueScale,
    clock_ticks,
    time_scale,
)
from sessions_app.presenters.curve.values import value_labels

_BP_TOP, _BETWEEN = 26.0, 12.0
_DROP = "c0 0-6.5 6.5-6.5 10.2a6.5 6.3 0 0 0 13 0c0-3.7-6.500-10.2-6.500-10.2Z"
_DROP_WIDTH = 14.0
_FAR = timedelta(hours=6)


@dataclass(frozen=True)
class Frame:
    """The scales of one day. ``way``: from where to where now moves on this paper, which is kept free of words."""

    time: TimeScale
    bp: ValueScale
    pulse: ValueScale
    spo2: ValueScale
    bars: list[Bar]
    axis: float
    now: datetime | None
    way: tuple[float, float] | None

    @property
    def now_x(self) -> float:
        return self.time.x(self.now) if self.now else 0.0


def frame_of(day: Day) -> Frame:
    """A day with nothing on it has no frame: raises ValueError."""
    moments = day.moments
    if not moments:
        raise ValueError("nothing to draw")
    # Forgotten open, a session would be squeezed into a corner by its own waiting.
    first, last = day.stretch or (day.now, day.now)
    now = day.now if last is not None and last <= max(moments) + _FAR else None
    time = time_scale([*moments, last] if now and last else moments)
    pressures = [value for reading in day.readings for value in (reading.systolic, reading.diastolic) if value]
    pressures += [day.lines.systolic, day.lines.diastolic]
    bp = BLOOD_PRESSURE.scale(pressures, top=_BP_TOP)
    pulse = PULSE.scale([r.pulse for r in day.readings if r.pulse], top=bp.bottom + _BETWEEN)
    saturations = [r.spo2 for r in day.readings if r.spo2 is not None]
    spo2 = SPO2.scale([*saturations, day.lines.spo2], top=pulse.bottom + _BETWEEN)
    until = last if now and last else day.until
    bars = lay_bars(day.spans, time, until=min(until, time.end))
    lanes = max((bar.lane + 1 for bar in bars), default=0)
    way = (time.x(first), time.x(last)) if now and first and last else None
    return Frame(time, bp, pulse, spo2, bars, spo2.bottom + _BETWEEN + lanes * PITCH, now, way)


def draw(day: Day) -> dict[str, Any]:
    """Plain values of ``_curve.html``: text for attributes, words with their places."""
    frame = frame_of(day)
    return {
        "width": WIDTH,
        "height": px(frame.axis + 19),
        "plot_top": px(TOP),
        "axis": px(frame.axis),
        **_ground(day, frame),
        **_axes(day, frame),
        **_top(day, frame),
        **_pressures(day, frame),
        "pulse_line": line((frame.time.x(r.at), frame.pulse.y(r.pulse)) for r in day.readings if r.pulse),
        "pulses": [_square(frame.time.x(r.at), frame.pulse.y(r.pulse)) for r in day.readings if r.pulse],
        "spo2_line": line((frame.time.x(r.at), frame.spo2.y(r.spo2)) for r in day.readings if r.spo2 is not None),
        "spo2s": [
            {"x": px(frame.time.x(r.at)), "y": px(frame.spo2.y(r.spo2))} for r in day.readings if r.spo2 is not None
        ],
        **_words(day, frame),
        "late": [f"M{px(frame.time.x(at))} {px(frame.axis - 4)}l4.5 4.5-4.5 4.5-4.5-4.5Z" for at in day.late],
        "lanes": [_bar(bar, frame) for bar in frame.bars],
        "now": _now(frame, day),
    }


def px(number: float) -> str:
    """As an attribute takes it, whatever the language of the page: ``89.6``, ``90``."""
    return f"{number:.1f}".removesuffix(".0")


def line(points: Iterable[tuple[float, float]]) -> str:
    """A path through these points; none through fewer than two."""
    steps = [f"{px(x)} {px(y)}" for x, y in points]
    return f"M{'L'.join(steps)}" if len(steps) > 1 else ""


def _ground(day: Day, frame: Frame) -> dict[str, Any]:
    def across(scale: ValueScale, values: Iterable[float]) -> str:
        return "".join(f"M{px(LEFT)} {px(scale.y(value))}H{px(RIGHT)}" for value in values)

    bp, spo2, base = frame.bp, frame.spo2, day.baseline
    from_base = px(frame.time.x(base.at)) if base else ""
    own = [value for value in (base.systolic, base.diastolic) if value] if base else []
    return {
        "bands": [
            {"top": px(bp.top), "height": px(bp.y(day.lines.systolic) - bp.top)},
            {"top": px(spo2.y(day.lines.spo2)), "height": px(spo2.bottom - spo2.y(day.lines.spo2))},
        ],
        "grid": across(bp, bp.marks(20)) + across(frame.pulse, frame.pulse.marks(25)) + across(spo2, spo2.marks(5)),
        "policy": across(bp, (day.lines.systolic, day.lines.diastolic)) + across(spo2, (day.lines.spo2,)),
        "base": "".join(f"M{from_base} {px(bp.y(value))}H{px(RIGHT)}" for value in own),
    }


def _text(label: Label, css: str = "") -> dict[str, str]:
    return {"text": label.text, "x": px(label.x), "y": px(label.y), "css": f"{css} {label.anchor}".strip()}


def _axes(day: Day, frame: Frame) -> dict[str, Any]:
    bp, pulse, spo2 = frame.bp, frame.pulse, frame.spo2
    left = [(bp.y(value), value) for value in bp.marks(20)]
    left += [(pulse.y(value), value) for value in pulse.marks(50)]
    left += [(spo2.y(value), value) for value in (day.lines.spo2, 100, *spo2.marks(10))]
    return {
        "scale_words": [_text(Label(str(value), LEFT - 8, y + 4, "end")) for y, value in _apart(left)],
        "ticks": [
            {"path": f"M{px(tick.x)} {px(frame.axis)}v4", **_text(_tick_label(tick, frame))}
            for tick in clock_ticks(frame.time, day.zone)
        ],
        "names": {
            "x": px(RIGHT + 8),
            "bp": px(bp.y((day.lines.systolic + day.lines.diastolic) / 2) - 3),
            "bp_unit": px(bp.y((day.lines.systolic + day.lines.diastolic) / 2) + 11),
            "lines": [
                {"y": px(bp.y(value) + 4), "value": value} for value in (day.lines.systolic, day.lines.diastolic)
            ],
            "pulse": px(pulse.middle - 3),
            "pulse_unit": px(pulse.middle + 10),
            "spo2": px(spo2.top + 5),
            "floor": {"y": px(max(spo2.y(day.lines.spo2) + 4, spo2.top + 18)), "value": day.lines.spo2},
        },
    }


def _tick_label(tick: Tick, frame: Frame) -> Label:
    """Its words give way to those of now."""
    room = 24 + text_width(tick.label, 12) / 2
    clear = frame.way is None or not frame.way[0] - room <= tick.x <= frame.way[1] + room
    return Label(tick.label if clear else "", tick.x, frame.axis + 15, "mid")


def _apart(marks: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """Numbers of the scale that would stand on one another give way to the first."""
    kept: list[tuple[float, int]] = []
    for y, value in marks:
        if all(abs(y - other) >= 11 for other, _value in kept):
            kept.append((y, value))
    return kept


def _top(day: Day, frame: Frame) -> dict[str, Any]:
    windows = [(frame.time.x(window.opens_at), frame.time.x(window.closes_at), window) for window in day.windows]
    words: list[Label] = []
    drops = _drops([frame.time.x(device.at) for device in day.devices])
    taken = [Box(x - _DROP_WIDTH / 2, 0, x + _DROP_WIDTH / 2, 18) for x in drops]
    for left, right, window in windows:
        for text in (f"{window.label} {window.unit}".strip(), window.label):
            label = Label(text, (left + right) / 2, 14, "mid")
            others = [*taken, *(word.box for word in words)]
            if label.box.right <= WIDTH and not any(label.box.overlap(box) for box in others):
                words.append(label)
                break
    clock_x = frame.time.x(day.clock_at) if day.clock_at else None
    return {
        "windows": [
            {"x": px(left + 1), "width": px(right - left - 2), "height": px(frame.axis - TOP)}
            for left, right, _window in windows
        ],
        "window_words": [_text(label) for label in words],
        "devices": [
            {
                "path": f"M{px(x)} 1{_DROP}",
                "x": px(x),
                "number": device.number,
                "css": "c-device" if device.delivered else "c-device c-failed",
                "tick": f"M{px(frame.time.x(device.at))} 16V{px(TOP)}",
            }
            for x, device in zip(drops, day.devices, strict=True)
        ],
        "clock_line": f"M{px(clock_x)} {px(TOP)}V{px(frame.axis)}" if clock_x is not None else "",
    }


def _drops(places: Sequence[float]) -> list[float]:
    """Drops side by side where they would stand on one another; the last keeps its place."""
    found: list[float] = []
    for x in reversed(places):
        found.append(min(x, found[-1] - _DROP_WIDTH) if found else x)
    return found[::-1]


def _pressures(day: Day, frame: Frame) -> dict[str, Any]:
    taken = [
        (frame.time.x(r.at), frame.bp.y(r.systolic), frame.bp.y(r.diastolic))
        for r in day.readings
        if r.systolic and r.diastolic
    ]
    return {
        "bp_lines": [line((x, high) for x, high, _low in taken), line((x, low) for x, _high, low in taken)],
        "pressures": [
            {
                "stem": f"M{px(x)} {px(high)}V{px(low)}",
                "systolic": f"M{px(x - 5)} {px(high - 7)}L{px(x)} {px(high)}L{px(x + 5)} {px(high - 7)}",
                "diastolic": f"M{px(x - 5)} {px(low + 7)}L{px(x)} {px(low)}L{px(x + 5)} {px(low + 7)}",
            }
            for x, high, low in taken
        ],
    }


def _square(x: float, y: float) -> dict[str, str]:
    return {"x": px(x - 3), "y": px(y - 3)}


def _words(day: Day, frame: Frame) -> dict[str, Any]:
    """The values, and crosses where a measure was not obtained."""
    zones = {"bp": frame.bp, "pulse": frame.pulse, "spo2": frame.spo2}
    crosses = [
        (frame.time.x(reading.at), zones[measure].middle, word)
        for reading in day.readings
        for measure, word in reading.missing.items()
    ]
    labels = value_labels(day, frame.time, zones, crosses, way=frame.way, bottom=frame.spo2.bottom + 8)
    return {
        "crosses": [f"M{px(x - 4)} {px(y - 4)}l8 8m0-8l-8 8" for x, y, _word in crosses],
        "values": [_text(label, css) for css, label in labels],
    }


def _bar(bar: Bar, frame: Frame) -> dict[str, Any]:
    top = frame.axis - PITCH * (max(each.lane for each in frame.bars) + 1 - bar.lane)
    css = {"in": "in", "before": "end", "after": ""}[bar.place]
    grows = frame.now_x - bar.left if bar.lasting and frame.now else None
    right = bar.right if grows is None else bar.left + max(grows, SHORTEST)
    if bar.lasting and bar.place == "in":
        css = "in on-text"
    return {
        "kind": "given" if bar.span.point else "on" if bar.lasting else "gone",
        "serious": bar.span.serious,
        "x": px(bar.left),
        "y": px(top),
        "width": px(right - bar.left),
        "grows": px(grows) if grows is not None else "",
        "height": px(HEIGHT),
        "arrow": f"M{px(right)} {px(top)}l7 6-7 6Z" if bar.lasting else "",
        "cross": f"M{px(bar.left - 4)} {px(top + 6)}h8m-4-4v8" if bar.span.point else "",
        "text": bar.span.text,
        "text_x": px(bar.text_x),
        "text_y": px(top + 10),
        "css": css,
    }


def _now(frame: Frame, day: Day) -> dict[str, str] | None:
    if frame.now is None:
        return None
    x, local = frame.now_x, frame.now.astimezone(day.zone)
    return {
        "path": f"M{px(x)} 22V{px(frame.axis)}",
        "tag_x": px(x - 20),
        "x": px(x),
        "text_y": px(frame.axis + 13),
        "text": f"{local.hour}:{local.minute:02}",
        "iso": local.isoformat(),
        "per_minute": f"{frame.time.per_minute:.4f}",
        "room": px(RIGHT - x),
    }
