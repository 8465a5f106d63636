"""The checks as planned agree with the schedule that a session gets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sessions_app.rules.check_plan import planned_checks
from sessions_app.rules.checks import Purpose, check_schedule
from sessions_app.rules.program import Program
from tests.sessions_app.rules.builders import ESKETAMINE, at, each_program, ready_to_leave


@each_program
@pytest.mark.parametrize("extra", [(), (20, 60, 90), (60, 100, 105)])
def test_they_are_the_sessions_own(program: Program, extra: tuple[int, ...]) -> None:
    program = replace(program, extra_checks=extra)
    facts = ready_to_leave(program)
    last, anchor = facts.devices[-1], facts.anchor_device
    assert anchor is not None

    found = []
    for point in check_schedule(facts, now=at(1)):
        start = anchor.counted_at if point.purpose is Purpose.FINAL else last.occurred_at
        moments = (point.due_at, point.opens_at, point.closes_at)
        found.append(
            (point.purpose, *((moment - start) / timedelta(minutes=1) if moment else None for moment in moments))
        )

    assert [(check.purpose, check.minute, check.opens, check.closes) for check in planned_checks(program)] == found


def test_a_clinics_check_that_would_meet_the_last_one_is_left_out() -> None:
    plan = planned_checks(replace(ESKETAMINE, extra_checks=(20, 109, 110)))

    assert [check.minute for check in plan] == [20, 40, 109, 120]
