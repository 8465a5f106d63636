"""After the end: a correction, a void or a late reading never re-opens a session by itself. Both gates are judged
again at the times they were passed, and where one would have refused, a deviation and an alarm arise."""

from dataclasses import replace
from datetime import datetime

from clinic.actions.entry import Submission
from clinic.rules.refusals import Refusal
from sessions_app.actions.session_entry import SessionEntry
from sessions_app.models import Alarm, Deviation, DeviceAdministration, Discharge, DosingSession, GateException
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.rules.administration import clearing_refusals
from sessions_app.rules.discharge import discharge_refusals
from sessions_app.rules.facts import CheckKind, SessionFacts
from sessions_app.rules.states import ENDED, State


def start_gate_again(facts: SessionFacts) -> tuple[Refusal, ...]:
    """What clearing would have said at the first device, of all that is known now."""
    if facts.first_device_at is None:
        return ()
    before = replace(
        facts,
        state=State.CHECKED_IN,
        devices=(),
        checks=tuple(check for check in facts.checks if check.kind is CheckKind.BASELINE),
    )
    return clearing_refusals(before, now=facts.first_device_at)


def discharge_gate_again(facts: SessionFacts, *, released_at: datetime) -> tuple[Refusal, ...]:
    """What the discharge gate would have said at the release, of all that is known now about that time."""
    known = replace(
        facts,
        state=State.MONITORING,
        checks=tuple(check for check in facts.checks if check.occurred_at <= released_at),
    )
    return discharge_refusals(known, now=released_at)


def gates_again(dosing_session: DosingSession) -> dict[str, tuple[Refusal, ...]]:
    """Both gates judged again; empty tuples where they would still have been open. Codes that were recorded as
    exceptions at the time are not new."""
    record = Record(dosing_session)
    first = given[0].occurred_at if (given := record.in_force(DeviceAdministration)) else None
    facts = session_facts(
        dosing_session, at=first or dosing_session.occurred_at, start=first is not None, record=record
    )
    excepted = {code for row in record.in_force(GateException) for code in row.codes}
    start = start_gate_again(facts) if first else ()
    discharge: tuple[Refusal, ...] = ()
    if dosing_session.state == State.DISCHARGED and dosing_session.discharge_id is not None:
        release = Discharge.objects.get(pk=dosing_session.discharge_id)
        discharge = discharge_gate_again(facts, released_at=release.occurred_at)
    return {"start": tuple(r for r in start if r.code not in excepted), "discharge": discharge}


def rejudge_ended(opened: SessionEntry) -> None:
    """Called by every action that may write after the end, when its rows are in."""
    session = opened.dosing_session
    if session.state not in ENDED or session.checked_in_at is None:
        return
    found = {gate: sorted({r.code for r in refusals}) for gate, refusals in gates_again(session).items() if refusals}
    if not found:
        return
    again = SessionEntry(
        session,
        "rejudge_gates",
        Submission(request_id=opened.entry.request_id),
        opened.by,
        opened.now,
        session.last_order + 1,
    )
    again.add(Alarm, code="GATE_WOULD_HAVE_REFUSED", params=found)
    for gate, codes in found.items():
        again.add(Deviation, code=f"{gate.upper()}_GATE", reason=", ".join(codes))
    again.write(caused_by=opened.action)
