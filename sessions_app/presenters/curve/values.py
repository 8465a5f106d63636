"""Which values are written beside their marks, and where. The table has them all; here the last one, the extremes and
the first come before the others, and what would stand on something else is left out. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from sessions_app.presenters.curve.day import Day, Reading
from sessions_app.presenters.curve.labels import Box, Label, Sheet, around
from sessions_app.presenters.curve.scale import TOP, TimeScale, ValueScale

Cross = tuple[float, float, str]
Written = tuple[str, Label]


def value_labels(
    day: Day,
    time: TimeScale,
    zones: Mapping[str, ValueScale],
    crosses: Iterable[Cross],
    *,
    way: tuple[float, float] | None,
    bottom: float,
) -> list[Written]:
    """Each with its class. ``way``: where the line of now moves along."""
    marks = list(_marks(day, time, zones))
    clock_x = time.x(day.clock_at) if day.clock_at else None
    upright = [each for each in (way, (clock_x, clock_x) if clock_x else None) if each]
    sheet = Sheet([*marks, *(Box(left - 2, TOP, right + 2, bottom) for left, right in upright)], bottom=bottom)
    written: list[Written] = []

    def write(css: str, candidates: Sequence[Label], must: bool) -> None:
        if label := sheet.put(candidates, must=must):
            written.append((css, label))

    pressures = [r for r in day.readings if r.systolic and r.diastolic]
    for rank, reading in enumerate(ranked(pressures, lambda r: r.systolic or 0)):
        last = reading is pressures[-1]
        write(
            "c-value last" if last else "c-value",
            _around_pressure(reading, time, zones["bp"], size=15 if last else 13),
            rank < 3,
        )
    saturations = [r for r in day.readings if r.spo2 is not None]
    for rank, reading in enumerate(ranked(saturations, lambda r: -(r.spo2 or 0))):
        places = _beside(str(reading.spo2), time.x(reading.at), zones["spo2"].y(reading.spo2 or 0))
        write("c-value small", places, rank < 2)
    pulses = [r for r in day.readings if r.pulse]
    for reading in ranked(pulses, lambda r: r.pulse or 0):
        places = _beside(str(reading.pulse), time.x(reading.at), zones["pulse"].y(reading.pulse or 0))
        write("c-value small", places, False)
    for x, y, word in crosses:
        write("c-missing", _beside(word, x, y), False)
    return written


def ranked(readings: Sequence[Reading], worst: Callable[[Reading], int]) -> list[Reading]:
    """The last, the worst, the first, then the others from the latest back."""
    if not readings:
        return []
    order = [readings[-1], max(readings, key=worst), readings[0], *reversed(readings)]
    found: list[Reading] = []
    for reading in order:
        if not any(reading is other for other in found):
            found.append(reading)
    return found


def _marks(day: Day, time: TimeScale, zones: Mapping[str, ValueScale]) -> Iterable[Box]:
    for reading in day.readings:
        x = time.x(reading.at)
        if reading.systolic and reading.diastolic:
            high, low = zones["bp"].y(reading.systolic), zones["bp"].y(reading.diastolic)
            yield Box(x - 6, high - 8, x + 6, high + 1)
            yield Box(x - 6, low - 1, x + 6, low + 8)
        if reading.pulse:
            yield around(x, zones["pulse"].y(reading.pulse), 7, 7)
        if reading.spo2 is not None:
            yield around(x, zones["spo2"].y(reading.spo2), 7, 7)
        for measure in reading.missing:
            yield around(x, zones[measure].middle, 9, 9)


def _around_pressure(reading: Reading, time: TimeScale, scale: ValueScale, *, size: float) -> list[Label]:
    """Above the systolic mark, else below the diastolic, else at their sides."""
    x, text = time.x(reading.at), f"{reading.systolic}/{reading.diastolic}"
    above, below = scale.y(reading.systolic or 0) - 11, scale.y(reading.diastolic or 0) + 9 + size * 0.8
    places: list[tuple[float, float, str]] = [
        (x, above, "mid"),
        (x, below, "mid"),
        (x - 8, above + 7, "end"),
        (x + 8, above + 7, ""),
        (x - 3, below, "end"),
        (x + 3, below, ""),
        (x - 3, above, "end"),
        (x + 3, above, ""),
        (x - 8, below - 8, "end"),
        (x + 8, below - 8, ""),
    ]
    return [Label(text, left, y, anchor, size, bold=True) for left, y, anchor in places]


def _beside(text: str, x: float, y: float) -> list[Label]:
    """To the right of its mark, a little above or below, else to the left."""
    places = [(x + 7, y - 3, ""), (x + 7, y + 12, ""), (x - 7, y - 3, "end"), (x - 7, y + 12, "end"), (x, y - 7, "mid")]
    return [Label(text, left, baseline, anchor) for left, baseline, anchor in places]
