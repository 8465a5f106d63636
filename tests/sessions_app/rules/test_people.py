"""Who may sit where, what a hand-over and a telephone order need, what still runs."""

from typing import Any

import pytest

from sessions_app.rules.people import chair_refusals, contact_refusals, hand_over_refusals, move_refusals
from sessions_app.rules.states import OPEN, State

TAKEN = {"2": "Otto Reed"}
HANDED: dict[str, Any] = {
    "written_state": "Drowsy.",
    "to_oneself": False,
    "to_licensed": True,
    "watched_by_another": "",
}
TELEPHONE: dict[str, Any] = {"prescribes_here": True, "by_telephone": True, "said": "Repeat.", "read_back": True}


def said(refusals: Any) -> list[tuple[str, Any]]:
    return [(refusal.code, refusal.params.get("problem")) for refusal in refusals]


@pytest.mark.parametrize(
    ("chair", "expected"), [("", []), ("1", []), ("2", [("FIELD", "chair_taken")]), ("22", []), (" 2", [])]
)
def test_it_is_one_chair_one_patient(chair: str, expected: list[Any]) -> None:
    assert said(chair_refusals(chair, taken=TAKEN)) == expected


@pytest.mark.parametrize("state", State)
def test_it_moves_in_an_open_session_only(state: State) -> None:
    found = said(move_refusals(state, from_chair="1", to_chair="3", taken=TAKEN))
    assert found == ([] if state in OPEN else [("STATE", None)])


@pytest.mark.parametrize(("chair", "problem"), [("", "chair_missing"), ("1", "sits_there"), ("2", "chair_taken")])
def test_it_says_why_not_that_chair(chair: str, problem: str) -> None:
    found = said(move_refusals(State.MONITORING, from_chair="1", to_chair=chair, taken=TAKEN))
    assert found == [("FIELD", problem)]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"written_state": " "}, [("FIELD", "reason_missing")]),
        ({"to_oneself": True}, [("FIELD", "to_oneself")]),
        ({"to_licensed": False}, [("FIELD", "not_licensed_here")]),
        ({"watched_by_another": "Nils", "written_state": ""}, [("NOT_YOUR_CHAIR", None)]),
    ],
)
def test_it_hands_over_what_is_mine_to_who_may_with_words(changed: dict[str, Any], expected: list[Any]) -> None:
    assert said(hand_over_refusals(State.MONITORING, **{**HANDED, **changed})) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"read_back": False}, [("FIELD", "not_read_back")]),
        ({"said": ""}, [("FIELD", "reason_missing")]),
        ({"said": "", "read_back": False}, [("FIELD", "reason_missing"), ("FIELD", "not_read_back")]),
        ({"by_telephone": False, "said": "", "read_back": False}, []),
        ({"by_telephone": False, "prescribes_here": False}, [("FIELD", "not_a_prescriber_here")]),
    ],
)
def test_it_reads_back_what_is_said_by_telephone(changed: dict[str, Any], expected: list[Any]) -> None:
    assert said(contact_refusals(**{**TELEPHONE, **changed})) == expected
