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


# A decision is bound to a code or a measure: a sign may not answer to one that the gates use for something else.
GATE_MEASURES = ("blood_pressure", "spo2", "serious_event")
GATE_CODES = (
    *("FACILITY", "AUTHORIZED_REP", "ENROLMENT", "AGE", "CONTRAINDICATION", "MEDICINES", "OFF_LABEL"),
    *("MDSI_ANTIDEPRESSANT", "DOSE_ORDER", "PRESCRIBER_ABSENT", "OXIMETER", "BASELINE", "BASELINE_BP"),
    *("BASELINE_STATE", "FASTING", "LIQUID", "NASAL", "SAFE_WAY_HOME", "COUNSELLING", "DEVICE", "DEVICE_INTERVAL"),
    *("DEVICE_COUNT", "NEW_SIGN", "MINIMUM_STAY", "BASELINE_CHECK", "PEAK_CHECK", "FINAL_CHECK", "FINAL_STALE"),
    *("NOT_OBTAINED", "UNRESOLVED", "SPO2", "BP", "SERIOUS_EVENT", "SAFETY_ALERT", "READINESS", "INSTRUCTIONS"),
    *("TIME_IMPOSSIBLE", "EMERGENCY", "STATE", "FIELD", "CLOCK"),
)
