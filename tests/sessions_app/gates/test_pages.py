"""Anybody, any page of a session, any form in any shape, through the views on PostgreSQL; and after every one the same
questions as of the actions. A page that breaks is a fault."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.factories import Cast, give_pin, make_cast, make_devices, make_tablet
from tests.fuzz.house import apart
from tests.sessions_app.gates.machine_pages import SECRET, Pages

# Said after each, so that a run that is stopped was not in vain.
PARTS, DAYS_OF_A_PART = 3, 8
TURNS = ("record-check", "discharge", "administer-device", "decide", "void", "correct-check", "reopen", "clear")


def run(db_cast: Cast, *, examples: int, steps: int, always_same: bool = False) -> tuple[Counter[str], Counter[str]]:
    for person in (db_cast.nora, db_cast.paul):
        give_pin(person)
    make_tablet(db_cast, secret=SECRET)

    class OfThisCast(Pages):
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


def test_no_page_lets_anybody_past_the_gates_and_none_breaks(db: None) -> None:
    accepted, _reached = run(make_cast(), examples=2, steps=10, always_same=True)
    assert sum(accepted.values()) > 10


@pytest.mark.slow
def test_none_does_for_long(db: None) -> None:
    cast, accepted, reached = make_cast(), Counter[str](), Counter[str]()
    for part in range(PARTS):
        with apart():
            more, ends = run(cast, examples=DAYS_OF_A_PART, steps=50)
        accepted, reached = accepted + more, reached + ends
        print(part + 1, sorted(accepted.items()), sorted(reached.items()))  # noqa: T201
    assert min(accepted[step] for step in TURNS) > 0, accepted
