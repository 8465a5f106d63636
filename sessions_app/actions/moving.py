"""What becomes of a booking before its day is over: it stands elsewhere, or its patient did not come."""

from datetime import datetime

from django.db import transaction

from clinic.actions.entry import Submission, refuse, repeatable
from clinic.models import User
from clinic.rules.refusals import field_refusal, in_state
from clinic.rules.roles import Permission
from sessions_app.actions.booking import days_around, gate_refusals
from sessions_app.actions.session_entry import begin, lock_person
from sessions_app.models import BookingMove, DosingSession, NoShow
from sessions_app.rules.diary import no_show_refusals, slot_refusals
from sessions_app.rules.states import State, transition_refusals

DID_NOT_COME = "Did not come."


@repeatable
@transaction.atomic
def move_booking(
    *,
    dosing_session: DosingSession,
    scheduled_at: datetime,
    chair: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> DosingSession:
    """To another time, another chair, or both. Raises ActionRefused where that place is taken or closed, or, on another
    day, where the start gate is known to be shut then."""
    lock_person(dosing_session.patient)
    opened = begin(dosing_session, action="move_booking", permission=Permission.CHECK_IN, entry=entry, by=by, now=now)
    if first := opened.repeated(BookingMove):
        return first.dosing_session
    booked = opened.dosing_session
    days = days_around(booked.course, [scheduled_at], at=now, but=booked)
    slot = days.slots(booked.course)(scheduled_at, chair)

    refuse(*in_state(booked.state, State.SCHEDULED, wanted="move"))
    if (booked.scheduled_at, booked.chair) == (scheduled_at, chair):
        refuse(field_refusal("scheduled_time", "same_place"))
    zone = booked.facility.zone
    if booked.scheduled_at.astimezone(zone).date() != scheduled_at.astimezone(zone).date():
        refuse(*gate_refusals(booked.course, days, slot, at=now))
    refuse(*slot_refusals(slot, days.facts, person_id=booked.patient.person_id, now=now))

    opened.add(
        BookingMove,
        moved_from=booked.scheduled_at,
        moved_to=scheduled_at,
        from_chair=booked.chair,
        to_chair=chair,
    )
    opened.set(scheduled_at=scheduled_at, chair=chair, block_from=slot.block.begins, block_until=slot.block.ends)
    opened.write()
    return booked


@transaction.atomic
def record_no_show(
    *, dosing_session: DosingSession, note: str = "", entry: Submission, by: User, now: datetime
) -> DosingSession:
    """The patient did not come: the booking is cancelled, and counted. Raises ActionRefused before its time."""
    opened = begin(dosing_session, action="record_no_show", permission=Permission.CHECK_IN, entry=entry, by=by, now=now)
    if first := opened.repeated(NoShow):
        return first.dosing_session

    refuse(*transition_refusals(State(opened.dosing_session.state), State.CANCELLED))
    refuse(*no_show_refusals(opened.dosing_session.scheduled_at, now=now))

    opened.add(NoShow)
    opened.move(State.CANCELLED, reason=" ".join(filter(None, (DID_NOT_COME, note.strip()))))
    opened.write()
    return opened.dosing_session
