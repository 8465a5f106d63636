"""When somebody is told that something expires: 90, 60, 30 and 7 days before its last day, once each."""

from collections.abc import Iterable
from datetime import date

# Days before the last day. [D]
STEPS = (90, 60, 30, 7)


def days_left(last_day: date, *, today: date) -> int:
    """0 on the last day itself, on which a thing still holds; below 0 it is over."""
    return (last_day - today).days


def is_near(last_day: date, *, today: date) -> bool:
    """Over, or near enough to be told of."""
    return days_left(last_day, today=today) <= STEPS[0]


def step_due(last_day: date, *, today: date, told: Iterable[int] = ()) -> int | None:
    """The step to tell of today. Of several that have come, the nearest alone; none where it was told already, and none
    when the day is over: then the pages say so. ``told``: the steps told for this very last day."""
    left = days_left(last_day, today=today)
    come = [step for step in STEPS if 0 <= left <= step]
    if not come or any(step <= min(come) for step in told):
        return None
    return min(come)
