"""Which gate stands, and that each refusal a prescriber clears can be decided as it is shown."""

from dataclasses import replace
from typing import Any

import pytest

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
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
BY_ORDER = {"DOSE_ORDER", "OFF_LABEL", "MDSI_ANTIDEPRESSANT", "SAFETY_ALERT"}


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


PRESCRIBER = (ClearedBy.PRESCRIBER,)
SPO2 = Refusal("NOT_OBTAINED", {"measure": "spo2", "bound_ids": ids(5)}, None, PRESCRIBER)
EVENT = Refusal("SERIOUS_EVENT", {"at": at(1), "bound_ids": ids(6)}, None, PRESCRIBER)
NO_WAY = Refusal("BP", {"ways": (), "bound_ids": ids(7)}, None, PRESCRIBER)
EFFECT_OVER = Refusal("BP", {"ways": ("effect_over",), "bound_ids": ids(7)}, None, PRESCRIBER)
EXAMINE = field_refusal("examined", "examination_needed")
ON_EVENT = {"code": "SERIOUS_EVENT", "measure": "", "bound_ids": ids(6)}
ON_SPO2 = {"code": "NOT_OBTAINED", "measure": "spo2", "bound_ids": ids(5)}
ON_BP = {"code": "BP", "measure": "", "bound_ids": ids(7)}


@pytest.mark.parametrize(
    ("standing", "asked", "refused"),
    [
        ((SPO2, EVENT), ON_EVENT, ()),
        ((SPO2,), ON_EVENT, (Refusal("NOTHING_TO_DECIDE", {"code": "SERIOUS_EVENT"}),)),
        (
            (EVENT,),
            {**ON_EVENT, "bound_ids": ids(5)},
            (Refusal("DECISION_STALE", {"code": "SERIOUS_EVENT"}, None, PRESCRIBER),),
        ),
        ((SPO2, EVENT), ON_SPO2, (EXAMINE,)),
        ((SPO2, EVENT), {**ON_SPO2, "measure": ""}, (Refusal("NOTHING_TO_DECIDE", {"code": "NOT_OBTAINED"}),)),
        ((NO_WAY,), ON_BP, (Refusal("BP_NO_WAY", NO_WAY.params, None, (ClearedBy.MEASUREMENT, ClearedBy.PRESCRIBER)),)),
        ((EFFECT_OVER,), ON_BP, (EXAMINE,)),
    ],
)
def test_says_why_a_decision_is_not_written(
    standing: tuple[Refusal, ...], asked: dict[str, Any], refused: tuple[Refusal, ...]
) -> None:
    assert decision_refusals(standing, **asked, examined=False, reason="weighed") == refused


def test_names_the_measure_and_the_rows_of_a_refusal() -> None:
    assert [measure_of(each) for each in (SPO2, EVENT)] == ["spo2", ""]
    assert [bound_ids_of(each) for each in (SPO2, EVENT)] == [ids(5), ids(6)]
    assert bound_ids_of(Refusal("DOSE_ORDER", {}, None, PRESCRIBER)) == frozenset()


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
