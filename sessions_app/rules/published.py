"""What was published of the REMS's own monitoring forms (domain.md section 9, [P], abstracts): the first 58 months,
2019-03-05 to 2024-01-05, and of the first 46 months how soon signs were gone."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

PATIENTS, SESSIONS = 58_483, 1_486_213
FROM, TO = date(2019, 3, 5), date(2024, 1, 5)
MONTHS = 58
EARLIER_PATIENTS, EARLIER_SESSIONS, EARLIER_MONTHS = 34_110, 815_172, 46
PHASES = ((1, 8), (9, 12), (13, None))  # of sessions, as the analysis counts them
MIDDLE_AGES = (26, 55)  # of patients
YOUNG_UNDER, OLD_OVER = 25, 55  # of sessions with increased blood pressure


class Measure(StrEnum):
    """What the analysis counts, and so do we."""

    FEMALE = "FEMALE"
    MIDDLE_AGED = "MIDDLE_AGED"
    NINE_SESSIONS = "NINE_SESSIONS"
    THIRTEEN_SESSIONS = "THIRTEEN_SESSIONS"
    SEDATION = "SEDATION"
    DISSOCIATION = "DISSOCIATION"
    INCREASED_BP = "INCREASED_BP"
    INCREASED_BP_MALE = "INCREASED_BP_MALE"
    INCREASED_BP_FEMALE = "INCREASED_BP_FEMALE"
    INCREASED_BP_YOUNG = "INCREASED_BP_YOUNG"
    INCREASED_BP_MIDDLE = "INCREASED_BP_MIDDLE"
    INCREASED_BP_OLD = "INCREASED_BP_OLD"
    SERIOUS = "SERIOUS"
    SEDATION_GONE = "SEDATION_GONE"
    DISSOCIATION_GONE = "DISSOCIATION_GONE"


@dataclass(frozen=True)
class Published:
    """A share as it was published; ``at_most``: only that it is less."""

    share: float
    at_most: bool = False


MEDIAN_AGE = 42
MEAN_SESSIONS = SESSIONS / PATIENTS

FIGURES: dict[Measure, Published] = {
    Measure.FEMALE: Published(0.611),
    Measure.MIDDLE_AGED: Published(0.643),
    Measure.NINE_SESSIONS: Published(0.751),
    Measure.THIRTEEN_SESSIONS: Published(0.603),
    Measure.SEDATION: Published(0.347),
    Measure.DISSOCIATION: Published(0.410),
    Measure.INCREASED_BP: Published(0.009),
    Measure.INCREASED_BP_MALE: Published(0.011),
    Measure.INCREASED_BP_FEMALE: Published(0.008),
    Measure.INCREASED_BP_YOUNG: Published(0.005),
    Measure.INCREASED_BP_MIDDLE: Published(0.009),
    Measure.INCREASED_BP_OLD: Published(0.011),
    Measure.SERIOUS: Published(0.001, at_most=True),
    Measure.SEDATION_GONE: Published(0.987),
    Measure.DISSOCIATION_GONE: Published(0.992),
}

# The trial's measure of a rise (domain.md section 9): what "increased blood pressure" means here. On the REMS's form it
# is a clinician's report, which no rule can repeat.
SYSTOLIC_RISE, DIASTOLIC_RISE = 40, 25
