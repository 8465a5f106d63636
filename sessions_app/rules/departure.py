"""The ways out of monitoring other than the open gate: a deviation, leaving early, a transfer, coming back."""

from datetime import date, datetime
from uuid import UUID

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal, reason_refusals, state_refusal
from sessions_app.rules.checks import occurred_refusals
from sessions_app.rules.discharge import discharge_refusals, peak_window
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.readings import sign_readings
from sessions_app.rules.recovery import unresolved_since
from sessions_app.rules.sign_spans import symptoms
from sessions_app.rules.states import State, transition_refusals

REOPENABLE = (State.DISCHARGED, State.LEFT_EARLY)
IN_ERROR = "SESSION_IN_ERROR"
DEVIATIONS = ("PEAK_CHECK", "BASELINE_CHECK")


def deviation_bound_ids(facts: SessionFacts, code: str) -> frozenset[UUID]:
    """The rows a deviation is about: the last device for the check at about 40 minutes, so that another device
    asks for another check."""
    window = peak_window(facts)
    return frozenset({window.device_id}) if code == "PEAK_CHECK" and window else frozenset()


def deviation_refusals(
    facts: SessionFacts, *, code: str, reason: str, examined: bool, now: datetime
) -> tuple[Refusal, ...]:
    """Why this deviation cannot be written: nothing of that kind is missing, it is not yet too late for the check
    itself, no reason, or the prescriber's examination that a missing pre-dose check needs."""
    missing = next((refusal for refusal in discharge_refusals(facts, now=now) if refusal.code == code), None)
    if missing is None or ClearedBy.DEVIATION not in missing.cleared_by:
        return (Refusal("NOTHING_TO_EXCUSE", {"code": code}),)
    if code == "BASELINE_CHECK" and not examined:
        return (field_refusal("examined", "examination_needed"),)
    return reason_refusals(reason)


def reopening_refusals(state: State, *, ended_date: date | None, today: date, reason: str) -> tuple[Refusal, ...]:
    """An ended session goes back to monitoring only on the same day, with a reason (the wrong patient was
    released, the patient came back)."""
    if state not in REOPENABLE:  # from DOSING the table also leads to MONITORING: that is finishing, not re-opening
        return (state_refusal(state, State.MONITORING),)
    if ended_date != today:
        return (Refusal("ANOTHER_DAY", {"ended_date": ended_date}),)
    return reason_refusals(reason)


def left_early_refusals(
    facts: SessionFacts, *, last_seen_at: datetime, found_gone_at: datetime, now: datetime
) -> tuple[Refusal, ...]:
    """Why the record of a patient who is gone cannot be as entered: its state or its times."""
    if moved_on := transition_refusals(facts.state, State.LEFT_EARLY):
        return moved_on
    refusals: list[Refusal] = []
    for name, at in (("last_seen_time", last_seen_at), ("found_gone_time", found_gone_at)):
        for refusal in occurred_refusals(at, now=now, not_before=facts.checked_in_at):
            refusals.append(field_refusal(name, str(refusal.params["problem"]), at=at, now=now))
    if not refusals and found_gone_at < last_seen_at:
        refusals.append(field_refusal("found_gone_time", "before_last_seen", at=found_gone_at))
    return tuple(refusals)


def follow_up_refusals(
    *, reached: bool, spoke_to: str, said: str, at: datetime, last_seen_at: datetime | None
) -> tuple[Refusal, ...]:
    """Why this call cannot be written down: somebody was reached and it is not said who, or what they said; or it
    was before the patient was last seen here."""
    asked = (("spoke_to", spoke_to), ("said", said)) if reached else ()
    refusals = [refusal for name, text in asked for refusal in reason_refusals(text, name=name)]
    if last_seen_at is not None and at < last_seen_at:
        refusals.append(field_refusal("occurred_time", "before_last_seen_here", at=at, last_seen_at=last_seen_at))
    return tuple(refusals)


def running_symptoms(facts: SessionFacts) -> tuple[str, ...]:
    """The codes of what is running now, the programme's signs first. Other symptoms may continue when the patient
    leaves, and go into the instructions (gate.md, UNRESOLVED)."""
    signs = []
    for sign in facts.program.signs:
        readings = sign_readings(facts.checks, sign, facts.program)
        if unresolved_since(facts, sign) is not None or (readings and readings[-1].present):
            signs.append(sign.code)
    return (*signs, *(symptom.code for symptom in symptoms(facts) if symptom.running))
