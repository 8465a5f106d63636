"""When an emergency can be raised, added to and called over, in every state."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sessions_app.rules.charting import CHARTABLE
from sessions_app.rules.emergency import call_refusals, end_refusals, raise_refusals
from sessions_app.rules.states import OPEN, State

SINCE = datetime(2026, 4, 14, 15, tzinfo=UTC)


def codes(refusals: Any) -> list[str]:
    return [refusal.code for refusal in refusals]


@pytest.mark.parametrize("state", State)
class TestTheState:
    def test_it_is_raised_and_over_in_an_open_session(self, state: State) -> None:
        expected = [] if state in OPEN else ["STATE"]
        assert codes(raise_refusals(state, under_way_since=None, says_what=True, what="")) == expected
        assert codes(end_refusals(state, under_way=True, note="Awake.")) == expected

    def test_it_is_added_to_as_long_as_anything_is_charted(self, state: State) -> None:
        assert codes(call_refusals(state, any_emergency=True)) == ([] if state in CHARTABLE else ["STATE"])


@pytest.mark.parametrize(
    ("since", "says_what", "what", "expected"),
    [
        (None, True, "", []),
        (None, False, "Nosebleed", []),
        (None, False, " ", ["FIELD"]),
        (SINCE, True, "", ["EMERGENCY_OPEN"]),
        (SINCE, False, "", ["EMERGENCY_OPEN"]),
    ],
)
def test_it_is_one_at_a_time_and_says_what(since: Any, says_what: bool, what: str, expected: list[str]) -> None:
    refusals = raise_refusals(State.DOSING, under_way_since=since, says_what=says_what, what=what)
    assert codes(refusals) == expected


@pytest.mark.parametrize(
    ("under_way", "note", "expected"),
    [(True, "Awake.", []), (True, " ", ["FIELD"]), (False, "Awake.", ["NO_EMERGENCY"]), (False, "", ["NO_EMERGENCY"])],
)
def test_it_is_called_over_once_with_words(under_way: bool, note: str, expected: list[str]) -> None:
    assert codes(end_refusals(State.MONITORING, under_way=under_way, note=note)) == expected
