"""The discharge gate (gate.md, "Discharge gate"): may this patient leave now?

The list returned is the list shown. Every row of the specification is one function, in its order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clinic.rules.refusals import ClearedBy, Refusal, state_refusal
from sessions_app.rules.facts import Check, OpenConcern, SessionFacts
from sessions_app.rules.program import ENTRY_GRACE
from sessions_app.rules.readings import before_dose, measures_asked, not_obtained
from sessions_app.rules.recovery import (
    blood_pressure_refusals,
    examined,
    final_check,
    final_check_opens_at,
    readings_after_dose,
    sign_refusals,
    spo2_refusals,
    unresolved_refusals,
)
from sessions_app.rules.states import State
from sessions_app.rules.way_home import way_home_refusals

_MEASUREMENT = (ClearedBy.MEASUREMENT,)
_DOCUMENTATION = (ClearedBy.DOCUMENTATION,)
_PRESCRIBER = (ClearedBy.PRESCRIBER,)
_MEASUREMENT_OR_PRESCRIBER = (ClearedBy.MEASUREMENT, ClearedBy.PRESCRIBER)


@dataclass(frozen=True)
class Release:
    """What is said at the moment of release: who took the patient over, and when they left."""

    handed_over_to: str
    departed_at: datetime


def discharge_refusals(facts: SessionFacts, *, now: datetime, release: Release | None = None) -> tuple[Refusal, ...]:
    """Why this patient may not leave at ``now``; empty means they may.

    A patient is watched for at least two hours *and* until sedation, dissociation and breathing are back to
    normal and blood pressure is coming down (domain.md section 3, [P]). Elapsed time alone releases nobody.
    ``release`` is None when the page only asks what is still missing.
    """
    if facts.state is not State.MONITORING:
        return (state_refusal(facts.state, State.DISCHARGED),)
    return facts.once(("discharge_refusals", now, release), lambda: tuple(_refusals(facts, now, release)))


def _refusals(facts: SessionFacts, now: datetime, release: Release | None) -> Iterator[Refusal]:
    final = final_check(facts)
    yield from _minimum_stay(facts, now)
    yield from _baseline_check(facts)
    yield from _peak_check(facts, now)
    yield from _final_check(facts, final, now)
    for sign in facts.program.signs:
        yield from sign_refusals(facts, sign, final)
    for sign in facts.program.signs:
        yield from unresolved_refusals(facts, sign)
    yield from spo2_refusals(facts, final)
    yield from blood_pressure_refusals(facts, final, now=now)
    yield from _concerns(facts, "SERIOUS_EVENT", facts.serious_events)
    yield from _concerns(facts, "SAFETY_ALERT", facts.safety_alerts)
    yield from _readiness(facts)
    yield from way_home_refusals(facts.way_home, facts.program, facts.setting)
    if release and not release.handed_over_to.strip():
        yield Refusal("SAFE_WAY_HOME", {"missing": "handed_over_to"}, None, _DOCUMENTATION)
    if not facts.instructions_given:
        yield Refusal("INSTRUCTIONS", cleared_by=_DOCUMENTATION)
    if release and not _minute(now) <= release.departed_at <= now + ENTRY_GRACE:
        yield Refusal("TIME_IMPOSSIBLE", {"departed_at": release.departed_at, "now": now}, None, _DOCUMENTATION)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _minimum_stay(facts: SessionFacts, now: datetime) -> Iterator[Refusal]:
    """At least 120 minutes [P] from the last device that delivered a spray [D], by its counted time."""
    device, ends_at = facts.anchor_device, facts.stay_ends_at
    if device is None or ends_at is None:
        yield Refusal("MINIMUM_STAY", {"device_at": None}, None, _DOCUMENTATION)
    elif now < ends_at:
        params = {
            "device_at": device.occurred_at,
            "counted_at": device.counted_at,
            "stay": facts.minimum_stay,
            "ordered": facts.minimum_stay > facts.program.minimum_stay,
        }
        yield Refusal("MINIMUM_STAY", params, ends_at, (ClearedBy.TIME,))


def _baseline_check(facts: SessionFacts) -> Iterator[Refusal]:
    """The pre-dose check exists, in one check or several: blood pressure is measured before every dose [P]."""
    examined = any(deviation.code == "BASELINE_CHECK" and deviation.examined for deviation in facts.deviations)
    asked = {measure for check in before_dose(facts) for measure in measures_asked(check)}
    missing = tuple(measure for measure in facts.program.measures if measure not in asked)
    if missing and not examined:
        yield Refusal("BASELINE_CHECK", {"missing": missing}, None, (ClearedBy.DOCUMENTATION, ClearedBy.DEVIATION))


@dataclass(frozen=True)
class PeakWindow:
    """When the check at about 40 minutes counts: both ends are whole minutes and belong to it."""

    device_id: UUID
    opens_at: datetime
    due_at: datetime
    closes_at: datetime

    def holds(self, at: datetime) -> bool:
        return self.opens_at <= at <= self.closes_at


def peak_window(facts: SessionFacts) -> PeakWindow | None:
    """About 40 minutes after the dose [P]: minute 30 to 50 [D] of the last device that delivered, by its typed
    time."""
    if not facts.delivered:
        return None
    device = max(facts.delivered, key=lambda given: (given.occurred_at, given.order))
    after = facts.program.minutes
    return PeakWindow(
        device.id,
        device.occurred_at + after("peak_check_opens_minutes"),
        device.occurred_at + after("peak_check_due_minutes"),
        device.occurred_at + after("peak_check_closes_minutes"),
    )


def _peak_check(facts: SessionFacts, now: datetime) -> Iterator[Refusal]:
    window = peak_window(facts)
    if window is None:
        return
    taken = any(window.holds(reading.occurred_at) for reading in readings_after_dose(facts))
    excused = any(
        deviation.code == "PEAK_CHECK" and deviation.bound_ids == frozenset({window.device_id})
        for deviation in facts.deviations
    )
    if not taken and not excused:
        missed = _minute(now) > window.closes_at
        way = (ClearedBy.DEVIATION, ClearedBy.DOCUMENTATION) if missed else _MEASUREMENT
        params = {"opens_at": window.opens_at, "due_at": window.due_at, "closes_at": window.closes_at, "missed": missed}
        yield Refusal("PEAK_CHECK", params, None, way)


def _final_check(facts: SessionFacts, final: Check | None, now: datetime) -> Iterator[Refusal]:
    if final is None:
        opens_at = final_check_opens_at(facts)
        yield Refusal("FINAL_CHECK", {"opens_at": opens_at}, None, _MEASUREMENT)
        return
    age = facts.program.minutes("final_check_age_minutes")
    if now - final.occurred_at > age:
        yield Refusal("FINAL_STALE", {"taken_at": final.occurred_at, "age": age}, None, _MEASUREMENT)
    for measure in not_obtained(final):
        if not examined(facts, final, measure):
            params = {"measure": measure, "taken_at": final.occurred_at, "bound_ids": frozenset({final.id})}
            yield Refusal("NOT_OBTAINED", params, None, _MEASUREMENT_OR_PRESCRIBER)


def _concerns(facts: SessionFacts, code: str, concerns: tuple[OpenConcern, ...]) -> Iterator[Refusal]:
    """A serious event or a suicide-risk alert is disposed of by a prescriber, else the patient is transferred."""
    for concern in concerns:
        if not facts.decision_on(code, {concern.id}):
            yield Refusal(code, {"at": concern.occurred_at, "bound_ids": frozenset({concern.id})}, None, _PRESCRIBER)


def _readiness(facts: SessionFacts) -> Iterator[Refusal]:
    """A licensed monitor's assessment, not before the latest check (the same minute is fine)."""
    latest = max((check.occurred_at for check in facts.checks), default=None)
    if not any(latest is None or at >= latest for at in facts.assessed_at):
        yield Refusal("READINESS", {"latest_check_at": latest}, None, _DOCUMENTATION)


def stay_left(facts: SessionFacts, *, now: datetime) -> timedelta | None:
    """How much of the minimum stay is left, never below zero; None before the first spray."""
    ends_at = facts.stay_ends_at
    return max(ends_at - now, timedelta(0)) if ends_at else None
