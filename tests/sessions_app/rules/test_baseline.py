"""The state before the dose: each measure's latest row, from one check or several."""

from dataclasses import replace
from typing import Any

import pytest

from sessions_app.rules.administration import clearing_refusals
from sessions_app.rules.facts import Check, SessionFacts
from sessions_app.rules.program import Program
from sessions_app.rules.states import State
from tests.sessions_app.rules.builders import (
    NOT_OBTAINED,
    at,
    baseline,
    check,
    codes,
    decision,
    each_program,
    ids,
    only,
    ready_for_second_device,
    ready_to_dose,
    score,
    scored,
)


def refused(program: Program, *checks: Check, minute: float = 0, **changes: Any) -> dict[str, str]:
    """The measures that the gate asks for, each with its problem."""
    facts = ready_to_dose(program, state=State.CHECKED_IN, checks=checks, **changes)
    refusals = clearing_refusals(facts, now=at(minute))
    return {str(row.params["measure"]): str(row.params["problem"]) for row in refusals if row.code == "BASELINE"}


def gate(facts: SessionFacts) -> tuple[str, ...]:
    return codes(clearing_refusals(replace(facts, state=State.CHECKED_IN), now=at(0)))


@each_program
def test_puts_the_baseline_together_from_several_checks(program: Program) -> None:
    pressure = baseline(program, 1, -40, spo2=None, signs=())
    saturation = baseline(program, 2, -30, bp=None, signs=())
    signs = baseline(program, 3, -20, bp=None, spo2=None)

    assert refused(program, pressure, saturation, signs) == {}
    assert refused(program, saturation, signs) == {"blood_pressure": "missing"}
    assert refused(program, pressure, signs) == {"spo2": "missing"}
    assert refused(program, pressure, saturation) == dict.fromkeys(program.measures[2:], "missing")
    assert refused(program) == dict.fromkeys(program.measures, "missing")


@each_program
def test_counts_the_age_of_each_measure_by_its_own_latest_row(program: Program) -> None:
    age = program.value("baseline_age_minutes")
    old, pressure = baseline(program, 1, -age - 1), baseline(program, 2, -1, spo2=None, signs=())

    assert refused(program, old) == dict.fromkeys(program.measures, "old")
    assert refused(program, old, pressure) == dict.fromkeys(program.measures[1:], "old")


@each_program
@pytest.mark.parametrize("place", range(5))
def test_refuses_a_measure_whose_latest_row_is_not_obtained(program: Program, place: int) -> None:
    measure = program.measures[place]
    key = {"blood_pressure": "bp", "spo2": "spo2"}.get(measure, "signs")
    asked: dict[str, Any] = {"bp": None, "spo2": None, "signs": (), key: NOT_OBTAINED}
    if key == "signs":
        asked["signs"] = {measure: None}
    good = baseline(program, 1, -20)

    failed = baseline(program, 2, -10, **asked)
    same_minute = baseline(program, 2, -20, **asked)
    earlier = baseline(program, 2, -30, **asked)

    assert refused(program, good, failed)[measure] == "not_obtained"
    assert refused(program, good, same_minute)[measure] == "not_obtained", "the worse of one minute counts"
    assert refused(program, same_minute, good)[measure] == "not_obtained", "whichever was entered last"
    assert refused(program, good, earlier) == {}
    assert refused(program, failed, replace(good, occurred_at=at(-5))) == {}


@each_program
def test_takes_no_check_after_the_dose_for_a_baseline(program: Program) -> None:
    monitoring = check(program, 1, -10)

    assert refused(program, monitoring) == dict.fromkeys(program.measures, "missing")


@each_program
def test_binds_the_decision_on_the_pressure_to_that_very_reading(program: Program) -> None:
    high = (program.value("systolic_line_mmhg") + 1, 75)
    reading = baseline(program, 1, -20, bp=high)
    decided = decision("BASELINE_BP", 1, order=5, minute=-15)

    def refuses(*checks: Check, **changes: Any) -> bool:
        return "BASELINE_BP" in gate(ready_to_dose(program, checks=checks, **{"decisions": (decided,), **changes}))

    assert not refuses(reading)
    assert refuses(reading, decisions=())
    assert refuses(reading, decisions=(replace(decided, code="BP"),))
    newer = baseline(program, 6, -10, bp=high, spo2=None, signs=())
    assert refuses(reading, newer), "the same values, another reading"
    assert refuses(reading, replace(newer, occurred_at=at(-20))), "another reading of the same minute"
    calm = baseline(program, 6, -10, spo2=None, signs=())
    assert not refuses(reading, calm, decisions=()), "a new reading within the line"
    earlier = baseline(program, 6, -30, bp=None, signs=())
    assert refuses(reading, earlier), "a check of an earlier time entered after the decision"
    assert not refuses(reading, replace(earlier, order=4))


@each_program
def test_binds_the_decision_on_a_sign_or_on_spo2_to_that_measure_of_that_reading(program: Program) -> None:
    sign = scored(program)
    low = program.value("spo2_floor_percent") - 1
    reading = baseline(program, spo2=low, signs={sign.code: (True, score(program, sign, worse_by=1))})
    facts = ready_to_dose(program, checks=(reading,), state=State.CHECKED_IN)

    def left(*decisions: Any) -> set[object]:
        refusals = clearing_refusals(replace(facts, decisions=decisions), now=at(0))
        return {row.params["measure"] for row in refusals if row.code == "BASELINE_STATE"}

    on_sign = decision("BASELINE_STATE", 1, order=5, minute=-5, measure=sign.code)
    on_spo2 = replace(on_sign, measure="spo2")
    assert left() == {sign.code, "spo2"}
    assert left(on_sign) == {"spo2"}
    assert left(on_spo2) == {sign.code}
    assert left(on_sign, on_spo2) == set()
    assert left(replace(on_sign, bound_ids=ids(2)), on_spo2) == {sign.code}


@each_program
def test_counts_scores_and_the_worse_answer_as_at_discharge(program: Program) -> None:
    sign = scored(program)
    normal, poor = ((False, score(program, sign, worse_by=by)) for by in (0, 1))

    assert gate(ready_to_dose(program, checks=(baseline(program, signs={sign.code: normal}),))) == ()
    assert gate(ready_to_dose(program, checks=(baseline(program, signs={sign.code: poor}),))) == ("BASELINE_STATE",)
    two = (baseline(program, 1), baseline(program, 2, bp=None, spo2=None, signs={sign.code: True}))
    refusals = clearing_refusals(ready_to_dose(program, checks=two, state=State.CHECKED_IN), now=at(0))
    assert only(refusals, "BASELINE_STATE").params["bound_ids"] == ids(1, 2)


@each_program
def test_does_not_clear_a_missing_baseline_by_a_check_after_the_first_device(program: Program) -> None:
    """A device was given by exception; only a baseline really made may be charted late, or dosing stops."""
    facts = ready_for_second_device(program, checks=(check(program, 20, 2), baseline(program, 21, 1)))
    late = ready_for_second_device(program, checks=(check(program, 20, 2), baseline(program, 21, -1)))

    def codes_of(facts: SessionFacts) -> set[str]:
        return set(gate(facts))

    assert {"BASELINE", "OXIMETER"} <= codes_of(facts)
    assert codes_of(late) == set()
