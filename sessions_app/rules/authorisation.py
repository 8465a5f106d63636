"""A payer's prior authorisation: from when to when, for how many sessions, and how much of it is left."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clinic.rules.refusals import Refusal, field_refusal

# [D] From when on it is shown as running out.
DAYS_LEFT, SESSIONS_LEFT = 14, 2
MOST_SESSIONS = 500


class AuthorisationState(StrEnum):
    COMING = "COMING"
    IN_FORCE = "IN_FORCE"
    RUNNING_OUT = "RUNNING_OUT"
    USED_UP = "USED_UP"
    OVER = "OVER"


WANTS_ANOTHER = (AuthorisationState.RUNNING_OUT, AuthorisationState.USED_UP, AuthorisationState.OVER)


@dataclass(frozen=True)
class AuthorisationFacts:
    from_date: date
    to_date: date
    sessions: int | None

    def covers(self, day: date) -> bool:
        return self.from_date <= day <= self.to_date

    def used(self, dose_days: Iterable[date]) -> int:
        """Sessions with a dose; one that ended without any is none."""
        return sum(self.covers(day) for day in dose_days)


def authorisation_state(facts: AuthorisationFacts, *, used: int, today: date) -> AuthorisationState:
    """No gate asks for it: who pays does not say whether a dose is safe."""
    if today > facts.to_date:
        return AuthorisationState.OVER
    if facts.sessions is not None and used >= facts.sessions:
        return AuthorisationState.USED_UP
    if today < facts.from_date:
        return AuthorisationState.COMING
    few = facts.sessions is not None and facts.sessions - used <= SESSIONS_LEFT
    soon = (facts.to_date - today).days < DAYS_LEFT
    return AuthorisationState.RUNNING_OUT if few or soon else AuthorisationState.IN_FORCE


def authorisation_refusals(payer: str, from_date: date, to_date: date, sessions: int | None) -> Iterator[Refusal]:
    """It is somebody's, ends after it began, and is for a number of sessions that can be."""
    if not payer.strip():
        yield field_refusal("payer", "reason_missing")
    if to_date < from_date:
        yield field_refusal("to_date", "before_begin")
    if sessions is not None and not 0 < sessions <= MOST_SESSIONS:
        yield field_refusal("sessions", "impossible", value=sessions, low=1, high=MOST_SESSIONS)
