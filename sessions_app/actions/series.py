"""Several sessions of one course are booked at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, write
from clinic.models import User
from clinic.rules.refusals import Refusal
from clinic.rules.roles import Permission
from sessions_app.actions.booking import days_around, gate_refusals, new_session
from sessions_app.actions.session_entry import lock_person
from sessions_app.models import Course, DosingSession
from sessions_app.rules.diary import MOST_DATES, Slot, Taken, slot_refusals


@dataclass(frozen=True)
class Series:
    """What was booked, and which places were taken or closed by then, each with why."""

    booked: tuple[DosingSession, ...]
    left_out: tuple[tuple[Slot, tuple[Refusal, ...]], ...] = ()


@repeatable
@transaction.atomic
def book_series(
    *, course: Course, places: Sequence[tuple[datetime, str]], entry: Submission, by: User, now: datetime
) -> Series:
    """Book each of these moments and chairs that is free, all in one entry; the others are left out and told. Raises
    ActionRefused where nothing is free, and where the start gate is known to be shut."""
    demand(by, Permission.CHECK_IN, course.facility_id, at=now)
    said = {"facility": course.facility, "entry": entry, "by": by}
    if first := first_result(DosingSession, action="book_series", subject=course, **said):  # type: ignore[arg-type]
        return Series(tuple(sessions_of_entry(first)))
    refuse(*(() if places else (Refusal("NOTHING_CHOSEN"),)))
    refuse(*(() if len(places) <= MOST_DATES else (Refusal("TOO_MANY_DATES", {"most": MOST_DATES}),)))
    # In the order of time: two series never wait for each other crosswise (docs/decisions/0040).
    places = sorted(places)
    lock_person(course.patient)
    days = days_around(course, [at for at, _chair in places], at=now)
    make, facts = days.slots(course), days.facts

    slots = [make(at, chair) for at, chair in places]
    gate = gate_refusals(course, days, slots[0], at=now)
    free, left_out = [], []
    for slot in slots:
        if refusals := slot_refusals(slot, facts, person_id=course.patient.person_id, now=now):
            left_out.append((slot, refusals))
            continue
        free.append(slot)
        who = course.patient.full_name
        facts = facts.and_then(Taken(slot.block, slot.chair, course.patient.person_id, who))
    refuse(*gate)
    refuse(*(() if free else (Refusal("NOTHING_FREE"), *left_out[0][1])))

    made = [new_session(course=course, slot=slot, entry=entry, by=by, now=now) for slot in free]
    rows = [*(session for session, _transition in made), *(transition for _session, transition in made)]
    left = [{"at": slot.scheduled_at, "chair": slot.chair, "why": refusals[0].code} for slot, refusals in left_out]
    write(action="book_series", subject=course, rows=rows, now=now, details={"left_out": left}, **said)  # type: ignore[arg-type]
    return Series(tuple(session for session, _transition in made), tuple(left_out))


def sessions_of_entry(first: DosingSession) -> Sequence[DosingSession]:
    """Those that were booked with it."""
    same = DosingSession.objects.filter(facility=first.facility_id, entry_id=first.entry_id)
    return list(same.order_by("scheduled_at", "pk"))
