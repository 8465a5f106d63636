"""Is this patient enrolled in the programme, and was that verified for this dose?"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clinic.rules.refusals import ClearedBy, Refusal


class Setting(StrEnum):
    """How the facility is certified. Inpatient settings enrol nobody and file no monitoring form."""

    OUTPATIENT = "OUTPATIENT"
    INPATIENT = "INPATIENT"


@dataclass(frozen=True)
class EnrolmentFacts:
    """``verified_date``: the facility's calendar day on which enrolment was verified for this very session."""

    enrolled: bool
    verified_date: date | None


def enrolment_refusals(facts: EnrolmentFacts, *, setting: Setting, today: date) -> tuple[Refusal, ...]:
    """An outpatient is enrolled, and the enrolment is verified before dispensing (domain.md sections 2, 4, [P])."""
    if setting is Setting.INPATIENT:
        return ()
    if not facts.enrolled:
        return (Refusal("ENROLMENT", {"missing": "enrolment"}, None, (ClearedBy.DOCUMENTATION,)),)
    if facts.verified_date != today:
        return (Refusal("ENROLMENT", {"missing": "verification"}, None, (ClearedBy.DOCUMENTATION,)),)
    return ()
