"""The drawings of a course: one of each instrument along its days, and what each dose did, small and side by side.
Every number of the SVG, none of its looks. Pure: handed days and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

WIDTH, HEIGHT = 720, 230
LEFT, RIGHT, TOP, AXIS = 44.0, 596.0, 34.0, 188.0
SMALL_WIDTH, SMALL_HEIGHT, SMALL_LEFT, SMALL_TOP, SMALL_AXIS = 340, 150, 34.0, 18.0, 122.0
_LEAST_DAYS = 28
_TICK = 64.0


@dataclass(frozen=True)
class Point:
    day: date
    total: int
    ready: bool


@dataclass(frozen=True)
class Line:
    """A level with its words: response, remission."""

    level: float
    text: str
    kind: str


@dataclass(frozen=True)
class Dose:
    day: date
    mg: int | None


@dataclass(frozen=True)
class Column:
    """A phase along the days."""

    from_day: date
    to_day: date | None
    text: str


@dataclass(frozen=True)
class Days:
    """Along the paper: the first day at the left edge, four weeks at least."""

    first: date
    last: date

    def x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        inside = min(max((day - self.first).days, 0), span)
        return LEFT + (RIGHT - LEFT) * inside / span


def days_of(dates: Sequence[date]) -> Days:
    return Days(min(dates), max(max(dates), min(dates) + timedelta(days=_LEAST_DAYS)))


def draw_scores(
    points: Sequence[Point],
    *,
    most: int,
    lines: Sequence[Line],
    doses: Sequence[Dose],
    columns: Sequence[Column],
    days: Days,
) -> dict[str, Any]:
    """Plain values of ``_score_chart.html``. Zero stands at the axis and the highest possible total at the top, so that
    charts of one instrument compare."""

    def y(level: float) -> float:
        return AXIS - (AXIS - TOP) * level / most

    spots = [(round(days.x(p.day), 1), round(y(p.total), 1), p) for p in points]
    calm = [(x, at) for x, at, p in spots if not p.ready]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "axis": AXIS,
        "left": LEFT,
        "right": RIGHT,
        "columns": [_column(each, days) for each in columns if _seen(each, days)],
        "grid": [{"y": round(y(level), 1), "text": str(level)} for level in _steps(most)],
        "lines": [{"y": round(y(line.level), 1), "text": line.text, "kind": line.kind} for line in _apart(lines, y)],
        "path": "M" + "L".join(f"{x} {at}" for x, at in calm) if len(calm) > 1 else "",
        "points": [
            {"x": x, "y": at, "left": x - 4, "top": at - 4, "ready": p.ready, "text": str(p.total)}
            for x, at, p in spots
        ],
        "values": _values(spots),
        "doses": [
            {"x": round(days.x(dose.day), 1), "y": AXIS + 4, "high": dose.mg is not None and dose.mg > 56}
            for dose in doses
        ],
        "ticks": _ticks(days),
    }


def _seen(column: Column, days: Days) -> bool:
    return column.from_day <= days.last and (column.to_day is None or column.to_day > days.first)


def _column(column: Column, days: Days) -> dict[str, Any]:
    left = days.x(column.from_day)
    right = days.x(column.to_day) if column.to_day else RIGHT
    wide = round(max(right - left, 1), 1)
    return {"x": round(left, 1), "width": wide, "text": column.text, "text_x": round(left + 4, 1)}


def _steps(most: int) -> list[int]:
    step = next(each for each in (5, 10, 20) if most / each <= 6)
    return list(range(0, most + 1, step))


def _apart(lines: Sequence[Line], y: Any) -> list[Line]:
    """Words at the right do not stand on one another: of two at one height the second goes unsaid on the paper; the
    table has both."""
    kept: list[Line] = []
    for line in lines:
        close = any(abs(y(line.level) - y(other.level)) < 13 for other in kept)
        kept.append(Line(line.level, "" if close else line.text, line.kind))
    return kept


def _values(spots: Sequence[tuple[float, float, Point]]) -> list[dict[str, Any]]:
    """The first and the last are written; between them whatever stands free."""
    found: list[dict[str, Any]] = []
    order = [0, len(spots) - 1, *range(1, len(spots) - 1)]
    taken: list[float] = []
    for index in dict.fromkeys(order):
        x, at, point = spots[index]
        if all(abs(x - other) >= 26 for other in taken):
            taken.append(x)
            found.append({"x": x, "y": at - 9, "text": str(point.total)})
    return found


def _ticks(days: Days) -> list[dict[str, Any]]:
    """Weeks since the first day drawn, as many as have room."""
    weeks = max((days.last - days.first).days // 7, 1)
    per_week = (RIGHT - LEFT) / weeks
    step = next((each for each in (1, 2, 4, 8, 13, 26, 52) if each * per_week >= _TICK), 104)
    shown = range(0, weeks + 1, step)
    return [{"x": round(days.x(days.first + timedelta(weeks=week)), 1), "week": week + 1} for week in shown]


def draw_small(values: Sequence[int | None], *, least: int) -> dict[str, Any]:
    """One bar per dose; what was not measured is an open mark on the axis. ``least``: the scale reaches at least so
    high, so that a small value looks small."""
    most = max([least, *(value for value in values if value is not None)])
    pitch = (SMALL_WIDTH - SMALL_LEFT - 10) / max(len(values), 8)
    wide = min(pitch * 0.7, 22.0)
    bars, gaps, labels = [], [], []
    every = next(each for each in (1, 2, 5, 10, 20, 50, 100) if len(values) / each <= 10)
    for place, value in enumerate(values):
        x = SMALL_LEFT + pitch * place + (pitch - wide) / 2
        middle = round(x + wide / 2, 1)
        if value is None:
            gaps.append({"x": middle})
        else:
            high = (SMALL_AXIS - SMALL_TOP) * value / most
            top = round(SMALL_AXIS - high, 1)
            bars.append({"x": round(x, 1), "y": top, "width": round(wide, 1), "height": round(high, 1)})
        if (place + 1) % every == 0 or place == 0:
            labels.append({"x": middle, "text": str(place + 1)})
    return {
        "width": SMALL_WIDTH,
        "height": SMALL_HEIGHT,
        "axis": SMALL_AXIS,
        "left": SMALL_LEFT,
        "right": SMALL_WIDTH - 8,
        "top": SMALL_TOP,
        "most": most,
        "bars": bars,
        "gaps": gaps,
        "labels": labels,
    }
