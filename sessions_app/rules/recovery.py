"""Is this patient back to normal? Signs, oxygen saturation and blood pressure at the discharge gate."""

from collections.abc import Iterator
from datetime import datetime

from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.rules.facts import Check, SessionFacts, SignEventKind
from sessions_app.rules.readings import (
    BloodPressureReading,
    SignReading,
    after_dose,
    before_dose,
    blood_pressures,
    is_full,
    not_obtained,
    sign_readings,
    spo2s,
)
from sessions_app.rules.signs import Sign

_MEASUREMENT = (ClearedBy.MEASUREMENT,)
_DOCUMENTATION = (ClearedBy.DOCUMENTATION,)
_MEASUREMENT_OR_PRESCRIBER = (ClearedBy.MEASUREMENT, ClearedBy.PRESCRIBER)


def readings_after_dose(facts: SessionFacts) -> tuple[BloodPressureReading, ...]:
    """Blood pressures not before the first device: what the check at 40 minutes and the peak are taken from."""
    first_at = facts.first_device_at
    return facts.once(
        "readings_after_dose",
        lambda: tuple(
            reading
            for reading in blood_pressures(after_dose(facts))
            if first_at is not None and reading.occurred_at >= first_at
        ),
    )


def final_check_opens_at(facts: SessionFacts) -> datetime | None:
    """The final check counts from 10 minutes [D] before the stay ends; in a session that was re-opened, from then."""
    ends_at = facts.stay_ends_at
    if ends_at is None:
        return None
    opens_at = ends_at - facts.program.minutes("final_check_window_minutes")
    return max(opens_at, facts.reopened.occurred_at) if facts.reopened else opens_at


def _last_sign_row_at(facts: SessionFacts) -> datetime | None:
    codes = {sign.code for sign in facts.program.signs}
    rows = [event.occurred_at for event in facts.sign_events if event.code in codes]
    rows += [check.occurred_at for check in facts.checks if any(answer.code in codes for answer in check.signs)]
    return max(rows, default=None)


def final_check(facts: SessionFacts) -> Check | None:
    """The full check that may end the watch: late enough, and not before any row of the programme's signs.
    Of two in one minute the one with fewer measures not obtained."""
    return facts.once("final_check", lambda: _final_check(facts))


def _final_check(facts: SessionFacts) -> Check | None:
    opens_at, last_sign_at = final_check_opens_at(facts), _last_sign_row_at(facts)
    if opens_at is None:
        return None
    candidates = [
        check
        for check in after_dose(facts)
        if is_full(check, facts.program)
        and check.occurred_at >= opens_at
        and (facts.reopened is None or check.order > facts.reopened.order)
        and (last_sign_at is None or check.occurred_at >= last_sign_at)
    ]
    return max(candidates, key=lambda check: (check.occurred_at, -len(not_obtained(check)), check.order), default=None)


def examined(facts: SessionFacts, final: Check | None, measure: str) -> bool:
    """A prescriber examined the patient for a measure that the final check could not obtain."""
    if final is None or measure not in not_obtained(final):
        return False
    decision = facts.decision_on("NOT_OBTAINED", {final.id}, measure=measure)
    return decision is not None and decision.examined


def sign_before(facts: SessionFacts, sign: Sign) -> SignReading | None:
    """This patient's own state before the dose."""
    readings = sign_readings(before_dose(facts), sign, facts.program)
    return readings[-1] if readings else None


def _accepted_as_no_worse(facts: SessionFacts, sign: Sign, last: SignReading) -> bool:
    decision = facts.decision_on(sign.refusal_code, last.ids)
    return decision is not None and last.no_worse_than(sign_before(facts, sign), sign)


def sign_refusals(facts: SessionFacts, sign: Sign, final: Check | None) -> Iterator[Refusal]:
    """Absent at the last check that asked: answered no, and by score where one was taken."""
    readings = sign_readings(facts.checks, sign, facts.program)
    if not readings:
        yield Refusal(sign.refusal_code, {"sign": sign.code, "last_at": None}, None, _MEASUREMENT)
        return
    last = readings[-1]
    if last.present is False:
        return
    if final and last.present is None and last.ids == frozenset({final.id}) and examined(facts, final, sign.code):
        return
    if _accepted_as_no_worse(facts, sign, last):
        return
    no_worse = last.no_worse_than(sign_before(facts, sign), sign)
    params = {
        "sign": sign.code,
        "last_at": last.occurred_at,
        "answer": last.answer,
        "score": last.score,
        "no_worse": no_worse,
        "bound_ids": last.ids,
    }
    yield Refusal(sign.refusal_code, params, None, _MEASUREMENT_OR_PRESCRIBER if no_worse else _MEASUREMENT)


def unresolved_since(facts: SessionFacts, sign: Sign) -> datetime | None:
    """When this sign last began without a resolution after it; None if it never did, or is gone."""
    begins = [
        (event.occurred_at, event.order)
        for event in facts.sign_events
        if event.code == sign.code and event.kind is SignEventKind.ONSET
    ]
    since_dose = after_dose(facts)
    present_at = {reading.occurred_at for reading in sign_readings(since_dose, sign, facts.program) if reading.present}
    begins += [
        (check.occurred_at, check.order)
        for check in since_dose
        if check.occurred_at in present_at and check.sign(sign.code) is not None
    ]
    ends = [
        (event.occurred_at, event.order)
        for event in facts.sign_events
        if event.code == sign.code and event.kind is SignEventKind.RESOLUTION
    ]
    if not begins or (ends and max(ends) > max(begins)):
        return None
    return max(begins)[0]


def unresolved_refusals(facts: SessionFacts, sign: Sign) -> Iterator[Refusal]:
    """Each sign that began is charted as gone; one already present before the dose and accepted as no worse needs
    no end."""
    since = unresolved_since(facts, sign)
    if since is None:
        return
    if _present_before(facts, sign):
        last = sign_readings(facts.checks, sign, facts.program)[-1]
        if _accepted_as_no_worse(facts, sign, last):
            return
    yield Refusal("UNRESOLVED", {"sign": sign.code, "since": since}, None, _DOCUMENTATION)


def _present_before(facts: SessionFacts, sign: Sign) -> bool:
    """Whether the sign was there before the dose, so that it need not end. Present only by a score that policy made
    stricter: as long as nothing since was worse, else the stricter policy would ask for less."""
    before = sign_before(facts, sign)
    if before is None or not before.present:
        return False
    if before.answer or (before.score is not None and not facts.program.own_score_is_normal(sign, before.score)):
        return True
    began = any(event.code == sign.code and event.kind is SignEventKind.ONSET for event in facts.sign_events)
    since_dose = sign_readings(after_dose(facts), sign, facts.program)
    return not began and all(reading.no_worse_than(before, sign) for reading in since_dose if reading.present)


def spo2_refusals(facts: SessionFacts, final: Check | None) -> Iterator[Refusal]:
    """Oxygen saturation at or above the clinic's floor: no threshold is published, policy sets it [D]."""
    readings = spo2s(facts.checks)
    floor = facts.program.value("spo2_floor_percent")
    if not readings:
        if not examined(facts, final, "spo2"):
            yield Refusal("SPO2", {"percent": None, "floor": floor}, None, _MEASUREMENT)
        return
    last = readings[-1]
    if last.percent >= floor or _examined_since(facts, final, "spo2", last.occurred_at):
        return
    before = spo2s(before_dose(facts))
    own = bool(before) and last.percent >= before[-1].percent
    if own and facts.decision_on("SPO2", last.ids):
        return
    params = {"percent": last.percent, "floor": floor, "taken_at": last.occurred_at, "bound_ids": last.ids, "own": own}
    yield Refusal("SPO2", params, None, _MEASUREMENT_OR_PRESCRIBER if own else _MEASUREMENT)


def _examined_since(facts: SessionFacts, final: Check | None, measure: str, last_at: datetime) -> bool:
    """The examination at the final check answers the measure's own row, unless a reading came with or after it."""
    return final is not None and last_at < final.occurred_at and examined(facts, final, measure)


def blood_pressure_ways(facts: SessionFacts, *, at: datetime) -> tuple[str, ...]:
    """By which of the three ways a prescriber deciding at ``at`` may accept the last reading above the line:
    ``own`` (not above the last one before the dose), ``declining`` (not above the one immediately before, itself
    10 min older, and below the post-dose peak), ``effect_over`` (240 min after the anchor, after examination).
    BP is watched until values decline; the effect lasts about 4 h [P]; the numbers are [D]."""
    readings = blood_pressures(facts.checks)
    if not readings:
        return ()
    last, ways = readings[-1], []
    before = blood_pressures(before_dose(facts))
    if before and last.not_above(before[-1]):
        ways.append("own")
    peak = max((reading.systolic for reading in readings_after_dose(facts)), default=None)
    settling = facts.program.minutes("blood_pressure_settling_minutes")
    if (
        len(readings) > 1
        and last.not_above(readings[-2])
        and last.occurred_at - readings[-2].occurred_at >= settling
        and peak is not None
        and last.systolic < peak
    ):
        ways.append("declining")
    device = facts.anchor_device
    if device and at >= device.counted_at + facts.program.minutes("blood_pressure_effect_minutes"):
        ways.append("effect_over")
    return tuple(ways)


def blood_pressure_refusals(facts: SessionFacts, final: Check | None, *, now: datetime) -> Iterator[Refusal]:
    """At or below the line there is no refusal; above it a prescriber decides on that very reading."""
    readings = blood_pressures(facts.checks)
    if not readings:
        if not examined(facts, final, "blood_pressure"):
            yield Refusal("BP", {"systolic": None}, None, _MEASUREMENT)
        return
    last = readings[-1]
    line = (facts.program.value("systolic_line_mmhg"), facts.program.value("diastolic_line_mmhg"))
    if not last.above(*line) or _examined_since(facts, final, "blood_pressure", last.occurred_at):
        return
    decision = facts.decision_on("BP", last.ids)
    if decision:
        ways = blood_pressure_ways(facts, at=min(decision.occurred_at, now))
        if "own" in ways or "declining" in ways or ("effect_over" in ways and decision.examined):
            return
    yield Refusal("BP", _blood_pressure_params(facts, readings, line, now), None, _MEASUREMENT_OR_PRESCRIBER)


def _blood_pressure_params(
    facts: SessionFacts, readings: tuple[BloodPressureReading, ...], line: tuple[int, int], now: datetime
) -> dict[str, object]:
    last, device = readings[-1], facts.anchor_device
    effect = facts.program.minutes("blood_pressure_effect_minutes")
    previous = readings[-2] if len(readings) > 1 else None
    return {
        "systolic": last.systolic,
        "diastolic": last.diastolic,
        "taken_at": last.occurred_at,
        "line": line,
        "rising": previous is not None and not last.not_above(previous),
        "ways": blood_pressure_ways(facts, at=now),
        "effect_over_at": device.counted_at + effect if device else None,
        "bound_ids": last.ids,
    }
