"""A sign that a programme watches, as its file states it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    """A sign the programme watches. ``scale`` is empty where it is only answered yes or no; ``better`` says
    whether a higher or lower score is better; ``normal`` names the number a normal score must reach."""

    code: str
    label: str
    refusal_code: str
    stops_dosing: bool
    short: str = ""
    scale: str = ""
    better: str = ""
    score_min: int = 0
    score_max: int = 0
    normal: str = ""

    @property
    def short_label(self) -> str:
        """Where room is scarce."""
        return self.short or self.label

    def worse(self, score: int, than: int) -> bool:
        return score < than if self.better == "higher" else score > than

    def worst(self, scores: Iterable[int]) -> int:
        return min(scores) if self.better == "higher" else max(scores)
