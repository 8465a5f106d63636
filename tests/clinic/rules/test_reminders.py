"""When somebody is told that something expires."""

from datetime import date, timedelta

import pytest

from clinic.rules.reminders import STEPS, days_left, is_near, step_due

LAST_DAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("left", "step"),
    [
        (1000, None),
        (91, None),
        (90, 90),
        (89, 90),
        (61, 90),
        (60, 60),
        (31, 60),
        (30, 30),
        (8, 30),
        (7, 7),
        (1, 7),
        (0, 7),
        (-1, None),
        (-1000, None),
    ],
)
def test_it_is_the_nearest_step_that_has_come(left: int, step: int | None) -> None:
    today = LAST_DAY - timedelta(days=left)
    assert days_left(LAST_DAY, today=today) == left
    assert step_due(LAST_DAY, today=today) == step
    assert is_near(LAST_DAY, today=today) == (left <= 90)


def test_it_is_told_once_each_however_often_it_is_asked() -> None:
    told: list[int] = []
    for left in range(120, -30, -1):
        for _ in range(2):
            if step := step_due(LAST_DAY, today=LAST_DAY - timedelta(days=left), told=told):
                told.append(step)
    assert tuple(told) == STEPS


@pytest.mark.parametrize(("told", "step"), [((90, 60), 30), ((30,), None), ((7,), None), ((90, 60, 30), None)])
def test_it_never_goes_back_to_a_step_passed_over(told: tuple[int, ...], step: int | None) -> None:
    assert step_due(LAST_DAY, today=LAST_DAY - timedelta(days=20), told=told) == step
