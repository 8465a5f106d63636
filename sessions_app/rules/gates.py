"""Which gate stands before a session now, and what a prescriber may decide there."""

from datetime import datetime
from uuid import UUID

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal, reason_refusals
from sessions_app.rules.administration import administration_refusals, clearing_refusals
from sessions_app.rules.discharge import discharge_refusals
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.states import State


def gate_refusals(facts: SessionFacts, *, now: datetime) -> tuple[Refusal, ...]:
    """What stands between this session and its next step: clearing, the next device, or leaving."""
    if facts.state is State.CHECKED_IN:
        return clearing_refusals(facts, now=now)
    if facts.state in (State.CLEARED, State.DOSING):
        return administration_refusals(facts, device=None, at=now, now=now)
    return discharge_refusals(facts, now=now)


def measure_of(refusal: Refusal) -> str:
    """The measure a decision on this refusal names; empty where the code says it all."""
    return str(refusal.params.get("measure", ""))


def bound_ids_of(refusal: Refusal) -> frozenset[UUID]:
    """The rows a decision on this refusal is bound to; empty where no decision is possible."""
    if ClearedBy.PRESCRIBER not in refusal.cleared_by:
        return frozenset()
    bound = refusal.params.get("bound_ids")
    return bound if isinstance(bound, frozenset) else frozenset()


def decision_refusals(
    standing: tuple[Refusal, ...],
    *,
    code: str,
    measure: str,
    bound_ids: frozenset[UUID],
    examined: bool,
    reason: str,
) -> tuple[Refusal, ...]:
    """Why a prescriber's decision cannot be written: nothing there to decide, a newer reading than the one that
    was looked at, no reason, or an examination that this decision needs."""
    # An alert is answered with a plan, before the dose and between sessions too (actions/safety_alert.py).
    asked = [r for r in standing if r.code == code and measure_of(r) == measure and code != "SAFETY_ALERT"]
    open_to_decision = [refusal for refusal in asked if bound_ids_of(refusal)]
    if not open_to_decision:
        return (Refusal("NOTHING_TO_DECIDE", {"code": code}),)
    refusal = next((refusal for refusal in open_to_decision if bound_ids_of(refusal) == bound_ids), None)
    if refusal is None:
        return (Refusal("DECISION_STALE", {"code": code}, None, (ClearedBy.PRESCRIBER,)),)
    if refusals := reason_refusals(reason):
        return refusals
    return _examination_refusals(refusal, examined)


def _examination_refusals(refusal: Refusal, examined: bool) -> tuple[Refusal, ...]:
    if refusal.code == "NOT_OBTAINED" and not examined:
        return (field_refusal("examined", "examination_needed"),)
    if refusal.code == "BP":
        ways = refusal.params.get("ways") or ()
        if not ways:
            return (Refusal("BP_NO_WAY", dict(refusal.params), None, (ClearedBy.MEASUREMENT, ClearedBy.PRESCRIBER)),)
        if ways == ("effect_over",) and not examined:
            return (field_refusal("examined", "examination_needed"),)
    return ()
