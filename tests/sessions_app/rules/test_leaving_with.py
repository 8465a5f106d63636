"""What a patient still feels when leaving."""

from dataclasses import replace

import pytest

from sessions_app.rules.departure import running_symptoms
from sessions_app.rules.facts import SignEvent
from sessions_app.rules.program import Program
from tests.sessions_app.rules.builders import (
    baseline,
    check,
    each_program,
    onset,
    ready_to_leave,
    resolution,
    score,
    scored,
    with_check,
)


@each_program
def test_it_is_nothing_after_a_calm_stay(program: Program) -> None:
    assert running_symptoms(ready_to_leave(program)) == ()


@each_program
@pytest.mark.parametrize(
    ("events", "running"),
    [
        ((onset("nausea", 11, 40),), ("nausea",)),
        ((onset("nausea", 11, 40), resolution("nausea", 12, 60)), ()),
        ((onset("nausea", 11, 40), resolution("nausea", 12, 60), onset("nausea", 13, 80)), ("nausea",)),
        ((onset("nausea", 13, 40), resolution("nausea", 12, 40)), ("nausea",)),  # one minute: by order of entry
        ((onset("headache", 12, 50), onset("nausea", 11, 40)), ("nausea", "headache")),
        ((resolution("nausea", 12, 60),), ()),
    ],
)
def test_it_is_every_other_symptom_that_is_not_charted_as_gone(
    program: Program, events: tuple[SignEvent, ...], running: tuple[str, ...]
) -> None:
    assert running_symptoms(replace(ready_to_leave(program), sign_events=events)) == running


@each_program
def test_it_is_a_sign_of_the_programme_that_began_or_is_present_first_of_all(program: Program) -> None:
    first, facts = program.signs[0].code, ready_to_leave(program)
    began = replace(facts, sign_events=(onset("nausea", 11, 40), onset(first, 12, 50)))
    present = with_check(facts, check(program, 20, 130, signs={first: True}))

    assert running_symptoms(began) == (first, "nausea")
    assert running_symptoms(present) == (first,)


@each_program
def test_it_is_a_sign_from_before_the_dose_that_nobody_asked_for_since(program: Program) -> None:
    sign = scored(program)
    poor = (False, score(program, sign, worse_by=1))
    for answer, running in ((True, (sign.code,)), (poor, (sign.code,)), (False, ())):
        only_before = ready_to_leave(program, checks=(baseline(program, signs={sign.code: answer}),))
        assert running_symptoms(only_before) == running
