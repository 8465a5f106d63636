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
    scale: str = ""
    better: str = ""
    score_min: int = 0
    score_max: int = 0
    normal: str = ""

    def worse(self, score: int, than: int) -> bool:
        return score < than if self.better == "higher" else score > than

    def worst(self, scores: Iterable[int]) -> int:
        return min(scores) if self.better == "higher" else max(scores)
