"""For how many minutes the chairs of a room stood open, by the hours that were in force on each day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from sessions_app.rules.diary import ClosedDays, OpeningHours

DAY = timedelta(days=1)
_Said = TypeVar("_Said")


@dataclass(frozen=True)
class Room:
    """What was said of a facility, the earliest first: its hours and how many chairs it has, from a day on. Before the
    first word of either that word holds."""

    hours: Sequence[tuple[date, OpeningHours | None]]
    chairs: Sequence[tuple[date, int]]
    closed: Sequence[ClosedDays] = ()


def open_minutes(room: Room, first: date, last: date) -> dict[date, int]:
    """Chair minutes by month, the first of it; none where hours or chairs were never said."""
    found: dict[date, int] = {}
    for number in range((last - first).days + 1):
        day = first + number * DAY
        minutes = _of_day(room, day)
        if minutes:
            month = day.replace(day=1)
            found[month] = found.get(month, 0) + minutes
    return found


def _of_day(room: Room, day: date) -> int:
    hours, chairs = _in_force(room.hours, day), _in_force(room.chairs, day)
    if not hours or not chairs or any(each.first <= day <= each.last for each in room.closed):
        return 0
    span = hours.of(day)
    if span is None:
        return 0
    opens, closes = (clock.hour * 60 + clock.minute for clock in span)
    return (closes - opens) * chairs


def _in_force(words: Sequence[tuple[date, _Said]], day: date) -> _Said | None:
    said = [word for since, word in words if since <= day]
    return said[-1] if said else words[0][1] if words else None


def used(occupied: Iterable[int], minutes: Iterable[int]) -> float | None:
    """Of the minutes that chairs stood open, those that somebody sat there; above 1 where many stayed after hours."""
    total = sum(minutes)
    return sum(occupied) / total if total else None
