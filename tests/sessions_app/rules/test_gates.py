"""Which gate stands, and that each refusal a prescriber clears can be decided as it is shown."""

from dataclasses import replace
from typing import Any

import pytest

from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.rules.gates import bound_ids_of, decision_refusals, gate_refusals, measure_of
from sessions_app.rules.program import Program
from sessions_app.rules.states import State
from tests.sessions_app.rules import discharge_cases, start_cases
from tests.sessions_app.rules.builders import (
    ESKETAMINE,
    SEDALINE,
    at,
    codes,
    each_program,
    ids,
    ready_to_dose,
    ready_to_leave,
    scored,
)

MAKINGS = {
    f"{gate}: {case}": row
    for gate, cases in (("start", start_cases.CASES), ("discharge", discharge_cases.CASES))
    for case, row in cases.items()
    if ClearedBy.PRESCRIBER in row[2]
}
# Cleared by what the prescriber orders, signs or records, not by a decision on a row.
BY_ORDER = {"DOSE_ORDER", "OFF_LABEL", "MDSI_ANTIDEPRESSANT"}


def decide(standing: tuple[Refusal, ...], refusal: Refusal, **changes: Any) -> tuple[str, ...]:
    asked: dict[str, Any] = {
        "code": refusal.code,
        "measure": measure_of(refusal),
        "bound_ids": bound_ids_of(refusal),
        "examined": True,
        "reason": "examined and weighed",
    }
    return codes(decision_refusals(standing, **{**asked, **changes}))


@each_program
@pytest.mark.parametrize("case", MAKINGS)
def test_takes_the_decision_on_every_refusal_that_a_prescriber_clears(program: Program, case: str) -> None:
    code, make, _ = MAKINGS[case]
    scene = make(program)
    standing = gate_refusals(scene.facts, now=scene.now)
    code = scored(program).refusal_code if code == "SIGN" else code
    refusal = next(refusal for refusal in standing if refusal.code == code)

    by_order = code in BY_ORDER or (code == "DEVICE_COUNT" and not bound_ids_of(refusal))
    assert decide(standing, refusal) == (("NOTHING_TO_DECIDE",) if by_order else ())
    if not by_order:
        assert decide(standing, refusal, reason="  ") == ("FIELD",)
        assert decide(standing, refusal, bound_ids=ids(999)) == ("DECISION_STALE",)
        assert decide(standing, refusal, measure="another") == ("NOTHING_TO_DECIDE",)
        assert decide(standing, refusal, code="ANOTHER") == ("NOTHING_TO_DECIDE",)
        assert decide((), refusal) == ("NOTHING_TO_DECIDE",)


@each_program
def test_decides_nothing_that_only_measuring_or_time_clears(program: Program) -> None:
    for case in ("low SpO2", "a sign", "a second before the stay ends", "BP never taken"):
        code, make, _ = discharge_cases.CASES[case]
        code = scored(program).refusal_code if code == "SIGN" else code
        scene = make(program)
        standing = gate_refusals(scene.facts, now=scene.now)
        refusal = next(refusal for refusal in standing if refusal.code == code)

        assert bound_ids_of(refusal) == frozenset()
        assert decide(standing, refusal, bound_ids=ids(5)) == ("NOTHING_TO_DECIDE",)


@pytest.mark.parametrize("program", [ESKETAMINE, SEDALINE], ids=lambda program: program.code)
@pytest.mark.parametrize(
    ("case", "examined", "unexamined"),
    [
        ("BP above the line and above the pre-dose", ("BP_NO_WAY",), ("BP_NO_WAY",)),
        ("BP above the line, not above the pre-dose", (), ()),
        ("BP above the line, declining", (), ()),
        ("BP above the line after the effect", (), ("FIELD",)),
        ("BP not obtained", (), ("FIELD",)),
    ],
)
def test_wants_an_examination_where_the_decision_rests_on_one(
    program: Program, case: str, examined: tuple[str, ...], unexamined: tuple[str, ...]
) -> None:
    code, make, _ = discharge_cases.CASES[case]
    scene = make(program)
    standing = gate_refusals(scene.facts, now=scene.now)
    refusal = next(refusal for refusal in standing if refusal.code == code)

    assert decide(standing, refusal, examined=True) == examined
    assert decide(standing, refusal, examined=False) == unexamined


@each_program
def test_shows_the_gate_that_stands_in_each_state(program: Program) -> None:
    bare = ready_to_dose(program, way_home=None)

    def shown(state: State) -> tuple[str, ...]:
        facts = ready_to_leave(program, state=state, way_home=None) if state is State.MONITORING else bare
        return codes(gate_refusals(replace(facts, state=state), now=at(1000)))

    assert "OXIMETER" not in shown(State.MONITORING)
    assert "SAFE_WAY_HOME" in shown(State.MONITORING)
    assert "FINAL_STALE" in shown(State.MONITORING)
    for state in (State.CHECKED_IN, State.CLEARED, State.DOSING):
        assert "BASELINE" in shown(state)
    assert shown(State.DISCHARGED) == ("STATE",)
