"""After the end: a correction, a void or a late reading never re-opens a session by itself. Both gates are judged
again at the times they were passed, and where one would have refused, a deviation and an alarm arise."""

from collections.abc import Iterable
from datetime import datetime

from clinic.models import User
from clinic.rules.refusals import Refusal
from sessions_app.actions.filing_state import review_filing
from sessions_app.actions.session_entry import SessionEntry, beside
from sessions_app.models import Alarm, Deviation, DeviceAdministration, Discharge, DosingSession, GateException
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.rules.again import discharge_gate_again, not_dosed_again, start_gate_again
from sessions_app.rules.alarms import AlarmCode
from sessions_app.rules.states import ENDED, State


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
    if found:
        _would_have_refused(opened.following("rejudge_gates"), found, opened.action)


def rejudge_released(
    released: Iterable[DosingSession], *, caused_by: str, request_id: str, by: User, now: datetime
) -> None:
    """These were released after a safety alert of their patient's that is entered only now, on another session or
    between them: as late as one of their own."""
    code = AlarmCode.SAFETY_ALERT.value
    for session in released:
        if code in {refusal.code for refusal in gates_again(session)["discharge"]}:
            again = beside(session, "rejudge_gates", request_id, by, now)
            _would_have_refused(again, {"discharge": [code]}, caused_by)


def _would_have_refused(again: SessionEntry, found: dict[str, list[str]], caused_by: str) -> None:
    code = AlarmCode.GATE_WOULD_HAVE_REFUSED
    again.add(Alarm, code=code.value, key=f"{code}:{again.order}", params=found)
    for gate, codes in found.items():
        again.add(Deviation, code=f"{gate.upper()}_GATE", reason=", ".join(codes))
    again.insert(caused_by=caused_by)
