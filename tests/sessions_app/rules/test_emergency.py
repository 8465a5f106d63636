"""When an emergency can be raised, added to and called over, in every state."""

from datetime import UTC, datetime
from typing import Any

import pytest

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal, state_refusal
from sessions_app.rules.charting import CHARTABLE
from sessions_app.rules.emergency import call_refusals, end_refusals, raise_refusals
from sessions_app.rules.states import OPEN, State

SINCE = datetime(2026, 4, 14, 15, tzinfo=UTC)
UNDER_WAY = (Refusal("EMERGENCY_OPEN", {"since": SINCE}, None, (ClearedBy.DOCUMENTATION,)),)
NONE = (Refusal("NO_EMERGENCY"),)


@pytest.mark.parametrize("state", State)
class TestTheState:
    def test_it_is_raised_and_over_in_an_open_session(self, state: State) -> None:
        expected = () if state in OPEN else (state_refusal(state, "emergency"),)
        assert raise_refusals(state, under_way_since=None, says_what=True, what="") == expected
        assert end_refusals(state, under_way=True, note="Awake.") == expected

    def test_it_is_added_to_as_long_as_anything_is_charted(self, state: State) -> None:
        moved_on = (state_refusal(state, "emergency"),)
        assert call_refusals(state, any_emergency=True) == (() if state in CHARTABLE else moved_on)
        assert call_refusals(state, any_emergency=False) == (NONE if state in CHARTABLE else moved_on)


@pytest.mark.parametrize(
    ("since", "says_what", "what", "expected"),
    [
        (None, True, "", ()),
        (None, False, "Nosebleed", ()),
        (None, False, " ", (field_refusal("what", "reason_missing"),)),
        (SINCE, True, "", UNDER_WAY),
        (SINCE, False, "", UNDER_WAY),
    ],
)
def test_it_is_one_at_a_time_and_says_what(since: Any, says_what: bool, what: str, expected: Any) -> None:
    assert raise_refusals(State.DOSING, under_way_since=since, says_what=says_what, what=what) == expected


@pytest.mark.parametrize(
    ("under_way", "note", "expected"),
    [
        (True, "Awake.", ()),
        (True, " ", (field_refusal("note", "reason_missing"),)),
        (False, "Awake.", NONE),
        (False, "", NONE),
    ],
)
def test_it_is_called_over_once_with_words(under_way: bool, note: str, expected: Any) -> None:
    assert end_refusals(State.MONITORING, under_way=under_way, note=note) == expected
