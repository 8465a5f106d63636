"""What a gate answers: a refusal with its way out. Standard library only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ClearedBy(StrEnum):
    """What lifts a refusal (gate.md, principle 3)."""

    TIME = "TIME"
    MEASUREMENT = "MEASUREMENT"
    DOCUMENTATION = "DOCUMENTATION"
    DEVIATION = "DEVIATION"
    PRESCRIBER = "PRESCRIBER"
    OTHER = "OTHER"
    NOBODY = "NOBODY"


@dataclass(frozen=True)
class Refusal:
    """One reason why a permission is not given.

    ``clears_at`` is set only when waiting alone clears it. Its sentence lives in the presenters.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    clears_at: datetime | None = None
    cleared_by: tuple[ClearedBy, ...] = (ClearedBy.NOBODY,)


class ActionRefused(Exception):
    """An action was not done, and nothing was written. Carries the refusals, in the gate's order."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(", ".join(refusal.code for refusal in self.refusals))


def state_refusal(state: str, wanted: str) -> Refusal:
    """The record has moved on: ``state`` is what it is now, ``wanted`` what was tried."""
    return Refusal("STATE", {"state": str(state), "wanted": wanted})


def in_state(state: str, *allowed: str, wanted: str) -> tuple[Refusal, ...]:
    """STATE unless the record is in one of the allowed states."""
    return () if state in allowed else (state_refusal(state, wanted),)


def field_refusal(name: str, problem: str, **params: object) -> Refusal:
    """An entered value that cannot be: shown at its field, with everything typed kept."""
    return Refusal("FIELD", {"field": name, "problem": problem, **params}, None, (ClearedBy.DOCUMENTATION,))


def reason_refusals(reason: str, *, name: str = "reason") -> tuple[Refusal, ...]:
    """A reason is more than spaces."""
    return () if reason.strip() else (field_refusal(name, "reason_missing"),)
