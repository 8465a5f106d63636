"""Is this patient enrolled in the programme, and was that verified for this dose?"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal


class Setting(StrEnum):
    """How the facility is certified. Inpatient settings enrol nobody and file no monitoring form."""

    OUTPATIENT = "OUTPATIENT"
    INPATIENT = "INPATIENT"


def form_refusals(
    *, patient_signed_date: date | None, prescriber_signed_date: date | None, has_prescriber: bool, today: date
) -> tuple[Refusal, ...]:
    """The patient and a prescriber both sign the REMS's enrolment form (domain.md section 2, [P])."""
    refusals = []
    for name, day in (("patient_signed_date", patient_signed_date), ("prescriber_signed_date", prescriber_signed_date)):
        if day is None:
            refusals.append(field_refusal(name, "signature_day_missing"))
        elif day > today:
            refusals.append(field_refusal(name, "future_day"))
    return (*refusals, *(() if has_prescriber else (field_refusal("prescriber", "not_a_prescriber_here"),)))


def transfer_refusals(
    *,
    from_date: date,
    rems_told_date: date,
    today: date,
    leads_somewhere: bool,
    leads_elsewhere: bool,
    same_organisation: bool,
    enrolled: bool,
) -> tuple[Refusal, ...]:
    """The REMS is told in advance when a patient transfers (domain.md section 4, [P]): on an earlier day."""
    checks = (
        ("program", not enrolled, "not_enrolled_here"),
        ("to_place", not leads_somewhere, "one_of_two"),
        ("to_facility", not (leads_elsewhere and same_organisation), "not_elsewhere"),
        ("rems_told_date", rems_told_date > today, "future_day"),
        ("rems_told_date", rems_told_date >= from_date, "told_too_late"),
    )
    return tuple(field_refusal(name, problem) for name, fails, problem in checks if fails)


def call_off_refusals(*, from_date: date, today: date) -> tuple[Refusal, ...]:
    """From its day on the patient is enrolled elsewhere: only a new enrolment brings them back."""
    return () if today < from_date else (Refusal("TRANSFER_BEGUN"),)


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
