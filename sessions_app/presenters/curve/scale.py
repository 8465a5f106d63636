"""Where a moment and a value stand on the paper. Pure: handed times and numbers, hands back pixels.

A unit has the same height on every chart: a day with high values gets a taller one, never a flatter one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

WIDTH = 720
LEFT, RIGHT, TOP = 54.0, 660.0, 20.0
_BEFORE, _AFTER = timedelta(minutes=10), timedelta(minutes=10)
_SHORTEST = timedelta(minutes=120)
_QUARTER = timedelta(minutes=15)
_STEPS = (15, 30, 60, 120, 240, 480, 720, 1440)
_LEAST_BETWEEN_TICKS = 60.0
_LEAST_WITH_ZONE = 80.0


@dataclass(frozen=True)
class TimeScale:
    """Elapsed time along the paper: an hour is an hour wide also on the day the clocks change."""

    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        return LEFT + (RIGHT - LEFT) * ((at - self.start) / (self.end - self.start))

    @property
    def per_minute(self) -> float:
        return (RIGHT - LEFT) / ((self.end - self.start) / timedelta(minutes=1))


def time_scale(moments: Iterable[datetime]) -> TimeScale:
    """From ten minutes before the first of these moments to ten after the last, two hours at least."""
    known = list(moments)
    start = min(known) - _BEFORE
    return TimeScale(start, max(max(known) + _AFTER, start + _SHORTEST))


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


def clock_ticks(scale: TimeScale, zone: ZoneInfo) -> list[Tick]:
    """Round times of the facility's clock; with the zone's name on a day when the clocks change under way."""
    changes = scale.start.astimezone(zone).utcoffset() != scale.end.astimezone(zone).utcoffset()
    least = _LEAST_WITH_ZONE if changes else _LEAST_BETWEEN_TICKS
    step = next((step for step in _STEPS if step * scale.per_minute >= least), _STEPS[-1])
    since = datetime(2000, 1, 1, tzinfo=scale.start.tzinfo)
    at = scale.start + (since - scale.start) % _QUARTER
    ticks = []
    while at <= scale.end:
        local = at.astimezone(zone)
        if (local.hour * 60 + local.minute) % step == 0:
            name = f" {local.tzname()}" if changes else ""
            ticks.append(Tick(scale.x(at), f"{local.hour}:{local.minute:02}{name}"))
        at += _QUARTER
    return ticks


@dataclass(frozen=True)
class ValueScale:
    """Values upwards from ``low`` to ``high``, the high one at ``top``."""

    low: int
    high: int
    top: float
    per_unit: float

    def y(self, value: float) -> float:
        return self.top + (self.high - value) * self.per_unit

    @property
    def bottom(self) -> float:
        return self.y(self.low)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def marks(self, every: int) -> list[int]:
        """Round values on the scale."""
        first = -(-self.low // every) * every
        return list(range(first, self.high + 1, every))


@dataclass(frozen=True)
class Measure:
    """How a measure is drawn: its usual range, which only widens, in steps, with room for the marks."""

    low: int
    high: int
    step: int
    room_below: int
    room_above: int
    per_unit: float

    def scale(self, values: Iterable[int], *, top: float) -> ValueScale:
        low, high = self.low, self.high
        if known := list(values):
            lowest, highest = min(known) - self.room_below, max(known) + self.room_above
            low = min(low, max(0, lowest // self.step * self.step))
            high = max(high, -(-highest // self.step) * self.step)
        return ValueScale(low, high, top, self.per_unit)


BLOOD_PRESSURE = Measure(low=70, high=170, step=10, room_below=10, room_above=20, per_unit=1.12)
PULSE = Measure(low=50, high=100, step=10, room_below=5, room_above=5, per_unit=0.8)
SPO2 = Measure(low=90, high=100, step=5, room_below=1, room_above=0, per_unit=3.55)
