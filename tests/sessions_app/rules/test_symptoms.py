"""Symptoms beside the programme's signs: running or over, as last charted."""

import pytest

from sessions_app.rules.facts import SignEventKind
from sessions_app.rules.symptoms import Symptom, symptoms
from tests.sessions_app.rules.builders import ESKETAMINE, at, ready_to_leave, sign_event

BEGAN, GONE = SignEventKind


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], None),
        ([(BEGAN, 10)], Symptom("nausea", at(10))),
        ([(BEGAN, 10), (BEGAN, 20)], Symptom("nausea", at(10))),
        ([(BEGAN, 10), (GONE, 20)], Symptom("nausea", at(10), at(20))),
        ([(GONE, 20), (BEGAN, 10)], Symptom("nausea", at(10), at(20))),
        ([(BEGAN, 10), (GONE, 20), (BEGAN, 30)], Symptom("nausea", at(30))),
        ([(GONE, 20)], Symptom("nausea", None, at(20))),
        ([(BEGAN, 20), (GONE, 20)], Symptom("nausea", at(20), at(20))),
    ],
)
def test_a_symptom_is_as_last_charted(told: list[tuple[SignEventKind, int]], expected: Symptom | None) -> None:
    events = tuple(sign_event("nausea", kind, order, minute) for order, (kind, minute) in enumerate(told))
    found = symptoms(ready_to_leave(ESKETAMINE, sign_events=events))
    assert found == ((expected,) if expected else ())


def test_signs_of_the_programme_are_not_symptoms() -> None:
    assert symptoms(ready_to_leave(ESKETAMINE, sign_events=(sign_event("sedation", BEGAN, 1, 10),))) == ()
