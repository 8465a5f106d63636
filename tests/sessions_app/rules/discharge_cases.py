"""Scenes in front of the discharge gate: for each of its rows the ways to be refused, and what clears each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from clinic.rules.refusals import ClearedBy
from sessions_app.rules.discharge import Release
from sessions_app.rules.facts import WayHomeKind
from sessions_app.rules.program import Program
from tests.sessions_app.rules.builders import (
    BASELINE,
    FINAL,
    NOT_OBTAINED,
    PEAK,
    WITH_A_FRIEND,
    at,
    baseline,
    check,
    concern,
    end_minute,
    ident,
    onset,
    peak_minute,
    ready_to_leave,
    score,
    scored,
    second_device_minute,
    with_check,
)
from tests.sessions_app.rules.escapes import Scene, leaving

Making = Callable[[Program], Scene]
TIME, MEASUREMENT, DOCUMENTATION = ClearedBy.TIME, ClearedBy.MEASUREMENT, ClearedBy.DOCUMENTATION
DEVIATION, PRESCRIBER = ClearedBy.DEVIATION, ClearedBy.PRESCRIBER


def leave(**changes: Any) -> Making:
    return lambda program: leaving(ready_to_leave(program, **changes))


def final(baseline_changes: dict[str, Any] | None = None, **changes: Any) -> Making:
    """The final check as changed, and perhaps the baseline."""

    def make(program: Program) -> Scene:
        facts = ready_to_leave(program)
        rows = [check(program, FINAL, end_minute(facts), **changes)]
        if baseline_changes:
            rows.append(baseline(program, **baseline_changes))
        return leaving(with_check(facts, *rows))

    return make


def sign(answer: Callable[[Program], Any], before: Callable[[Program], Any] | None = None) -> Making:
    """The first scored sign at the final check, and perhaps before the dose."""

    def make(program: Program) -> Scene:
        code = scored(program).code
        old = {"signs": {code: before(program)}} if before else None
        return final(old, signs={code: answer(program)})(program)

    return make


def peak(**changes: Any) -> Making:
    def make(program: Program) -> Scene:
        return leaving(with_check(ready_to_leave(program), check(program, PEAK, peak_minute(program), **changes)))

    return make


def without(*numbers: int) -> Making:
    def make(program: Program) -> Scene:
        facts = ready_to_leave(program)
        gone = {ident(number) for number in numbers}
        return leaving(replace(facts, checks=tuple(row for row in facts.checks if row.id not in gone)))

    return make


def unmeasured(**changes: Any) -> Making:
    """No check of the whole session ever had these."""

    def make(program: Program) -> Scene:
        facts = ready_to_leave(program)
        rows = (baseline(program), check(program, PEAK, 40), check(program, FINAL, end_minute(facts)))
        return leaving(replace(facts, checks=tuple(replace(row, **changes) for row in rows)))

    return make


def high(program: Program, *, by: int = 0) -> tuple[int, int]:
    return program.value("systolic_line_mmhg") + 5 + by, 80


def pressure(before: int = -20, at_peak: int = -20, last: int = 0, *, minutes_before: float | None = None) -> Making:
    """Systolic pressures relative to one above the line; ``minutes_before``: another reading before the last."""

    def make(program: Program) -> Scene:
        scene = final(bp=high(program, by=last), baseline_changes={"bp": high(program, by=before)})(program)
        rows = [check(program, PEAK, peak_minute(program), bp=high(program, by=at_peak))]
        if minutes_before is not None:
            minute = end_minute(scene.facts) - minutes_before
            rows.append(check(program, 6, minute, bp=high(program, by=last), signs=(), spo2=None))
        return replace(scene, facts=with_check(scene.facts, *rows))

    return make


def too_early(**changes: Any) -> Making:
    def make(program: Program) -> Scene:
        scene = leave(**changes)(program)
        assert scene.facts.stay_ends_at is not None
        return replace(scene, now=scene.facts.stay_ends_at - timedelta(seconds=1))

    return make


def stale(program: Program) -> Scene:
    scene = leave()(program)
    age = program.minutes("final_check_age_minutes")
    return replace(scene, now=scene.facts.checks[-1].occurred_at + age + timedelta(seconds=1))


def after_the_effect(program: Program) -> Scene:
    """Above the line, rising, and long after the dose."""
    scene = pressure()(program)
    minute = program.value("blood_pressure_effect_minutes") + second_device_minute(program)
    facts = with_check(scene.facts, check(program, FINAL, minute, bp=high(program)))
    return replace(scene, facts=facts, now=at(minute + 1))


def late_device(program: Program) -> Scene:
    facts = ready_to_leave(program)
    first, last = facts.devices
    counted = timedelta(minutes=30)
    rows = tuple(replace(row, counted_at=row.counted_at + counted) for row in (first, last))
    return leaving(
        facts,
    ).later(devices=rows)


def departing(minutes: float) -> Making:
    def make(program: Program) -> Scene:
        scene = leave()(program)
        return replace(scene, release=Release("Mia Example", scene.now + timedelta(minutes=minutes)))

    return make


def handed_to_nobody(program: Program) -> Scene:
    scene = leave()(program)
    return replace(scene, release=Release("  ", scene.now))


def yes(program: Program) -> Any:
    return True


def chronic(program: Program) -> Any:
    return (True, score(program, scored(program), worse_by=1))


def poor_score(program: Program) -> Any:
    return (False, score(program, scored(program), worse_by=1))


def way_home(**changes: Any) -> Making:
    return leave(way_home=replace(WITH_A_FRIEND, **changes))


def low(program: Program, by: int = 1) -> int:
    return program.value("spo2_floor_percent") - by


ONCE_BY_MEASURING, BY_DOCUMENTING = {MEASUREMENT}, {DOCUMENTATION}
DECIDED = {MEASUREMENT, PRESCRIBER}

# code (SIGN: the refusal code of the sign), scene, what clears it. Each row of the gate, in its order.
CASES: dict[str, tuple[str, Making, set[ClearedBy]]] = {
    "a second before the stay ends": ("MINIMUM_STAY", too_early(), {TIME}),
    "a second before a lengthened stay ends": ("MINIMUM_STAY", too_early(stay_ordered=timedelta(hours=7)), {TIME}),
    "devices typed late": ("MINIMUM_STAY", late_device, {TIME}),
    "no baseline": ("BASELINE_CHECK", without(BASELINE), {DOCUMENTATION, DEVIATION}),
    "no peak check": ("PEAK_CHECK", without(PEAK), {DOCUMENTATION, DEVIATION}),
    "a peak check without BP": ("PEAK_CHECK", peak(bp=None), {DOCUMENTATION, DEVIATION}),
    "BP refused at the peak": ("PEAK_CHECK", peak(bp=NOT_OBTAINED), {DOCUMENTATION, DEVIATION}),
    "no final check": ("FINAL_CHECK", without(FINAL), ONCE_BY_MEASURING),
    "a final check without BP": ("FINAL_CHECK", final(bp=None), ONCE_BY_MEASURING),
    "a final check without SpO2": ("FINAL_CHECK", final(spo2=None), ONCE_BY_MEASURING),
    "a final check without signs": ("FINAL_CHECK", final(signs=()), ONCE_BY_MEASURING),
    "an old final check": ("FINAL_STALE", stale, ONCE_BY_MEASURING),
    "BP not obtained": ("NOT_OBTAINED", final(bp=NOT_OBTAINED), DECIDED),
    "SpO2 not obtained": ("NOT_OBTAINED", final(spo2=NOT_OBTAINED), DECIDED),
    "a sign not obtained": ("NOT_OBTAINED", sign(lambda _: None), DECIDED),
    "a sign": ("SIGN", sign(yes), ONCE_BY_MEASURING),
    "a sign by its score only": ("SIGN", sign(poor_score), ONCE_BY_MEASURING),
    "a sign no worse than before": ("SIGN", sign(chronic, chronic), DECIDED),
    "a sign no worse, never scored": ("SIGN", sign(yes, yes), DECIDED),
    "a sign that was only a score before": ("SIGN", sign(chronic, poor_score), ONCE_BY_MEASURING),
    "a sign scored only now": ("SIGN", sign(chronic, yes), ONCE_BY_MEASURING),
    "a sign scored only before": ("SIGN", sign(yes, chronic), ONCE_BY_MEASURING),
    "a sign never asked": ("SIGN", unmeasured(signs=()), ONCE_BY_MEASURING),
    "low SpO2": ("SPO2", lambda program: final(spo2=low(program))(program), ONCE_BY_MEASURING),
    "low SpO2, as before": (
        "SPO2",
        lambda program: final({"spo2": low(program)}, spo2=low(program))(program),
        DECIDED,
    ),
    "low SpO2, lower than before": (
        "SPO2",
        lambda program: final({"spo2": low(program)}, spo2=low(program, 2))(program),
        ONCE_BY_MEASURING,
    ),
    "low SpO2, none before": (
        "SPO2",
        lambda program: final({"spo2": None}, spo2=low(program))(program),
        ONCE_BY_MEASURING,
    ),
    "SpO2 never taken": ("SPO2", unmeasured(spo2_percent=None), ONCE_BY_MEASURING),
    "BP above the line and above the pre-dose": ("BP", pressure(), ONCE_BY_MEASURING),
    "BP above the line, not above the pre-dose": ("BP", pressure(before=0), DECIDED),
    "BP above the line, declining": ("BP", pressure(at_peak=1, minutes_before=30), DECIDED),
    "BP above the line, back at the peak": ("BP", pressure(at_peak=0, minutes_before=30), ONCE_BY_MEASURING),
    "BP above the line after the effect": ("BP", after_the_effect, DECIDED),
    "BP never taken": ("BP", unmeasured(systolic_mmhg=None, diastolic_mmhg=None), ONCE_BY_MEASURING),
    "a serious event": ("SERIOUS_EVENT", leave(serious_events=(concern(20, 50),)), {PRESCRIBER}),
    "a suicide-risk alert": ("SAFETY_ALERT", leave(safety_alerts=(concern(20, 50),)), {PRESCRIBER}),
    "no assessment": ("READINESS", leave(assessed_at=()), BY_DOCUMENTING),
    "assessed before the last check": ("READINESS", leave(assessed_at=(at(60),)), BY_DOCUMENTING),
    "no way home": ("SAFE_WAY_HOME", leave(way_home=None), BY_DOCUMENTING),
    "nobody's name": ("SAFE_WAY_HOME", way_home(name=" "), BY_DOCUMENTING),
    "nobody's telephone": ("SAFE_WAY_HOME", way_home(phone=""), BY_DOCUMENTING),
    "may drive": ("SAFE_WAY_HOME", way_home(will_not_drive=False), BY_DOCUMENTING),
    "the ward, of an outpatient": ("SAFE_WAY_HOME", way_home(kind=WayHomeKind.WARD), BY_DOCUMENTING),
    "taken over by nobody": ("SAFE_WAY_HOME", handed_to_nobody, BY_DOCUMENTING),
    "no instructions": ("INSTRUCTIONS", leave(instructions_given=False), BY_DOCUMENTING),
    "a departure before the release": ("TIME_IMPOSSIBLE", departing(-1), BY_DOCUMENTING),
    "a departure still to come": ("TIME_IMPOSSIBLE", departing(3), BY_DOCUMENTING),
    "an onset without an end": (
        "UNRESOLVED",
        lambda program: leave(sign_events=(onset(program.signs[-1].code, 20, 50),))(program),
        BY_DOCUMENTING,
    ),
    "a yes at the peak without an end": (
        "UNRESOLVED",
        lambda program: peak(signs={program.signs[0].code: True})(program),
        BY_DOCUMENTING,
    ),
    "a poor score at the peak without an end": (
        "UNRESOLVED",
        lambda program: peak(signs={scored(program).code: poor_score(program)})(program),
        BY_DOCUMENTING,
    ),
}
