"""Treatment tried before: whether two adequate trials in this episode are documented (domain.md section 1, [S]).

It is documentation: TRD is commonly shown by it, and no gate asks for it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from clinic.rules.refusals import Refusal, field_refusal

ENOUGH, MOST_WEEKS = 2, 1000


class TrialClass(StrEnum):
    SSRI = "SSRI"
    SNRI = "SNRI"
    TRICYCLIC = "TRICYCLIC"
    MAOI = "MAOI"
    OTHER_ANTIDEPRESSANT = "OTHER_ANTIDEPRESSANT"
    AUGMENTATION = "AUGMENTATION"  # added to an antidepressant
    PSYCHOTHERAPY = "PSYCHOTHERAPY"
    OTHER = "OTHER"


ANTIDEPRESSANTS = frozenset(
    {
        TrialClass.SSRI,
        TrialClass.SNRI,
        TrialClass.TRICYCLIC,
        TrialClass.MAOI,
        TrialClass.OTHER_ANTIDEPRESSANT,
    }
)


class Adequate(StrEnum):
    """Dose and duration, as the prescriber judges them."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


class TrialResponse(StrEnum):
    """Response is a fall by half or more, here as everywhere."""

    NONE = "NONE"
    PARTIAL = "PARTIAL"
    RESPONSE = "RESPONSE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class TrialFacts:
    drug: str
    drug_class: TrialClass
    adequate: Adequate
    response: TrialResponse
    this_episode: bool


def adequate_trials(trials: Iterable[TrialFacts]) -> int:
    """How many different antidepressants failed at adequate dose and duration in this episode."""
    failed = {
        tuple(trial.drug.casefold().split())
        for trial in trials
        if trial.this_episode
        and trial.adequate is Adequate.YES
        and trial.drug_class in ANTIDEPRESSANTS
        and trial.response in (TrialResponse.NONE, TrialResponse.PARTIAL)
    }
    return len(failed)


def trial_refusals(drug: str, weeks: int | None) -> Iterator[Refusal]:
    """It has a name, and a number of weeks that can be."""
    if not drug.strip():
        yield field_refusal("drug", "reason_missing")
    if weeks is not None and not 0 < weeks <= MOST_WEEKS:
        yield field_refusal("weeks", "impossible", value=weeks, low=1, high=MOST_WEEKS)
