"""Whose word still stands: decisions are bound to rows, and voided by what is entered late about an earlier time."""

from dataclasses import replace

import pytest

from sessions_app.rules.facts import Check, GivenDevice, Outcome
from sessions_app.rules.program import Program
from tests.sessions_app.rules.builders import (
    ESKETAMINE,
    FINAL,
    at,
    check,
    decision,
    device,
    each_program,
    end_minute,
    ids,
    ready_to_leave,
    with_check,
)
from tests.sessions_app.rules.escapes import Scene, leaving

DECIDED_AT, ORDER = 200.0, 50


def accepted(program: Program) -> Scene:
    """Above the line at the last reading, as before the dose, and accepted by a prescriber."""
    facts = ready_to_leave(program)
    high = (program.value("systolic_line_mmhg") + 1, 75)
    rows = [replace(facts.checks[0], systolic_mmhg=high[0]), check(program, FINAL, end_minute(facts), bp=high)]
    scene = leaving(with_check(facts, *rows))
    return scene.later(decisions=(decision("BP", FINAL, order=ORDER, minute=DECIDED_AT),))


def partial(number: int, minute: float, order: int) -> Check:
    """A check that asks for SpO2 only, so that nothing else changes."""
    return check(ESKETAMINE, number, minute, order=order, bp=None, signs=())


def given(number: int, minute: float, order: int) -> GivenDevice:
    return device(number, minute, Outcome.FAILED, order=order)


@each_program
@pytest.mark.parametrize(
    ("minute", "order", "stands"),
    [
        pytest.param(DECIDED_AT - 1, ORDER + 1, False, id="earlier, entered after"),
        pytest.param(DECIDED_AT - 1, ORDER - 1, True, id="earlier, entered before"),
        pytest.param(DECIDED_AT, ORDER + 1, True, id="the same minute, entered after"),
        pytest.param(DECIDED_AT + 1, ORDER + 1, True, id="later, entered after"),
    ],
)
def test_voids_a_decision_by_what_is_entered_after_it_about_an_earlier_time(
    program: Program, minute: float, order: int, stands: bool
) -> None:
    scene = accepted(program)
    assert scene.refusals() == ()

    for voiding in (
        replace(scene, facts=with_check(scene.facts, partial(20, minute, order))),
        scene.later(devices=(*scene.facts.devices, given(21, minute, order))),
    ):
        assert (voiding.refused("BP") is None) is stands


@each_program
def test_lets_the_prescriber_decide_again_after_a_late_entry(program: Program) -> None:
    scene = accepted(program)
    voided = replace(scene, facts=with_check(scene.facts, partial(20, 60, ORDER + 1)))
    again = decision("BP", FINAL, order=ORDER + 2, minute=DECIDED_AT)

    assert voided.refused("BP")
    assert voided.later(decisions=(*voided.facts.decisions, again)).refusals() == ()


@each_program
def test_gains_nothing_by_typing_a_decision_earlier_than_what_it_judged(program: Program) -> None:
    """Else a check entered late, between the typed time and the reading, would not void it."""
    scene = accepted(program)
    backdated = scene.later(decisions=(decision("BP", FINAL, order=ORDER, minute=30),))
    late = partial(20, 60, ORDER + 1)

    assert backdated.refused("BP") is None
    assert replace(backdated, facts=with_check(backdated.facts, late)).refused("BP")


@each_program
def test_binds_a_decision_to_its_code_its_measure_and_its_rows(program: Program) -> None:
    scene = accepted(program)
    facts = scene.facts

    assert facts.decision_on("BP", ids(FINAL))
    assert facts.decision_on("SPO2", ids(FINAL)) is None
    assert facts.decision_on("BP", ids(FINAL), measure="blood_pressure") is None
    assert facts.decision_on("BP", ids(FINAL, 20)) is None
    assert facts.decision_on("BP", ids(20)) is None
    assert facts.decision_on("BP", ids()) is None


@each_program
def test_answers_with_the_decision_entered_last(program: Program) -> None:
    facts = accepted(program).facts
    later = decision("BP", FINAL, order=ORDER + 1, minute=DECIDED_AT)

    assert replace(facts, decisions=(later, *facts.decisions)).decision_on("BP", ids(FINAL)) == later


@each_program
def test_does_not_carry_a_decision_over_to_another_reading(program: Program) -> None:
    scene = accepted(program)
    same_values = replace(scene.facts.checks[-1], id=check(program, 30, 0).id, order=ORDER + 1)

    newer = replace(same_values, occurred_at=scene.now)
    same_minute = replace(same_values, spo2_percent=None, signs=())

    for row in (newer, same_minute):
        assert replace(scene, facts=with_check(scene.facts, row)).refused("BP")


@each_program
def test_finds_the_first_device_whether_it_delivered_or_not(program: Program) -> None:
    facts = ready_to_leave(program, devices=(device(9, 20), device(8, 12, Outcome.FAILED)))

    assert facts.first_device_at == at(12)
    assert [row.id for row in facts.delivered] == list(ids(9))
