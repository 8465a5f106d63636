"""A session is booked, checked in or cancelled."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.identifiers import new_id
from clinic.models import User
from clinic.rules.refusals import ActionRefused, Refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.session_entry import begin, lock_person
from sessions_app.models import Course, DosingSession, FacilityPolicy, Transition
from sessions_app.models.chairs import sitting
from sessions_app.models.diary_days import DiaryDays, booking_facts
from sessions_app.rules.booking import booking_refusals, check_in_refusals
from sessions_app.rules.diary import Slot, slot_refusals
from sessions_app.rules.people import chair_refusals
from sessions_app.rules.states import State, transition_refusals


@repeatable
@transaction.atomic
def book_session(
    *, course: Course, scheduled_at: datetime, chair: str = "", entry: Submission, by: User, now: datetime
) -> DosingSession:
    """Book a session of this course. A booking is not open. Raises PermissionDenied, and ActionRefused where the start
    gate is known to be shut on that day, or the place is taken or closed."""
    demand(by, Permission.CHECK_IN, course.facility_id, at=now)
    if first := first_result(DosingSession, facility=course.facility, entry=entry, action="book_session", by=by):
        if first.course_id != course.pk:
            raise ActionRefused((Refusal("ENTRY_REUSED", {"action": "book_session"}),))
        return first
    lock_person(course.patient)  # whoever books another record of theirs waits
    days = days_around(course, [scheduled_at], at=now)
    slot = days.slots(course)(scheduled_at, chair)

    refuse(*gate_refusals(course, days, slot, at=now))
    refuse(*slot_refusals(slot, days.facts, person_id=course.patient.person_id, now=now))

    dosing_session, transition = new_session(course=course, slot=slot, entry=entry, by=by, now=now)
    _insert(dosing_session, transition, action="book_session", entry=entry, by=by, now=now)
    return dosing_session


def days_around(
    course: Course, moments: Iterable[datetime], *, at: datetime, but: DosingSession | None = None
) -> DiaryDays:
    """The diary of the days on which these moments are, at the course's own facility."""
    found = [moment.astimezone(course.facility.zone).date() for moment in moments]
    return DiaryDays(course.facility, min(found), max(found), at=at, patient=course.patient, but=but)


def gate_refusals(course: Course, days: DiaryDays, slot: Slot, *, at: datetime) -> tuple[Refusal, ...]:
    """Why the start gate would refuse on that day, as far as it is known."""
    facts = booking_facts(course, days.program(course.program_code), at=at)
    return booking_refusals(facts, day=slot.scheduled_at.astimezone(course.facility.zone).date())


def new_session(
    *, course: Course, slot: Slot | None, chair: str = "", entry: Submission, by: User, now: datetime
) -> tuple[DosingSession, Transition]:
    """A booking at its place; without one, of whoever is here already, and takes no block."""
    transition_id = new_id()
    dosing_session = row(
        DosingSession,
        facility=course.facility,
        entry=entry,
        by=by,
        now=now,
        patient=course.patient,
        course=course,
        program_code=course.program_code,
        scheduled_at=slot.scheduled_at if slot else now,
        chair=slot.chair if slot else chair,
        block_from=slot.block.begins if slot else None,
        block_until=slot.block.ends if slot else None,
        state=State.SCHEDULED.value,
        transition_id=transition_id,
        last_order=1,
    )
    transition = row(
        Transition,
        facility=course.facility,
        entry=entry,
        by=by,
        now=now,
        id=transition_id,
        dosing_session=dosing_session,
        order=1,
        from_state="",
        to_state=State.SCHEDULED.value,
    )
    return dosing_session, transition


def _insert(
    dosing_session: DosingSession, *more: Transition, action: str, entry: Submission, by: User, now: datetime
) -> None:
    write(
        action=action,
        facility=dosing_session.facility,
        entry=entry,
        by=by,
        now=now,
        subject=dosing_session,
        rows=(dosing_session, *more),
        order=dosing_session.last_order,
    )


def policy_in_force(course: Course, *, at: datetime) -> FacilityPolicy | None:
    """The facility's newest policy for the course's programme as of ``at``: a sheet of paper is judged by the one of
    its own check-in. On a sheet older than every policy by the first: no other was nearer, and without one nothing
    of it could be entered."""
    policies = FacilityPolicy.objects.filter(facility=course.facility_id, program_code=course.program_code)
    policies = policies.select_related("program_version")
    return policies.filter(occurred_at__lte=at).order_by("-number").first() or policies.order_by("number").first()


@repeatable
def check_in(
    *,
    course: Course,
    booked: DosingSession | None = None,
    identifiers: tuple[str, ...],
    chair: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> DosingSession:
    """Two identifiers confirmed: the session opens and pins the programme version and policy of this moment.

    ``booked`` None checks in a patient without a booking. Raises ActionRefused (STATE, FIELD, ALREADY_OPEN,
    NO_POLICY) and PermissionDenied.
    """
    demand(by, Permission.CHECK_IN, course.facility_id, at=entry.entered_at or now)
    if booked is not None and booked.course_id != course.pk:
        raise PermissionDenied("a booking of another course")
    try:
        with transaction.atomic():
            return _first_check_in(course, entry, by) or _check_in(course, booked, identifiers, chair, entry, by, now)
    except IntegrityError as error:
        if "dosing_session_one_open_per_patient" in str(error):
            raise ActionRefused((Refusal("ALREADY_OPEN"),)) from error
        raise
    except ActionRefused:
        # The other click of this very form may have been first by a moment, and is what stands in the way.
        if first := _first_check_in(course, entry, by):
            return first
        raise


def _first_check_in(course: Course, entry: Submission, by: User) -> DosingSession | None:
    first = first_result(Transition, facility=course.facility, entry=entry, action="check_in", by=by)
    if first is None:
        return None
    if first.dosing_session.course_id != course.pk:
        raise ActionRefused((Refusal("ENTRY_REUSED", {"action": "check_in"}),))
    return first.dosing_session


def _check_in(
    course: Course,
    booked: DosingSession | None,
    identifiers: tuple[str, ...],
    chair: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> DosingSession:
    records = lock_person(course.patient)
    if booked is None:
        dosing_session, transition = new_session(
            course=course, slot=None, chair=chair, entry=Submission(), by=by, now=now
        )
        booking = Submission(entry_id=dosing_session.entry_id, request_id=entry.request_id)
        _insert(dosing_session, transition, action="book_session", entry=booking, by=by, now=now)
        booked = dosing_session
    opened = begin(booked, action="check_in", permission=Permission.CHECK_IN, entry=entry, by=by, now=now)
    dosing_session = opened.dosing_session

    policy = policy_in_force(course, at=now)
    others = DosingSession.objects.open().filter(patient__in=records)
    taken = sitting(course.facility, but=dosing_session)
    # Nobody typed a chair and somebody sits in the booked one: the patient is here, and gets a chair later.
    seat = chair or ("" if dosing_session.chair in taken else dosing_session.chair)

    refuse(
        *check_in_refusals(
            state=State(dosing_session.state),
            identifiers=identifiers,
            has_policy=policy is not None,
            open_elsewhere=others.exists(),
        ),
        *chair_refusals(seat, taken=taken),
    )

    opened.move(State.CHECKED_IN, reason=", ".join(identifiers))
    if policy is not None:
        opened.set(
            checked_in_at=now,
            checked_in_by=entry.performed_by or by,
            program_version=policy.program_version,
            policy=policy,
            minimum_stay_minutes=policy.minimum_stay_minutes,
            final_check_window_minutes=policy.final_check_window_minutes,
            chair=seat,
        )
    opened.write()
    return dosing_session


@transaction.atomic
def cancel_booking(
    *, dosing_session: DosingSession, reason: str, entry: Submission, by: User, now: datetime
) -> DosingSession:
    """The patient is not coming. Raises ActionRefused (STATE, FIELD)."""
    opened = begin(dosing_session, action="cancel_booking", permission=Permission.CHECK_IN, entry=entry, by=by, now=now)
    if first := opened.repeated(Transition):
        return first.dosing_session

    refuse(*transition_refusals(State(opened.dosing_session.state), State.CANCELLED), *reason_refusals(reason))

    opened.move(State.CANCELLED, reason=reason)
    opened.write()
    return opened.dosing_session
