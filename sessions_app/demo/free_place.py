"""Where the diary lets somebody be booked, whatever hour and day the demo is started at."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sessions_app.actions.booking import days_around
from sessions_app.models import Course
from sessions_app.rules.diary import DiaryFacts, Slot, free_slots, local_moment, quarters

LOOKED_AHEAD = 14


def free_place(course: Course, wanted: datetime, chair: str, *, now: datetime) -> Slot:
    """The place that is wanted, else another chair at that time, else the first time after it when there is one.
    Where there is none, the one that is wanted: booking it says why not."""
    diary = days_around(course, [wanted, wanted + timedelta(days=LOOKED_AHEAD)], at=now)
    slot, facts = diary.slots(course), diary.facts
    chairs = (chair, *(each for each in facts.chairs if each != chair))
    found = free_slots(
        _times(wanted, facts), chairs, slot=slot, facts=facts, person_id=course.patient.person_id, now=now
    )
    return next(found, slot(wanted, chair))


def _times(wanted: datetime, facts: DiaryFacts) -> Iterator[datetime]:
    yield wanted
    first = wanted.astimezone(facts.zone).date()
    for day in (first + timedelta(days=number) for number in range(LOOKED_AHEAD)):
        moments = (local_moment(day, clock, facts.zone) for clock in quarters(day, facts))
        yield from (at for at in moments if at is not None and at > wanted)
