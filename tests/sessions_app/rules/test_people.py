"""Who may sit where, what a hand-over and a telephone order need, what still runs."""

from typing import Any

import pytest

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal, state_refusal
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


NOTHING_SAID, NOT_READ_BACK = field_refusal("said", "reason_missing"), field_refusal("read_back", "not_read_back")
TWO_TAKEN = field_refusal("chair", "chair_taken", value="2", who="Otto Reed")


@pytest.mark.parametrize(("chair", "expected"), [("", ()), ("1", ()), ("2", (TWO_TAKEN,)), ("22", ()), (" 2", ())])
def test_it_is_one_chair_one_patient(chair: str, expected: Any) -> None:
    assert chair_refusals(chair, taken=TAKEN) == expected


@pytest.mark.parametrize("state", State)
def test_it_moves_in_an_open_session_only(state: State) -> None:
    found = move_refusals(state, from_chair="1", to_chair="3", taken=TAKEN)
    assert found == (() if state in OPEN else (state_refusal(state, "move"),))
    handed = hand_over_refusals(state, **HANDED)
    assert handed == (() if state in OPEN else (state_refusal(state, "watch"),))


@pytest.mark.parametrize(
    ("chair", "refused"),
    [
        ("", field_refusal("chair", "chair_missing")),
        ("1", field_refusal("chair", "sits_there", value="1")),
        ("2", TWO_TAKEN),
    ],
)
def test_it_says_why_not_that_chair(chair: str, refused: Refusal) -> None:
    assert move_refusals(State.MONITORING, from_chair="1", to_chair=chair, taken=TAKEN) == (refused,)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ()),
        ({"written_state": " "}, (field_refusal("written_state", "reason_missing"),)),
        ({"to_oneself": True}, (field_refusal("receiver", "to_oneself"),)),
        ({"to_licensed": False}, (field_refusal("receiver", "not_licensed_here"),)),
        (
            {"watched_by_another": "Nils", "written_state": ""},
            (Refusal("NOT_YOUR_CHAIR", {"who": "Nils"}, None, (ClearedBy.OTHER,)),),
        ),
    ],
)
def test_it_hands_over_what_is_mine_to_who_may_with_words(changed: dict[str, Any], expected: Any) -> None:
    assert hand_over_refusals(State.MONITORING, **{**HANDED, **changed}) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ()),
        ({"read_back": False}, (NOT_READ_BACK,)),
        ({"said": ""}, (NOTHING_SAID,)),
        ({"said": "", "read_back": False}, (NOTHING_SAID, NOT_READ_BACK)),
        ({"by_telephone": False, "said": "", "read_back": False}, ()),
        (
            {"by_telephone": False, "prescribes_here": False},
            (field_refusal("prescriber", "not_a_prescriber_here"),),
        ),
    ],
)
def test_it_reads_back_what_is_said_by_telephone(changed: dict[str, Any], expected: Any) -> None:
    assert contact_refusals(**{**TELEPHONE, **changed}) == expected
