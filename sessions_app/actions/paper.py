"""From paper, after an outage: the very actions of the pages, at the times on the paper, in the order of time and all
or none. docs/decisions/0011."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid5

from django.db import transaction

from clinic.access import is_licensed, may
from clinic.actions.entry import Submission, first_result, refuse, repeatable
from clinic.models import Channel, User
from clinic.rules.local_time import day_span
from clinic.rules.refusals import ActionRefused, ClearedBy, Refusal, field_refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions import booking, dosing
from sessions_app.actions.filing_state import review_filing
from sessions_app.actions.paper_line import PaperLine
from sessions_app.actions.rejudge import rejudge_ended
from sessions_app.actions.session_entry import SessionEntry, begin, lock
from sessions_app.models import (
    Check,
    Course,
    Deviation,
    DeviceAdministration,
    DosingSession,
    MedicineGiven,
    PaperConfirmation,
    ReadinessAssessment,
    SeriousEvent,
    SessionRow,
    Transition,
)
from sessions_app.models.paper import booking_of, same_day_sessions, sheets_to_compare
from sessions_app.models.record import Record
from sessions_app.rules.paper import FROM_PAPER, end_refusals, sheet_time_refusals
from sessions_app.rules.states import AT_START_GATE

# Somebody looked after the patient, or moved the session on: later than an end, they say that it was not over.
_CARE: tuple[type[SessionRow], ...] = (
    Check,
    SeriousEvent,
    DeviceAdministration,
    MedicineGiven,
    ReadinessAssessment,
)


@transaction.atomic
def enter_paper(
    *,
    dosing_session: DosingSession,
    lines: Sequence[PaperLine],
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Deviation:
    """A sheet about a session that is here: what happened on it while Vigil could not be reached. Raises ActionRefused
    naming the line, and then nothing of the sheet is written."""
    opened = _begin(dosing_session, "enter_paper", entry, by, now)
    if first := opened.repeated(Deviation):
        return first
    refuse(*(() if lines else (field_refusal("reason", "nothing_entered"),)))
    return _enter(opened, lines, reason)


@repeatable
@transaction.atomic
def enter_paper_session(
    *,
    course: Course,
    identifiers: tuple[str, ...],
    checked_in_at: datetime,
    performed_by: User,
    chair: str = "",
    lines: Sequence[PaperLine] = (),
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Deviation:
    """A whole session from paper, check-in and all. Raises ActionRefused as ``enter_paper`` does, and where the
    patient has a session of that day."""
    action, facility = "enter_paper_session", course.facility
    if first := first_result(Deviation, facility=facility, entry=entry, action=action, by=by):
        if first.dosing_session.course_id != course.pk:
            raise ActionRefused((Refusal("ENTRY_REUSED", {"action": action}),))
        return first
    refuse(*sheet_time_refusals([("check_in", checked_in_at)], ended_at=None, now=now))
    since, until = day_span(checked_in_at.astimezone(facility.zone).date(), facility.zone)

    line = PaperLine(checked_in_at, "check_in", booking.check_in, performed_by=performed_by)
    booked = booking_of(course.pk, since=since, until=until)
    dosing_session = booking.check_in(
        course=course,
        booked=booked,
        identifiers=identifiers,
        chair=chair,
        entry=_submission(line, entry, now),
        by=by,
        now=checked_in_at,
    )
    # After the check-in: the other nurse's copy of the same sheet was waited for there.
    if same_day_sessions(dosing_session, since=since, until=until).exists():
        raise ActionRefused((Refusal("SAME_DAY"),))
    return _enter(_begin(dosing_session, action, entry, by, now), lines, reason)


def _begin(dosing_session: DosingSession, action: str, entry: Submission, by: User, now: datetime) -> SessionEntry:
    entry = replace(entry, channel=Channel.PAPER, performed_by=None, of_sheet=True)
    return begin(dosing_session, action=action, permission=Permission.CORRECT, entry=entry, by=by, now=now)


def _enter(opened: SessionEntry, lines: Sequence[PaperLine], reason: str) -> Deviation:
    session, by, now = opened.dosing_session, opened.by, opened.now
    end = next((line for line in lines if line.ends), None)
    times = [(line.where, line.at) for line in lines]
    refuse(*reason_refusals(reason), *sheet_time_refusals(times, ended_at=end.at if end else None, now=now))
    refuse(*(_last_seen(session, end.at) if end else ()))

    sheet = opened.add(Deviation, code=FROM_PAPER, reason=reason.strip())
    opened.write(lines=[line.where for line in lines])
    for line in sorted(lines, key=lambda line: (line.at, line.rank)):
        # Where the patient may still be here, a device counts from now until a second person confirms its time.
        typed = None if end else now
        submission = replace(_submission(line, opened.entry, now), typed_at=typed)
        try:
            line.does(dosing_session=session, **line.fields, entry=submission, by=by, now=line.at)
        except ActionRefused as error:
            raise ActionRefused(_naming(line, error.refusals)) from error
    _no_order_left_to_dose_on(session, lines, by, now)
    _settle(opened, ends=end is not None)
    return sheet


def _settle(opened: SessionEntry, *, ends: bool) -> None:
    """Once the sheet is all in, of now: alarms whose cause it took away, and the gates of a session that was over. An
    end on the sheet itself was judged by its own line."""
    entry = Submission(request_id=opened.entry.request_id)
    whole = lock(opened.dosing_session, action=opened.action, entry=entry, by=opened.by, now=opened.now)
    whole.clear_alarms()
    if ends:
        review_filing(whole)
    else:
        rejudge_ended(whole)


def _submission(line: PaperLine, sheet: Submission, now: datetime) -> Submission:
    """Made from the sheet's own number: the sheet sent twice is its lines sent twice."""
    return Submission(
        entry_id=uuid5(sheet.entry_id, line.where),
        occurred_at=line.at,
        channel=Channel.PAPER,
        request_id=sheet.request_id,
        performed_by=line.performed_by,
        of_sheet=True,
        proof=sheet.proof,
        entered_at=now,
    )


def _naming(line: PaperLine, refusals: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """The refusals of one line, behind the one that says which line it was."""
    named = tuple(replace(refusal, params={**refusal.params, "line": line.where}) for refusal in refusals)
    if all(refusal.code == "FIELD" for refusal in refusals):
        return named
    return (Refusal("PAPER_LINE", {"line": line.where, "at": line.at, "ends": line.ends}), *named)


def _last_seen(session: DosingSession, ended_at: datetime) -> tuple[Refusal, ...]:
    record = Record(session)
    rows: list[SessionRow] = [row for model in _CARE for row in record.in_force(model)]
    moved = [row for row in record.all(Transition) if row.from_state]
    seen = [row.occurred_at for row in (*rows, *record.sign_events(), *moved)]
    return end_refusals(max(seen, default=None), ended_at=ended_at)


def _no_order_left_to_dose_on(session: DosingSession, lines: Sequence[PaperLine], by: User, now: datetime) -> None:
    """A nurse copies the order of a dose that was given on paper. None that a device could still be given on: that
    one the prescriber enters."""
    session.refresh_from_db(fields=["state"])
    ordered = any(line.does is dosing.order_dose for line in lines)
    if ordered and session.state in AT_START_GATE and not may(by, Permission.PRESCRIBE, session.facility_id, at=now):
        raise ActionRefused((Refusal("PAPER_ORDER", {}, None, (ClearedBy.PRESCRIBER,)),))


@transaction.atomic
def confirm_paper(
    *, dosing_session: DosingSession, note: str = "", entry: Submission, by: User, now: datetime
) -> PaperConfirmation:
    """A second licensed person compared what was entered with the paper. Raises ActionRefused (SECOND_PERSON,
    NOTHING_TO_COMPARE)."""
    opened = begin(dosing_session, action="confirm_paper", permission=Permission.CORRECT, entry=entry, by=by, now=now)
    if first := opened.repeated(PaperConfirmation):
        return first
    sheets = sheets_to_compare(Record(opened.dosing_session))

    refuse(*(() if sheets else (Refusal("NOTHING_TO_COMPARE"),)))
    second = all(opened.is_second_to(sheet) for sheet in sheets) and is_licensed(by, dosing_session.facility_id, at=now)
    refuse(*(() if second else (Refusal("SECOND_PERSON", {}, None, (ClearedBy.OTHER,)),)))

    confirmation = opened.add(PaperConfirmation, note=note.strip())
    opened.write()
    return confirmation
