"""The lines of a sheet of paper: each is an action of the pages, or two that belong together on paper."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid5

from clinic.actions.entry import Submission, refuse
from clinic.models import Device, User
from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.actions import decision, discharge, dosing, monitoring
from sessions_app.models import Check, DeviceAdministration, Discharge, DosingSession
from sessions_app.models.dosing_session import sessions_with_context
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.models.site import Site
from sessions_app.rules.charting import CheckEntry
from sessions_app.rules.discharge import Release, discharge_refusals
from sessions_app.rules.facts import Outcome
from sessions_app.rules.gates import bound_ids_of, gate_refusals, measure_of
from sessions_app.rules.states import AT_START_GATE


@dataclass(frozen=True)
class PaperLine:
    """One line of a sheet: the action it is, and who did it. ``where`` names it on the form; ``rank`` is its place
    among those of one minute; ``ends`` the session."""

    at: datetime
    where: str
    does: Callable[..., Any]
    fields: Mapping[str, Any] = field(default_factory=dict)
    performed_by: User | None = None
    rank: int = 0
    ends: bool = False


def check_line(check: CheckEntry, **line: Any) -> PaperLine:
    """A check; taken before the first device it is one before the dose."""
    return PaperLine(does=_chart, fields={"check": check}, **line)


def device_line(device: Device, outcome: Outcome, exception_reason: str = "", **line: Any) -> PaperLine:
    """A device with what it delivered."""
    said = {"device": device, "outcome": outcome, "exception_reason": exception_reason}
    return PaperLine(does=_give, fields=said, **line)


def decision_line(code: str, reason: str, *, examined: bool = False, **line: Any) -> PaperLine:
    """A prescriber's own decision on what the gate asked at that time."""
    return PaperLine(does=_decide, fields={"code": code, "reason": reason, "examined": examined}, **line)


def release_line(handed_over_to: str, **line: Any) -> PaperLine:
    """The patient went home, through the gate as it stood at that time."""
    return PaperLine(does=_release, fields={"handed_over_to": handed_over_to}, ends=True, **line)


def _chart(*, dosing_session: DosingSession, check: CheckEntry, entry: Submission, by: User, now: datetime) -> Check:
    """A check; taken before the first device it is one before the dose."""
    first_at = session_facts(_current(dosing_session), at=now).first_device_at
    before = first_at is not None and now <= first_at
    return monitoring.record_check(
        dosing_session=dosing_session, check=check, late_baseline=before, entry=entry, by=by, now=now
    )


def _give(
    *,
    dosing_session: DosingSession,
    device: Device,
    outcome: Outcome,
    exception_reason: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> DeviceAdministration:
    """A device with what it delivered."""
    given = dosing.administer_device(
        dosing_session=dosing_session, device=device, exception_reason=exception_reason, entry=entry, by=by, now=now
    )
    outcome_entry = replace(entry, entry_id=uuid5(entry.entry_id, "outcome"))
    dosing.record_outcome(
        dosing_session=dosing_session, administration=given, outcome=outcome, entry=outcome_entry, by=by, now=now
    )
    return given


def _decide(
    *,
    dosing_session: DosingSession,
    code: str,
    reason: str,
    examined: bool,
    entry: Submission,
    by: User,
    now: datetime,
) -> None:
    """The prescriber's own decision, entered by the same prescriber who was on site then, on what the gate asked at
    that time. Raises ActionRefused."""
    session = _current(dosing_session)
    site = Site(session.facility, session.program_code, at=now)
    if by.pk not in {row.person_id for row in site.prescribers_on_site}:
        refuse(Refusal("PRESCRIBER_ABSENT", {"name": str(by)}, None, (ClearedBy.OTHER,)))
    record = Record(session, until=now)
    facts = session_facts(session, at=now, start=session.state in AT_START_GATE, record=record)
    asked = [refusal for refusal in gate_refusals(facts, now=now) if refusal.code == code and bound_ids_of(refusal)]
    refuse(*(() if asked else (Refusal("NOTHING_TO_DECIDE", {"code": code}),)))
    for index, refusal in enumerate(asked):
        decision.decide(
            dosing_session=session,
            code=code,
            measure=measure_of(refusal),
            bound_ids=bound_ids_of(refusal),
            reason=reason,
            examined=examined,
            entry=replace(entry, entry_id=uuid5(entry.entry_id, f"decision-{index}")),
            by=by,
            now=now,
        )


def _release(
    *, dosing_session: DosingSession, handed_over_to: str, entry: Submission, by: User, now: datetime
) -> Discharge:
    """The release, through the gate as it stood at that time and through the one of all that is known now. Never
    through a closed gate: what happened all the same is a patient who left early, or a transfer."""
    session = _current(dosing_session)
    then = session_facts(session, at=now, record=Record(session, until=now))
    refuse(*discharge_refusals(then, now=now, release=Release(handed_over_to.strip(), now)))
    return discharge.discharge_patient(
        dosing_session=session, handed_over_to=handed_over_to, departed_at=now, entry=entry, by=by, now=now
    )


def _current(dosing_session: DosingSession) -> DosingSession:
    return sessions_with_context().get(pk=dosing_session.pk)
