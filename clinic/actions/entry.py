"""How an action writes: once per entry, with its envelope, its rows and its audit event together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import wraps
from itertools import groupby
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Model, QuerySet

from clinic import audit
from clinic.canonical import canonical, content_of
from clinic.identifiers import new_id
from clinic.models import Channel, ClinicalRow, Entry, Facility, Signature, SignedRow, User
from clinic.models.signature import digest_of
from clinic.prepared import Prepared
from clinic.rules.refusals import ActionRefused, ClearedBy, Refusal
from clinic.rules.signature import Factor, Meaning
from clinic.writing import insert

Row = TypeVar("Row", bound=ClinicalRow)
Made = TypeVar("Made", bound=Model)
Params = ParamSpec("Params")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Proof:
    """Somebody proved, for this very form, who they are (clinic/actions/signature.py, which alone makes one)."""

    person_id: UUID
    factor: Factor
    at: datetime
    tablet_id: UUID | None = None

    def is_of(self, person: User) -> bool:
        return self.person_id == person.pk


@dataclass(frozen=True)
class Submission:
    """What came with a form besides its answers: its ``entry_id``, when the thing happened (None: just now, in
    whole minutes), through which channel, under which request, who did it if not whoever entered it, and, from paper,
    when it was typed where that counts. ``of_sheet``: one line of a sheet of paper, or what heads it, which goes by
    its own time; ``entered_at`` is then when somebody typed it. ``proof``: what a signature rests on.
    ``tablet_id``: on which shared tablet it was typed; ``sent_by``: who carried here what waited there, ``entered_at``
    then being when it was typed. ``answers``: SHA-256 of what the form said. ``witness_proof``: that of whoever saw it,
    where the rows name a witness."""

    entry_id: UUID = field(default_factory=new_id)
    occurred_at: datetime | None = None
    channel: Channel = Channel.LIVE
    request_id: str = ""
    performed_by: User | None = None
    typed_at: datetime | None = None
    of_sheet: bool = False
    entered_at: datetime | None = None
    proof: Proof | None = None
    tablet_id: UUID | None = None
    sent_by: User | None = None
    answers: str = ""
    witness_proof: Proof | None = None


def repeatable(action: Callable[Params, Result]) -> Callable[Params, Result]:
    """For actions that have no row lock to meet at: they make their own subject, or are about two of them. A unique
    constraint stops the second, which then runs again and sees what the first one wrote; and again, where it meets a
    third."""

    @wraps(action)
    def run(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        for _meeting in range(_MEETINGS):
            try:
                return action(*args, **kwargs)
            except IntegrityError as error:
                if not any(name in str(error) for name in _MET_BEFORE):
                    raise
        return action(*args, **kwargs)

    return run


_MEETINGS = 5  # as many as may be at one thing in one moment [D]
# The second click of one form, two people saving the next version of one policy, two patients for one chair, two
# people revoking one tablet, two clocks reminding of one thing, two people with one sign-in name, two steps from one
# place of a certification, two who close one finding, discrepancy or day, two who review one reading, two who take back
# one row, recall or closure, two who move one device, one who recalls what another takes, two who question one count or
# take one initial inventory, two bookings for one chair or patient, two who find a place for one who waits.
_MET_BEFORE = (
    "entry_once_per_facility",
    "facility_policy_version",
    "dosing_session_one_open_per_chair",
    "tablet_revoked_once",
    "reminder_once",
    "clinic_breakglassreview_break_glass_id_key",
    "clinic_user_username_key",
    "certification_line_",
    "clinic_findingclosure_finding_id",
    "clinic_discrepancyclosure_discrepancy_id",
    "clinic_recallwithdrawal_recall_id",
    "cabinet_closed_once_a_day",
    "count_initial_once",
    "discrepancy_once_per_lot_of_a_count",
    "correction_once_per_row",
    "user_username_in_any_case",
    "stock_movement_one_line",
    "stock_movement_not_recalled",
    "booking_one_per_chair",
    "booking_one_per_patient",
    "closurewithdrawal_closure_id",
    "waitingend_waiting_id",
    "appointment_reminder_once",
)


def whole_minute(at: datetime) -> datetime:
    """Clinical times are whole minutes."""
    return at.replace(second=0, microsecond=0)


def refuse(*refusals: Refusal) -> None:
    """Raise ActionRefused where there is anything to refuse."""
    if refusals:
        raise ActionRefused(refusals)


def _submitted(facility_id: UUID, entry_id: UUID) -> QuerySet[Entry]:
    return Entry.objects.filter(facility=facility_id, entry_id=entry_id)


_BEFORE = Prepared(_submitted, facility_id=UUID, entry_id=UUID)


def first_result(
    model: type[Made], *, facility: Facility, entry: Submission, action: str, by: User, subject: Model | None = None
) -> Made | None:
    """The row made by this very entry before, if it was submitted before. An entry number used for something
    else, about somebody else, by somebody else, or with other answers, is refused: it cannot be the same form."""
    before = next(_BEFORE.instances(facility_id=facility.pk, entry_id=entry.entry_id), None)
    if before is None:
        return None
    same = (action, by.pk, subject.pk if subject else before.subject_id)
    if (before.action, before.recorded_by_id, before.subject_id) != same or not before.says(entry.answers):
        raise ActionRefused((Refusal("ENTRY_REUSED", {"action": before.action}),))
    return model._default_manager.get(pk=before.result_id)


def row(model: type[Row], *, facility: Facility, entry: Submission, by: User, now: datetime, **fields: Any) -> Row:
    """A row of this entry, with its envelope filled, not yet written."""
    return model(
        facility=facility,
        entry_id=entry.entry_id,
        performed_by=entry.performed_by or by,
        recorded_by=by,
        occurred_at=fields.pop("occurred_at", None) or whole_minute(entry.occurred_at or now),
        channel=entry.channel,
        request_id=entry.request_id,
        **fields,
    )


def _signature(
    signed: Any, *, facility: Facility, entry: Submission, by: User, now: datetime, subject: Model
) -> Signature:
    """Whoever enters a row signs it; what another person signed on paper is signed as copied."""
    by_another = signed.performed_by_id != by.pk
    if entry.proof is None or not entry.proof.is_of(by) or (by_another and entry.channel != Channel.PAPER):
        raise ActionRefused((Refusal("SIGNATURE", {}, None, (ClearedBy.DOCUMENTATION,)),))
    meaning = Meaning.COPIED if by_another else signed.MEANING
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now, "subject": subject}
    return _signed(signed, meaning, signer=by, proof=entry.proof, **said)


def _witness(seen: Any, *, facility: Facility, entry: Submission, by: User, now: datetime, subject: Model) -> Signature:
    """Whoever saw it proves who they are beside whoever did it."""
    proof = entry.witness_proof
    if proof is None or not proof.is_of(seen.witness):
        raise ActionRefused((Refusal("WITNESS", {}, None, (ClearedBy.OTHER,)),))
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now, "subject": subject}
    return _signed(seen, Meaning.WITNESSED, signer=seen.witness, proof=proof, **said)


def _signed(
    signed: Any, meaning: Meaning, *, signer: User, proof: Proof, entry: Submission, subject: Model, **said: Any
) -> Signature:
    content = canonical(content_of(signed))
    return row(
        Signature,
        entry=replace(entry, performed_by=signer),
        **said,
        occurred_at=proof.at,
        row_kind=type(signed).__name__,
        row_id=signed.pk,
        subject_id=getattr(signed, "subject_id", subject.pk),
        meaning=meaning.value,
        printed_name=signer.printed_name,
        credential=signer.credential,
        factor=proof.factor.value,
        tablet_id=proof.tablet_id,
        content=content,
        digest=digest_of(content),
    )


def write(
    *,
    action: str,
    facility: Facility,
    entry: Submission,
    by: User,
    now: datetime,
    subject: Model,
    rows: Iterable[Model],
    order: int | None = None,
    details: dict[str, object] | None = None,
) -> None:
    """Insert the entry, then its rows with their signatures, then the audit event that covers them. The first row is
    the result. Raises ActionRefused (SIGNATURE) for a row that is signed, without proof of whoever signs it."""
    written = list(rows)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now, "subject": subject}
    signed = [row for row in written if isinstance(row, SignedRow) and row.needs_signature()]
    seen = [row for row in written if getattr(row, "witness_id", None)]
    written += [*(_signature(each, **said) for each in signed), *(_witness(each, **said) for each in seen)]
    opened = Entry(
        facility=facility,
        entry_id=entry.entry_id,
        action=action,
        subject_id=subject.pk,
        order=order,
        result_id=written[0].pk,
        recorded_by=by,
        tablet_id=entry.tablet_id,
        answers=entry.answers,
    )
    for _model, alike in groupby((opened, *written), key=type):
        insert(alike)
    audit.record(
        action=action,
        facility=facility,
        by=by,
        now=now,
        subject=subject,
        rows=written,
        entry_id=entry.entry_id,
        request_id=entry.request_id,
        details={**(details or {}), **_waited(entry)},
    )


def _waited(entry: Submission) -> dict[str, object]:
    """How something came here that was not sent as it was typed."""
    if entry.channel != Channel.OFFLINE or entry.sent_by is None:
        return {}
    return {"typed_at": entry.entered_at, "sent_by": entry.sent_by.pk, "tablet": entry.tablet_id}
