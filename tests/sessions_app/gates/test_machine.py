"""Any of the people, any order, any time, any value, any policy that can be saved, through the real actions on
PostgreSQL; and after every one the question whether gate.md would have had it so (watch.py), and at the end of every
day the way out (way_out.py)."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.factories import Cast, make_cast, make_devices
from tests.fuzz.house import apart
from tests.sessions_app.gates.machine import Clinic

# Said after each, so that a run that is stopped was not in vain.
PARTS, DAYS_OF_A_PART = 2, 20
# What a long run has to have done, to prove anything; each happens at least six times in forty days.
TURNS = (
    *("discharge_patient", "administer_device", "clear_for_dosing", "decide", "void_row", "correct_check", "again"),
    *("reopen_session", "enter_paper", "move_check", "raise_emergency", "stop_facility"),
)


def run(db_cast: Cast, *, examples: int, steps: int, always_same: bool = False) -> tuple[Counter[str], Counter[str]]:
    """How often each action was accepted and refused, and in which state the days ended."""

    class OfThisCast(Clinic):
        cast, accepted, reached = db_cast, Counter[str](), Counter[str]()
        devices = [device for number in range(1, 9) for device in make_devices(db_cast, number=f"M-{number}")]

    run_state_machine_as_test(
        OfThisCast,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=always_same,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return OfThisCast.accepted, OfThisCast.reached


def test_nobody_leaves_or_is_dosed_who_may_not_and_nobody_is_trapped(db: None) -> None:
    accepted, _reached = run(make_cast(), examples=3, steps=12, always_same=True)
    assert accepted["record_check"] > 0


@pytest.mark.slow
def test_nobody_does_for_long(db: None) -> None:
    """The same, long enough that everything happens many times."""
    cast, accepted, reached = make_cast(), Counter[str](), Counter[str]()
    for part in range(PARTS):
        with apart():
            more, ends = run(cast, examples=DAYS_OF_A_PART, steps=50)
        accepted, reached = accepted + more, reached + ends
        print(part + 1, sorted(accepted.items()), sorted(reached.items()))  # noqa: T201
    assert min(accepted[name] for name in TURNS) > 0, accepted
