"""A session that was re-opened: what was looked at before says nothing about the next release."""

from dataclasses import replace

import pytest

from sessions_app.rules.discharge import discharge_refusals
from sessions_app.rules.facts import Reopening
from sessions_app.rules.program import Program
from sessions_app.rules.recovery import final_check, final_check_opens_at
from tests.sessions_app.rules.builders import (
    at,
    check,
    codes,
    each_program,
    end_minute,
    ident,
    ready_to_leave,
    with_check,
)


@each_program
@pytest.mark.parametrize("after_end", [-30, 10])
def test_its_final_check_counts_from_the_later_of_both(program: Program, after_end: int) -> None:
    facts = ready_to_leave(program)
    own, reopened = final_check_opens_at(facts), at(end_minute(facts) + after_end)
    assert own is not None
    assert final_check_opens_at(replace(facts, reopened=Reopening(50, reopened))) == max(own, reopened)


@each_program
@pytest.mark.parametrize(
    ("after_end", "order", "counts"), [(10, 60, True), (11, 60, True), (9, 60, False), (11, 40, False)]
)
def test_it_takes_a_check_charted_since_and_made_since(
    program: Program, after_end: int, order: int, counts: bool
) -> None:
    facts = ready_to_leave(program)
    facts = replace(facts, reopened=Reopening(50, at(end_minute(facts) + 10)))
    assert final_check(facts) is None
    assert "FINAL_CHECK" in codes(discharge_refusals(facts, now=at(end_minute(facts) + 12)))

    found = final_check(with_check(facts, check(program, 20, end_minute(facts) + after_end, order=order)))
    assert (found and found.id) == (ident(20) if counts else None)
