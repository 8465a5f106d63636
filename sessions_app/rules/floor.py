"""The room, and when time alone changes what is said of a session. Until the next of these moments a page that shows
the session need not be made anew, unless somebody writes something; nobody decides by them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.rules.local_time import day_span
from clinic.rules.refusals import Refusal, field_refusal
from sessions_app.rules.checks import check_schedule
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.recovery import final_check_opens_at

_MINUTE, _TICK = timedelta(minutes=1), timedelta(microseconds=1)
_LONGEST, _SINCE = timedelta(minutes=5), datetime(2026, 1, 1, tzinfo=UTC)


LONGEST_CHAIR_NAME = 10


def chair_refusals(chairs: Sequence[str]) -> tuple[Refusal, ...]:
    """A room has a chair, none of them twice, and each by a name that fits its sign."""
    if not chairs:
        return (field_refusal("chairs", "nothing_entered"),)
    if twice := next((chair for chair in chairs if chairs.count(chair) > 1), None):
        return (field_refusal("chairs", "chair_twice", chair=twice),)
    if long := next((chair for chair in chairs if len(chair) > LONGEST_CHAIR_NAME), None):
        return (field_refusal("chairs", "chair_too_long", chair=long, longest=LONGEST_CHAIR_NAME),)
    return ()


def turning_points(facts: SessionFacts, refusals: Iterable[Refusal], *, now: datetime) -> Iterator[datetime]:
    """Past and future moments at which a check opens, falls due, is late or missed, a reading grows too old, a wait or
    a rest is over, or the stay ends. Midnight is the facility's, not the session's."""
    after = facts.program.minutes
    for point in check_schedule(facts, now=now):
        yield from (point.opens_at, point.due_at, point.due_at + _MINUTE)
        if point.closes_at is not None:
            yield point.closes_at + _MINUTE
    for check in facts.checks:
        yield check.occurred_at + after("baseline_age_minutes")
        yield check.occurred_at + after("final_check_age_minutes")
    for device in facts.delivered:
        for at in (device.occurred_at, device.counted_at, device.counted_at.replace(second=0, microsecond=0)):
            yield at + after("rest_between_devices_minutes")
    if facts.anchor_device is not None:
        yield facts.anchor_device.counted_at + after("blood_pressure_effect_minutes")
    yield from (at for at in (facts.stay_ends_at, final_check_opens_at(facts)) if at is not None)
    yield from (refusal.clears_at for refusal in refusals if refusal.clears_at is not None)


def turns_of_the_day(zone: ZoneInfo, *, now: datetime) -> Iterator[datetime]:
    """Midnight, and every half hour: no clock in the world goes forward or back between."""
    half_hour = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    yield half_hour + timedelta(minutes=30)
    yield day_span(now.astimezone(zone).date(), zone)[1]


def next_turn(points: Iterable[datetime], *, now: datetime) -> datetime | None:
    """The earliest of them still to come. Some rules change at a moment and some right after it: both count."""
    return min((at for point in points for at in (point, point + _TICK) if at > now), default=None)


def stretch_of(session_id: UUID, *, now: datetime) -> tuple[datetime, datetime]:
    """The five minutes for which the page of a session is made at most: what another facility wrote about the patient
    is seen by their end. Each session has its own, so that no two pages are made anew in one second for nothing."""
    own = timedelta(microseconds=session_id.int % (_LONGEST // _TICK))
    begins = now - (now - _SINCE - own) % _LONGEST
    return begins, begins + _LONGEST
