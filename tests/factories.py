"""The cast, and a walk to any state by legal steps."""

from datetime import datetime
from itertools import count
from typing import Any

from sessions_app.actions import booking
from sessions_app.models import Course, DosingSession
from sessions_app.models.chairs import sitting
from sessions_app.rules.states import State
from tests.cast import (
    NINE,
    OPENING,
    PASSWORD,
    PIN,
    Cast,
    arrive,
    employ,
    entry,
    facility_of,
    full_check,
    give_pin,
    make_cast,
    make_course,
    make_device,
    make_devices,
    make_otto,
    make_patient,
    make_person,
    make_tablet,
    minutes,
    one_more,
    pressure,
    signed_by,
)
from tests.replay import replayed
from tests.walk import Walk

__all__ = [
    "LAST_DEVICE",
    "NINE",
    "OPENING",
    "PASSWORD",
    "PIN",
    "STAY_ENDS",
    "Cast",
    "Walk",
    "arrive",
    "booked",
    "checked_in",
    "cleared",
    "discharged",
    "employ",
    "entry",
    "facility_of",
    "free_chair",
    "full_check",
    "give_pin",
    "in_monitoring",
    "in_state",
    "make_cast",
    "make_course",
    "make_device",
    "make_devices",
    "make_otto",
    "make_patient",
    "make_person",
    "make_tablet",
    "minutes",
    "one_more",
    "pressure",
    "ready_to_leave",
    "signed_by",
]


def free_chair(cast: Cast) -> str:
    """The first chair nobody sits in or is booked for."""
    booked_for = DosingSession.objects.for_facility(cast.facility).filter(state=State.SCHEDULED)
    taken = {*sitting(cast.facility), *booked_for.values_list("chair", flat=True)}
    return next(chair for chair in map(str, count(1)) if chair not in taken)


@replayed
def booked(cast: Cast, *, of_course: Course | None = None, now: datetime = NINE) -> Walk:
    dosing_session = booking.book_session(
        course=of_course or make_course(cast),
        scheduled_at=now,
        chair=free_chair(cast),
        entry=entry(),
        by=cast.fred,
        now=now,
    )
    return Walk(cast, dosing_session)


@replayed
def checked_in(cast: Cast, *, of_course: Course | None = None, now: datetime = NINE) -> Walk:
    dosing_session = booking.check_in(
        course=of_course or make_course(cast),
        identifiers=("name", "birth_date"),
        chair=free_chair(cast),
        entry=entry(),
        by=cast.fred,
        now=now,
    )
    return Walk(cast, dosing_session)


@replayed
def cleared(cast: Cast, *, devices: int = 2, now: datetime = NINE, **fields: Any) -> Walk:
    """Checked in at ``now``, everything asked, baseline and order at +20, cleared at +25."""
    walk = checked_in(cast, now=now, **fields)
    walk.answer(now + minutes(10))
    walk.check(now + minutes(20))
    walk.order(now + minutes(20), devices)
    walk.clear(now + minutes(25))
    return walk


@replayed
def in_monitoring(cast: Cast, *, devices: int = 2, now: datetime = NINE, **fields: Any) -> Walk:
    """Cleared, devices from +30 five minutes apart, finished with the last one (two devices: 9:35)."""
    walk = cleared(cast, devices=devices, now=now, **fields)
    for index in range(devices):
        walk.give(now + minutes(30 + 5 * index))
    walk.finish(now + minutes(30 + 5 * (devices - 1)))
    return walk


LAST_DEVICE = NINE + minutes(35)
STAY_ENDS = LAST_DEVICE + minutes(120)


@replayed
def ready_to_leave(cast: Cast, **fields: Any) -> Walk:
    """Two devices, the check at 40 minutes, the final check and the assessment at the end of the stay."""
    walk = in_monitoring(cast, **fields)
    walk.check(LAST_DEVICE + minutes(40))
    walk.instruct(LAST_DEVICE + minutes(60))
    walk.check(STAY_ENDS - minutes(5))
    walk.assess(STAY_ENDS - minutes(4))
    return walk


@replayed
def discharged(cast: Cast, **fields: Any) -> Walk:
    walk = ready_to_leave(cast, **fields)
    walk.release(STAY_ENDS)
    return walk


@replayed
def in_state(cast: Cast, state: State) -> Walk:
    """A session in this state, by the shortest legal way."""
    if state is State.SCHEDULED:
        return booked(cast)
    if state is State.CANCELLED:
        walk = booked(cast)
        booking.cancel_booking(
            dosing_session=walk.dosing_session, reason="Not coming.", entry=entry(), by=cast.fred, now=NINE
        )
        return walk
    if state in (State.CHECKED_IN, State.NOT_DOSED):
        walk = checked_in(cast)
        if state is State.NOT_DOSED:
            walk.end_not_dosed(NINE + minutes(5))
        return walk
    if state is State.ENTERED_IN_ERROR:
        walk = booked(cast)
        walk.enter_in_error(NINE)
        return walk
    if state is State.DISCHARGED:
        return discharged(cast)
    if state is State.MONITORING:
        return in_monitoring(cast)
    walk = cleared(cast)
    if state is not State.CLEARED:
        walk.give(NINE + minutes(30))
    if state is State.LEFT_EARLY:
        walk.leave_early(NINE + minutes(45))
    if state is State.TRANSFERRED:
        walk.transfer(NINE + minutes(45))
    return walk
