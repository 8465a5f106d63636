"""A sign that began before the dose, charted outside a check; and a device typed before anybody cleared."""

from dataclasses import replace

import pytest

from sessions_app.rules.administration import administration_refusals, clearing_refusals
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.program import Program
from sessions_app.rules.states import State
from tests.sessions_app.rules.builders import (
    at,
    baseline,
    codes,
    decision,
    each_program,
    onset,
    ready_to_dose,
    resolution,
    scored,
    stock,
)

ONSET = 50


def gate(facts: SessionFacts) -> tuple[str, ...]:
    return codes(clearing_refusals(replace(facts, state=State.CHECKED_IN), now=at(0)))


@each_program
class TestOnsetBeforeTheDose:
    def begun(self, program: Program, *more: object, minute: float = -5) -> SessionFacts:
        return ready_to_dose(program, sign_events=(onset(scored(program).code, ONSET, minute), *more))

    def test_it_is_a_state_before_the_dose_whatever_the_earlier_check_said(self, program: Program) -> None:
        assert gate(self.begun(program)) == ("BASELINE_STATE",)

    def test_it_is_the_prescribers_to_decide_bound_to_that_onset(self, program: Program) -> None:
        code, facts = scored(program).code, self.begun(program)
        decided = decision("BASELINE_STATE", ONSET, order=60, minute=-4, measure=code)
        elsewhere = decision("BASELINE_STATE", ONSET + 1, order=60, minute=-4, measure=code)

        assert gate(replace(facts, decisions=(decided,))) == ()
        assert gate(replace(facts, decisions=(elsewhere,))) == ("BASELINE_STATE",)

    def test_a_later_check_or_its_end_answers_it(self, program: Program) -> None:
        facts = self.begun(program)
        later = (*facts.checks, baseline(program, 51, -4))
        gone = (*facts.sign_events, resolution(scored(program).code, 52, -4))

        assert gate(replace(facts, checks=later)) == ()
        assert gate(replace(facts, sign_events=gone)) == ()

    def test_one_before_the_last_check_was_looked_at_by_it(self, program: Program) -> None:
        assert gate(self.begun(program, minute=-11)) == ()


@each_program
@pytest.mark.parametrize(("minutes", "refused"), [(-3, ("OUT_OF_TURN",)), (-2, ()), (0, ())])
def test_a_device_is_not_handed_over_before_the_clearance(
    program: Program, minutes: int, refused: tuple[str, ...]
) -> None:
    facts = replace(ready_to_dose(program), cleared_at=at(0))

    assert codes(administration_refusals(facts, device=stock(), at=at(minutes), now=at(0))) == refused
