"""From every open session a nurse and a prescriber reach an end by legal steps, doing what the refusals say: an
exhaustive walk over small worlds, under each programme and its tightest policy; and random worlds under any policy."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.rules.refusals import ClearedBy
from sessions_app.rules.program import Program
from sessions_app.rules.states import State, may_go
from tests.sessions_app.rules.builders import PROGRAMS, baseline, codes, next_order, with_check
from tests.sessions_app.rules.escapes import Scene
from tests.sessions_app.rules.solver import (
    DECIDING_FIRST,
    MEASURING_FIRST,
    PATIENTS,
    End,
    World,
    answer_every_refusal,
    policies,
    some_worlds,
    worlds,
)

TIGHTEST = [program.under({name: number.bound for name, number in program.numbers.items()}) for program in PROGRAMS]
CASES = [
    pytest.param(program, preference, patient, id=f"{program.code}, {how}, {patient}")
    for programs, preference, how in ((PROGRAMS, MEASURING_FIRST, "own"), (TIGHTEST, DECIDING_FIRST, "tightest"))
    for program in programs
    for patient in PATIENTS
]


def walk(program: Program, world: World, patient: str, preference: tuple[ClearedBy, ...]) -> None:
    scene = world.scene(program, patient)

    end = answer_every_refusal(scene, preference)
    expect_an_end(end, program, world, patient)

    if not end.left:
        again = answer_every_refusal(with_late_entry(end.scene), preference)
        expect_an_end(again, program, world, patient)


def with_late_entry(scene: Scene) -> Scene:
    """A check of long ago is entered now: every decision so far is void."""
    order = next_order(scene.facts)
    late = baseline(scene.facts.program, 900, -20, order=order, bp=None, spo2=None)
    return Scene(with_check(scene.facts, late), scene.now, release=scene.release, readings=scene.readings)


def expect_an_end(end: End, program: Program, world: World, patient: str) -> None:
    facts = end.scene.facts
    if end.left:
        # What cannot be accepted by anybody is a sign or a saturation worse than before the dose, which goes on and
        # on: this patient does not go home but to a hospital.
        assert (patient, world.before) in {("lasting", "none"), ("lasting", "normal"), ("lasting", "refused")}
        assert set(codes(end.left)) <= {"SPO2", *(sign.refusal_code for sign in program.signs)}
        assert {refusal.cleared_by for refusal in end.left} == {(ClearedBy.MEASUREMENT,)}
        assert may_go(facts.state, State.TRANSFERRED)
    else:
        assert may_go(facts.state, State.DISCHARGED)
    longest = max(program.minutes("blood_pressure_effect_minutes"), facts.minimum_stay)
    assert facts.anchor_device is not None
    assert end.scene.now <= facts.anchor_device.counted_at + longest + timedelta(hours=1), "nobody is held for ever"


# A fifth of them in every run, of every kind: nothing that a world is made of comes in fives.
@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("program", "preference", "patient"), CASES)
def test_leads_out_of_every_small_world(
    program: Program, preference: tuple[ClearedBy, ...], patient: str, every: int
) -> None:
    walked = [walk(program, world, patient, preference) for world in list(worlds())[::every]]

    assert len(walked) == -(-3 * 4**3 * 2 // every)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.code)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_leads_out_under_every_policy_that_can_be_saved(program: Program, data: st.DataObject) -> None:
    strict = program.under(data.draw(policies(program)), ride_service_allowed=data.draw(st.booleans()))
    world = data.draw(some_worlds())
    preference = data.draw(st.sampled_from([MEASURING_FIRST, DECIDING_FIRST]))

    walk(strict, world, data.draw(st.sampled_from(sorted(PATIENTS))), preference)


def test_has_worlds_that_are_open_at_once_and_worlds_that_are_not() -> None:
    """Else the walk would prove nothing."""
    for program in PROGRAMS:
        refused = [world.scene(program, "well").refusals() for world in worlds()]
        assert () in refused
        assert {code for refusals in refused for code in codes(refusals)} >= {
            *("MINIMUM_STAY", "BASELINE_CHECK", "PEAK_CHECK", "FINAL_CHECK", "NOT_OBTAINED", "UNRESOLVED", "SPO2"),
            *("BP", "SERIOUS_EVENT", "SAFETY_ALERT", "READINESS", "SAFE_WAY_HOME", "INSTRUCTIONS"),
            *(sign.refusal_code for sign in program.signs),
        }
