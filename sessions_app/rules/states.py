"""The states of a dosing session and the one literal table of the ways between them (gate.md, "States")."""

from enum import StrEnum

from clinic.rules.refusals import Refusal, state_refusal


class State(StrEnum):
    """Where a dosing session stands. Stored on the session, guarded by constraints and one row lock."""

    SCHEDULED = "SCHEDULED"
    CHECKED_IN = "CHECKED_IN"
    CLEARED = "CLEARED"
    DOSING = "DOSING"
    MONITORING = "MONITORING"
    DISCHARGED = "DISCHARGED"
    LEFT_EARLY = "LEFT_EARLY"
    TRANSFERRED = "TRANSFERRED"
    NOT_DOSED = "NOT_DOSED"
    CANCELLED = "CANCELLED"
    ENTERED_IN_ERROR = "ENTERED_IN_ERROR"


OPEN = (State.CHECKED_IN, State.CLEARED, State.DOSING, State.MONITORING)
UNDER_WATCH = (State.DOSING, State.MONITORING)
BEFORE_DOSE = (State.CHECKED_IN, State.CLEARED)
AT_START_GATE = (*BEFORE_DOSE, State.DOSING)
ENDED = tuple(state for state in State if state not in (State.SCHEDULED, *OPEN))

# from, to, by what. ENTERED_IN_ERROR is reachable from every other state.
TRANSITIONS: dict[tuple[State, State], str] = {
    (State.SCHEDULED, State.CHECKED_IN): "two identifiers confirmed",
    (State.SCHEDULED, State.CANCELLED): "reason",
    (State.CHECKED_IN, State.CLEARED): "start gate",
    (State.CHECKED_IN, State.NOT_DOSED): "reason",
    (State.CLEARED, State.NOT_DOSED): "reason",
    (State.CLEARED, State.DOSING): "first device handed over",
    (State.DOSING, State.MONITORING): "dosing finished",
    (State.DOSING, State.NOT_DOSED): "no device delivered a spray",
    (State.MONITORING, State.NOT_DOSED): "no device delivered a spray",
    (State.MONITORING, State.DISCHARGED): "discharge gate",
    (State.DOSING, State.LEFT_EARLY): "patient gone",
    (State.MONITORING, State.LEFT_EARLY): "patient gone",
    (State.DOSING, State.TRANSFERRED): "handed over elsewhere",
    (State.MONITORING, State.TRANSFERRED): "handed over elsewhere",
    (State.DISCHARGED, State.MONITORING): "re-opened the same day",
    (State.LEFT_EARLY, State.MONITORING): "re-opened the same day",
    **{
        (state, State.ENTERED_IN_ERROR): "every device row voided, two people"
        for state in State
        if state is not State.ENTERED_IN_ERROR
    },
}


def may_go(state: State, to: State) -> bool:
    """Whether the table has a way from ``state`` to ``to``. Total: every other pair is refused."""
    return (state, to) in TRANSITIONS


def transition_refusals(state: State, to: State) -> tuple[Refusal, ...]:
    """STATE when the table has no such way; the refusal says where the session stands now."""
    return () if may_go(state, to) else (state_refusal(state, to),)
