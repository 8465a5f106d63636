"""Putting right in one step: a row is taken out of force and another says how it really was, on this session or, for
a check charted at the wrong chair, on the right one."""

from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic.actions.entry import Submission, refuse, whole_minute
from clinic.models import Channel, ClinicalRow, Correction, User
from clinic.rules.refusals import ActionRefused, Refusal, field_refusal, in_state, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.monitoring import add_check
from sessions_app.actions.rejudge import rejudge_ended
from sessions_app.actions.session_entry import SessionEntry, begin
from sessions_app.models import Check, DosingSession, SessionRow, SignEvent
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.rules.charting import (
    CHARTABLE,
    CheckEntry,
    check_refusals,
    check_time_refusals,
    kind_of_check,
    sign_event_refusals,
)
from sessions_app.rules.facts import CheckKind, SignEventKind

Row = TypeVar("Row", bound=SessionRow)


@transaction.atomic
def correct_check(
    *,
    dosing_session: DosingSession,
    check_id: UUID,
    check: CheckEntry,
    before_dose: bool = False,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Check:
    """This check as it really was; ``entry.occurred_at`` is when it was taken (None: as charted). Whoever took it
    still did. Decisions bound to the struck reading no longer stand, and one made after its time is void. Raises
    ActionRefused."""
    opened = _begin(dosing_session, "correct_check", entry, by, now)
    if first := opened.repeated(Check):
        return first
    record = Record(opened.dosing_session)
    struck = _in_force(record, Check, check_id)
    opened.entry = replace(entry, occurred_at=entry.occurred_at or struck.occurred_at)
    facts = session_facts(opened.dosing_session, at=now, record=record)
    kind = kind_of_check(facts, late_baseline=before_dose)
    said = replace(check, confirmed=check.confirmed | _confirmed_before(struck, check))

    refuse(*reason_refusals(reason))
    refuse(*check_refusals(facts, said, kind=kind, at=opened.occurred_at, now=now))

    _as_performed(opened, struck)
    row = add_check(opened, said, kind=kind)
    _take_along(opened, record, struck, row)
    _strike(opened, struck, by=by, replacement=row, reason=reason)
    opened.write()
    rejudge_ended(opened)
    return row


def _confirmed_before(struck: Check, check: CheckEntry) -> frozenset[str]:
    """Nobody is asked again about an unlikely value that was confirmed and is left as it was."""
    return frozenset(
        name for name in struck.confirmed_unlikely if getattr(struck, name, None) == getattr(check.vitals, name, None)
    )


def _take_along(opened: SessionEntry, record: Record, struck: Check, row: Check) -> None:
    """What began or was gone with the struck check stays said, unless the new one says it itself. What was put at a
    time of its own (``correct_sign``) stays there: a sign that came back is not gone by a typo put right."""
    programme = {sign.code for sign in record.dosing_session.policy.program.signs}  # type: ignore[union-attr]
    said = {(item.code, item.kind): item for item in opened.rows if isinstance(item, SignEvent)}
    codes = {code for code, _kind in said}
    for event in record.sign_events():
        own_time = event.occurred_at != struck.occurred_at
        if event.check_row_id != struck.pk or (event.code in codes and not own_time):
            continue
        kept = said.get((event.code, event.kind))
        if kept is None:
            if event.code in programme and event.kind == SignEventKind.RESOLUTION:
                continue  # asked again with the check, and no longer said
            kept = opened.add(SignEvent, check_row=row, code=event.code, kind=event.kind)
        if own_time:
            kept.occurred_at = event.occurred_at
        _still_by(kept, event)


def _still_by(copy: ClinicalRow, original: ClinicalRow) -> None:
    """A row taken along was charted by whom and how the first one was."""
    copy.performed_by, copy.channel = original.performed_by, original.channel


@transaction.atomic
def correct_sign(
    *,
    dosing_session: DosingSession,
    event_id: UUID,
    kind: SignEventKind,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> SignEvent:
    """When a sign or symptom really began, or was gone, and which of the two it was. Raises ActionRefused."""
    opened = _begin(dosing_session, "correct_sign", entry, by, now)
    if first := opened.repeated(SignEvent):
        return first
    record = Record(opened.dosing_session)
    struck = _in_force(record, SignEvent, event_id)
    opened.entry = replace(entry, occurred_at=entry.occurred_at or struck.occurred_at)
    facts = session_facts(opened.dosing_session, at=now, record=record)

    refuse(*reason_refusals(reason))
    refuse(*sign_event_refusals(facts, at=opened.occurred_at, now=now))

    _as_performed(opened, struck)
    event = opened.add(SignEvent, check_row=struck.check_row, code=struck.code, kind=kind.value)
    _strike(opened, struck, by=by, replacement=event, reason=reason)
    opened.write()
    rejudge_ended(opened)
    return event


@transaction.atomic
def move_check(
    *,
    dosing_session: DosingSession,
    check_id: UUID,
    to: DosingSession,
    before_dose: bool = False,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Correction:
    """A check charted at the wrong chair goes to the right one: struck here, written there with its values, its time
    and whoever took it. ``before_dose`` says that it was taken before the first device there. Raises ActionRefused,
    and then nothing is written on either."""
    if to.facility_id != dosing_session.facility_id or to.program_code != dosing_session.program_code:
        raise PermissionDenied("a session of another facility or programme")
    # Both locks before anything is read, in the order of their keys: two moves across never wait for each other.
    list(DosingSession.objects.locked().filter(pk__in=(dosing_session.pk, to.pk)).order_by("pk").only("pk"))
    opened = _begin(dosing_session, "move_check", entry, by, now)
    if first := opened.repeated(Correction):
        return first
    there = _begin(to, "receive_check", Submission(request_id=entry.request_id), by, now)
    record = Record(opened.dosing_session)
    struck = _in_force(record, Check, check_id)

    refuse(*(field_refusal("to", "same_chair"),) if to.pk == dosing_session.pk else ())
    refuse(*reason_refusals(reason))
    events = [event for event in record.sign_events() if event.check_row_id == struck.pk]
    kind = _kind_there(there, struck, events, before_dose=before_dose, now=now)

    there.entry = replace(there.entry, occurred_at=struck.occurred_at, channel=Channel(struck.channel))
    _as_performed(there, struck)
    row = there.add(Check, **{**_values(struck), "kind": kind.value})
    for item in (*(sign for sign in record.signs() if sign.check_row_id == struck.pk), *events):
        _still_by(there.add(type(item), **_values(item), check_row=row, occurred_at=item.occurred_at), item)
    correction = _strike(opened, struck, by=by, replacement=row, reason=reason)
    opened.write(moved_to=to.pk)
    there.write(moved_from=dosing_session.pk, caused_by=opened.action)
    rejudge_ended(opened)
    rejudge_ended(there)
    return correction


def _kind_there(
    there: SessionEntry, struck: Check, events: list[SignEvent], *, before_dose: bool, now: datetime
) -> CheckKind:
    """Whether it can have happened there, and as what: a check after the dose unless it is said otherwise."""
    refuse(*in_state(there.dosing_session.state, *CHARTABLE, wanted="check"))
    facts = session_facts(there.dosing_session, at=now)
    kind = kind_of_check(facts, late_baseline=before_dose)
    cannot = list(check_time_refusals(facts, kind=kind, at=struck.occurred_at, now=now))
    for event in events:
        cannot += sign_event_refusals(facts, at=event.occurred_at, now=now)
    refuse(*(_of_the_session(refusal) for refusal in cannot))
    return kind


def _of_the_session(refusal: Refusal) -> Refusal:
    """The time cannot be chosen there: the session can."""
    return replace(refusal, params={**refusal.params, "field": "to"})


def _values(row: SessionRow) -> dict[str, Any]:
    """What was charted, without the envelope that says by which entry."""
    envelope = {field.name for field in SessionRow._meta.get_fields()} | {"check_row"}
    return {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if field.name not in envelope}


def _begin(dosing_session: DosingSession, action: str, entry: Submission, by: User, now: datetime) -> SessionEntry:
    return begin(dosing_session, action=action, permission=Permission.CORRECT, entry=entry, by=by, now=now)


def _in_force(record: Record, model: type[Row], row_id: UUID) -> Row:
    """A row of this session that nobody has taken out of force yet."""
    found = next((row for row in record.all(model) if row.pk == row_id), None)
    if found is None:
        raise ActionRefused((Refusal("NOTHING_TO_VOID"),))
    gone_with = getattr(found, "check_row_id", None)
    if found.pk in record.corrections or gone_with in record.corrections:
        raise ActionRefused((Refusal("ALREADY_VOIDED"),))
    return found


def _as_performed(opened: SessionEntry, struck: ClinicalRow) -> None:
    """A correction changes what is written, not who did it."""
    opened.entry = replace(opened.entry, performed_by=struck.performed_by)


def _strike(opened: SessionEntry, struck: SessionRow, *, by: User, replacement: SessionRow, reason: str) -> Correction:
    """The correction is the corrector's own, of this minute."""
    correction = opened.envelope(
        Correction,
        row_kind=type(struck).__name__,
        row_id=struck.pk,
        subject_id=struck.dosing_session_id,
        replacement_id=replacement.pk,
        reason=reason.strip(),
        occurred_at=whole_minute(opened.now),
    )
    correction.performed_by = by
    opened.rows.append(correction)
    return correction
