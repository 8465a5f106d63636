"""After the end: a correction, a void or a late reading never re-opens a session by itself. Both gates are judged
again at the times they were passed, and where one would have refused, a deviation and an alarm arise."""

from dataclasses import replace
from datetime import datetime

from clinic.rules.refusals import Refusal
from sessions_app.actions.filing_state import review_filing
from sessions_app.actions.session_entry import SessionEntry
from sessions_app.models import Alarm, Deviation, DeviceAdministration, Discharge, DosingSession, GateException
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.rules.administration import administration_refusals, clearing_refusals, not_dosed_refusals
from sessions_app.rules.alarms import AlarmCode
from sessions_app.rules.discharge import discharge_refusals
from sessions_app.rules.facts import (
    Check,
    CheckKind,
    GivenDevice,
    OpenConcern,
    SessionFacts,
    SignEvent,
    StartFacts,
)
from sessions_app.rules.states import ENDED, State


def start_gate_again(facts: SessionFacts) -> tuple[Refusal, ...]:
    """What the start gate would have said at clearing and before each further device, of all that is known now
    about those times."""
    if not facts.devices:
        return ()
    first, *further = facts.devices
    before = _known_at(facts, first.occurred_at, order=first.order)
    baseline = (check for check in facts.checks if check.kind is CheckKind.BASELINE)
    checks = tuple(check for check in baseline if check.occurred_at <= first.occurred_at)
    before = replace(before, state=State.CHECKED_IN, devices=(), checks=checks, start=_start_before(facts, first))
    refusals = [*clearing_refusals(before, now=first.occurred_at)]
    for count, device in enumerate(further, start=1):
        before = _known_at(facts, device.occurred_at, order=device.order)
        before = replace(before, state=State.DOSING, devices=facts.devices[:count])
        refusals += administration_refusals(before, device=None, at=device.occurred_at, now=device.occurred_at)
    return tuple(refusals)


def _start_before(facts: SessionFacts, first: GivenDevice) -> StartFacts | None:
    """An emergency of the first device's own minute came after it: else the device was refused, or an exception."""
    start = facts.start
    if start and start.emergency_since and start.emergency_since >= first.occurred_at:
        return replace(start, emergency_since=None)
    return start


def _known_at(facts: SessionFacts, at: datetime, *, order: int) -> SessionFacts:
    """What happened before that moment, whenever it was entered; of the same minute, what was entered before; and
    only what a prescriber had decided by then."""

    def before(row: Check | SignEvent | OpenConcern) -> bool:
        return (row.occurred_at, row.order) < (at, order)

    return replace(
        facts,
        checks=tuple(filter(before, facts.checks)),
        sign_events=tuple(filter(before, facts.sign_events)),
        serious_events=tuple(filter(before, facts.serious_events)),
        decisions=tuple(decision for decision in facts.decisions if decision.order < order),
    )


def discharge_gate_again(facts: SessionFacts, *, released_at: datetime) -> tuple[Refusal, ...]:
    """What the discharge gate would have said at the release, of all that is known now about that time. What began
    after the patient had left says nothing about it."""
    known = replace(
        facts,
        state=State.MONITORING,
        checks=tuple(check for check in facts.checks if check.occurred_at <= released_at),
        sign_events=tuple(event for event in facts.sign_events if event.occurred_at <= released_at),
        serious_events=tuple(concern for concern in facts.serious_events if concern.occurred_at <= released_at),
    )
    return discharge_refusals(known, now=released_at)


def not_dosed_again(facts: SessionFacts) -> tuple[Refusal, ...]:
    """What stands now against the end of a session said to have gone without a dose."""
    return not_dosed_refusals(replace(facts, state=State.MONITORING))


def gates_again(dosing_session: DosingSession) -> dict[str, tuple[Refusal, ...]]:
    """Every gate that was passed judged again; an empty tuple where it would still have been open. Codes that were
    recorded as exceptions at the time are not new."""
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
    not_dosed = not_dosed_again(facts) if dosing_session.state == State.NOT_DOSED else ()
    return {
        "start": tuple(refusal for refusal in start if refusal.code not in excepted),
        "discharge": discharge,
        "not_dosed": not_dosed,
    }


def rejudge_ended(opened: SessionEntry) -> None:
    """Called by every action that may write after the end, when its rows are in; of a sheet, when all of it is in."""
    session = opened.dosing_session
    if opened.entry.of_sheet or session.state not in ENDED or session.checked_in_at is None:
        return
    review_filing(opened)
    found = {gate: sorted({r.code for r in refusals}) for gate, refusals in gates_again(session).items() if refusals}
    if not found:
        return
    again = opened.following("rejudge_gates")
    code = AlarmCode.GATE_WOULD_HAVE_REFUSED
    again.add(Alarm, code=code.value, key=f"{code}:{again.order}", params=found)
    for gate, codes in found.items():
        again.add(Deviation, code=f"{gate.upper()}_GATE", reason=", ".join(codes))
    again.insert(caused_by=opened.action)
