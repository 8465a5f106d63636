"""Somebody waits for a place in the diary, finds one, or waits no more."""

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import User
from clinic.rules.refusals import Refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.booking import days_around, gate_refusals, new_session
from sessions_app.actions.session_entry import lock_person
from sessions_app.models import Course, DosingSession, Waiting, WaitingEnd
from sessions_app.models.waiting import waiting_at
from sessions_app.rules.diary import Wish, slot_refusals, wish_refusals


@repeatable
@transaction.atomic
def put_on_waiting_list(
    *, course: Course, wish: Wish, note: str = "", entry: Submission, by: User, now: datetime
) -> Waiting:
    """When a place gets free in these days and at these times, this patient could take it."""
    demand(by, Permission.CHECK_IN, course.facility_id, at=now)
    said: dict[str, Any] = {"facility": course.facility, "entry": entry, "by": by}
    if first := first_result(Waiting, action="put_on_waiting_list", subject=course, **said):
        return first

    refuse(*wish_refusals(wish, today=now.astimezone(course.facility.zone).date()))

    said |= {"now": now}
    waiting = row(
        Waiting,
        course=course,
        first_date=wish.first,
        last_date=wish.last,
        weekdays=sorted(wish.weekdays),
        earliest=wish.earliest,
        latest=wish.latest,
        note=note.strip(),
        **said,
    )
    write(action="put_on_waiting_list", subject=course, rows=(waiting,), **said)
    return waiting


@repeatable
@transaction.atomic
def take_place(
    *, waiting: Waiting, scheduled_at: datetime, chair: str = "", entry: Submission, by: User, now: datetime
) -> DosingSession:
    """Books it, and they wait no more. Raises ActionRefused as ``book_session`` does, and where somebody was faster."""
    course, facility = waiting.course, waiting.facility
    demand(by, Permission.CHECK_IN, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(DosingSession, action="take_place", subject=waiting, **said):
        return first
    lock_person(course.patient)
    days = days_around(course, [scheduled_at], at=now)
    slot = days.slots(course)(scheduled_at, chair)

    _refuse_over(waiting)
    refuse(*gate_refusals(course, days, slot, at=now))
    refuse(*slot_refusals(slot, days.facts, person_id=course.patient.person_id, now=now))

    dosing_session, transition = new_session(course=course, slot=slot, entry=entry, by=by, now=now)
    said |= {"now": now}
    end = row(WaitingEnd, waiting=waiting, dosing_session=dosing_session, **said)
    write(action="take_place", subject=waiting, rows=(dosing_session, transition, end), **said)
    return dosing_session


@repeatable
@transaction.atomic
def end_waiting(*, waiting: Waiting, reason: str, entry: Submission, by: User, now: datetime) -> WaitingEnd:
    """They wait no more, for this reason."""
    demand(by, Permission.CHECK_IN, waiting.facility_id, at=now)
    said: dict[str, Any] = {"facility": waiting.facility, "entry": entry, "by": by}
    if first := first_result(WaitingEnd, action="end_waiting", subject=waiting, **said):
        return first

    _refuse_over(waiting)
    refuse(*reason_refusals(reason))

    said |= {"now": now}
    end = row(WaitingEnd, waiting=waiting, reason=reason.strip(), **said)
    write(action="end_waiting", subject=waiting, rows=(end,), **said)
    return end


def _refuse_over(waiting: Waiting) -> None:
    refuse(*(() if waiting_at(waiting.facility).filter(pk=waiting.pk).exists() else (Refusal("WAITING_OVER"),)))
