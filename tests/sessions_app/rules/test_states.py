"""The table of gate.md, "States", copied here by hand so that a change of either is seen."""

from itertools import product

import pytest

from sessions_app.rules.states import BEFORE_DOSE, ENDED, OPEN, TRANSITIONS, UNDER_WATCH, State, may_go
from sessions_app.rules.states import transition_refusals as refusals

WAYS = {
    "SCHEDULED": {"CHECKED_IN", "CANCELLED"},
    "CHECKED_IN": {"CLEARED", "NOT_DOSED"},
    "CLEARED": {"DOSING", "NOT_DOSED"},
    "DOSING": {"MONITORING", "NOT_DOSED", "LEFT_EARLY", "TRANSFERRED"},
    "MONITORING": {"DISCHARGED", "NOT_DOSED", "LEFT_EARLY", "TRANSFERRED"},
    "DISCHARGED": {"MONITORING"},
    "LEFT_EARLY": {"MONITORING"},
    "TRANSFERRED": set(),
    "NOT_DOSED": set(),
    "CANCELLED": set(),
    "ENTERED_IN_ERROR": set(),
}


@pytest.mark.parametrize(("state", "to"), list(product(State, State)), ids=lambda state: state.value)
def test_answers_every_pair(state: State, to: State) -> None:
    in_error = to is State.ENTERED_IN_ERROR and state is not State.ENTERED_IN_ERROR
    legal = to.value in WAYS[state.value] or in_error

    assert may_go(state, to) is legal
    if legal:
        assert refusals(state, to) == ()
    else:
        (refusal,) = refusals(state, to)
        assert (refusal.code, refusal.params) == ("STATE", {"state": state.value, "wanted": to.value})


def test_names_what_leads_from_state_to_state() -> None:
    assert all(by.strip() for by in TRANSITIONS.values())


def test_sorts_every_state_into_booked_open_or_ended() -> None:
    assert OPEN == (State.CHECKED_IN, State.CLEARED, State.DOSING, State.MONITORING)
    assert (*BEFORE_DOSE, *UNDER_WATCH) == OPEN
    assert sorted((State.SCHEDULED, *OPEN, *ENDED)) == sorted(State)


def test_lets_every_open_session_reach_an_end() -> None:
    for state in OPEN:
        ends = {to for to in ENDED if may_go(state, to)} - {State.ENTERED_IN_ERROR}
        assert ends, f"{state} has no end but a mistake"


def test_never_leaves_an_error() -> None:
    assert not any(may_go(State.ENTERED_IN_ERROR, to) for to in State)
