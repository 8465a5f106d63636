"""The monitoring form of a session: what a person fills in, that it was sent, what came back, and what of that is taken
back. Everything under the session's lock; where the filing stands is worked out anew each time."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, refuse
from clinic.identifiers import new_id
from clinic.models import Correction, User
from clinic.models.staff import SYSTEM
from clinic.rules.refusals import ActionRefused, Refusal, field_refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.filing_state import move, moved, open_with, review_filing, step_to
from sessions_app.actions.session_entry import SessionEntry, begin, lock
from sessions_app.models import (
    DeviceAdministration,
    DosingSession,
    Filing,
    FilingAnswer,
    FilingOutcome,
    FilingVersion,
)
from sessions_app.models.filing import filing_of
from sessions_app.models.filing_record import FilingRecord, content_of_form
from sessions_app.models.record import Record
from sessions_app.rules.answer import answer_refusals, cleaned
from sessions_app.rules.filing import FilingState, Outcome, submission_refusals


def _begin(dosing_session: DosingSession, action: str, entry: Submission, by: User, now: datetime) -> SessionEntry:
    demand(by, Permission.READ_CHART, dosing_session.facility_id, at=now)
    return begin(dosing_session, action=action, permission=Permission.FILE, entry=entry, by=by, now=now)


def _filing(opened: SessionEntry) -> FilingRecord:
    filing = filing_of(opened.dosing_session)
    if filing is None:
        raise ActionRefused((Refusal("NO_FILING"),))
    return FilingRecord(filing, Record(opened.dosing_session), at=opened.now)


def _refuse_unseen(stands: FilingRecord, seen: UUID | None, wanted: FilingState) -> None:
    """What is said of a form is said of the submission that whoever says it saw, and of none that came in between."""
    sent = stands.submitted
    if (sent.pk if sent else None) != seen:
        raise ActionRefused((_moved_on(stands, wanted),))


def _moved_on(stands: FilingRecord, wanted: FilingState) -> Refusal:
    return Refusal("FILING_STATE", {"state": stands.filing.state, "wanted": wanted.value})


def _write(opened: SessionEntry, filing: Filing, *, reason: str = "") -> None:
    """The rows, and the step they lead to: read anew, since rows of this entry decide it."""
    opened.write()
    follow = opened.following("review_filing")
    stands = FilingRecord(filing, Record(opened.dosing_session), at=opened.now).stands
    if step_to(follow, filing, stands, reason=reason):
        follow.insert(caused_by=opened.action, filing=moved(filing))
        move(filing)


@transaction.atomic
def answer_field(
    *,
    dosing_session: DosingSession,
    code: str,
    value: str,
    reason: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> FilingAnswer:
    """A person fills in what the record does not say, or says otherwise than it with a reason; an empty value takes
    back what was answered. It counts as long as the record says what it says now. Raises ActionRefused (FIELD)."""
    opened = _begin(dosing_session, "answer_field", entry, by, now)
    if first := opened.repeated(FilingAnswer):
        return first
    stands = _filing(opened)
    asked = stands.field(code)
    if asked is None:
        raise ActionRefused((field_refusal("value", "unknown"),))

    value, derived = cleaned(asked.field, value), asked.derived.value if asked.derived else ""
    refuse(*answer_refusals(asked.field, value, derived=derived, reason=reason, answered=asked.answer is not None))

    answer = opened.envelope(
        FilingAnswer, filing=stands.filing, code=code, value=value, instead_of=derived, reason=reason.strip()
    )
    opened.rows.append(answer)
    _write(opened, stands.filing)
    return answer


@transaction.atomic
def submit_filing(
    *,
    dosing_session: DosingSession,
    route: FilingVersion.Route,
    confirmation: str = "",
    incomplete_reason: str = "",
    seen: UUID | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> FilingVersion:
    """The form was sent, by portal or fax, as it stands now: every value is kept word by word. Late is recorded and
    never refused. ``seen``: the newest submission that was known when it was said. Raises ActionRefused (FILING_STATE)
    where there is another by now, (FILING_INCOMPLETE) where something is missing and nobody says why it was sent all
    the same."""
    opened = _begin(dosing_session, "submit_filing", entry, by, now)
    if first := opened.repeated(FilingVersion):
        return first
    stands = _filing(opened)
    missing = stands.missing

    refuse(*(() if route in FilingVersion.Route.values else (field_refusal("route", "unknown"),)))
    _refuse_unseen(stands, seen, FilingState.SUBMITTED)
    refuse(*submission_refusals(missing, reason=incomplete_reason))

    version = opened.envelope(
        FilingVersion,
        id=new_id(),
        filing=stands.filing,
        number=len(stands.all_versions) + 1,
        route=route,
        confirmation=confirmation.strip(),
        edition=stands.edition,
        content=content_of_form(stands.filled),
        missing=list(missing),
        reason=incomplete_reason.strip() if missing else "",
    )
    opened.rows.append(version)
    _write(opened, stands.filing)
    return version


@transaction.atomic
def record_reply(
    *,
    dosing_session: DosingSession,
    kind: Outcome,
    reason: str = "",
    seen: UUID | None,
    entry: Submission,
    by: User,
    now: datetime,
) -> FilingOutcome:
    """What came back of the newest submission, ``seen``: acknowledged, or returned with the reason. Raises
    ActionRefused (FILING_STATE) where nothing was sent, there is a newer one, or that was said of it before."""
    opened = _begin(dosing_session, "record_reply", entry, by, now)
    if first := opened.repeated(FilingOutcome):
        return first
    stands = _filing(opened)
    sent, kind = stands.submitted, Outcome(kind)
    said = stands.outcome_of(sent) if sent else None

    _refuse_unseen(stands, seen, FilingState(kind))
    if sent is None or (said is not None and said.kind == kind):
        raise ActionRefused((_moved_on(stands, FilingState(kind)),))
    refuse(*(reason_refusals(reason) if kind is Outcome.RETURNED else ()))

    outcome = opened.envelope(FilingOutcome, filing=stands.filing, version=sent, kind=kind.value, reason=reason.strip())
    opened.rows.append(outcome)
    _write(opened, stands.filing, reason=reason)
    return outcome


@transaction.atomic
def take_back_filing(
    *,
    dosing_session: DosingSession,
    row_kind: str,
    row_id: UUID,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Correction:
    """A submission or a reply was recorded that never was, or of another form. It stays to be read. Raises
    ActionRefused (NOTHING_TO_VOID, ALREADY_VOIDED, FIELD)."""
    opened = _begin(dosing_session, "take_back_filing", entry, by, now)
    if first := opened.repeated(Correction):
        return first
    stands = _filing(opened)
    rows = [*stands.all_versions, *stands.all_outcomes]
    found = next((row for row in rows if type(row).__name__ == row_kind and row.pk == row_id), None)

    if found is None:
        raise ActionRefused((Refusal("NOTHING_TO_VOID"),))
    refuse(*((Refusal("ALREADY_VOIDED"),) if found.pk in stands.record.corrections else ()), *reason_refusals(reason))

    correction = opened.envelope(
        Correction, row_kind=row_kind, row_id=row_id, subject_id=opened.dosing_session.pk, reason=reason.strip()
    )
    opened.rows.append(correction)
    _write(opened, stands.filing, reason=reason)
    return correction


@transaction.atomic
def keep_filing(*, dosing_session: DosingSession, by: User, now: datetime) -> Filing | None:
    """The clock's own work: a session that was dosed before Vigil kept filings gets its own, and any filing is brought
    to where it stands by now. However often it is called, each step is written once. Raises PermissionDenied for
    anybody but the system's own person."""
    if by.username != SYSTEM:
        raise PermissionDenied("filings are kept by the system")
    opened = lock(dosing_session, action="keep_filing", entry=Submission(), by=by, now=now)
    given = Record(opened.dosing_session).in_force(DeviceAdministration)

    if given and filing_of(opened.dosing_session) is None:
        open_with(opened, min(given, key=lambda row: (row.occurred_at, row.order)))
        if opened.rows:
            opened.insert()
    review_filing(opened)
    return filing_of(opened.dosing_session)
