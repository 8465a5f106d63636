"""What the patient takes or does besides, over time, and what of it matters for the dose (domain.md section 1, [P])."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from clinic.rules.refusals import Refusal, field_refusal


class TreatmentKind(StrEnum):
    ANTIDEPRESSANT = "ANTIDEPRESSANT"
    BENZODIAZEPINE = "BENZODIAZEPINE"
    SEDATIVE_HYPNOTIC = "SEDATIVE_HYPNOTIC"
    OPIOID = "OPIOID"
    PSYCHOSTIMULANT = "PSYCHOSTIMULANT"
    MAOI = "MAOI"
    PSYCHOTHERAPY = "PSYCHOTHERAPY"
    OTHER = "OTHER"


class Flag(StrEnum):
    """What it may add to."""

    SEDATION = "SEDATION"  # and respiratory depression
    BLOOD_PRESSURE = "BLOOD_PRESSURE"


# The label's concomitant medicines [P].
FLAG_OF = {
    TreatmentKind.BENZODIAZEPINE: Flag.SEDATION,
    TreatmentKind.SEDATIVE_HYPNOTIC: Flag.SEDATION,
    TreatmentKind.OPIOID: Flag.SEDATION,
    TreatmentKind.PSYCHOSTIMULANT: Flag.BLOOD_PRESSURE,
    TreatmentKind.MAOI: Flag.BLOOD_PRESSURE,
}


def flag_of(kind: str) -> Flag | None:
    return FLAG_OF.get(TreatmentKind(kind))


def goes_on(from_date: date | None, to_date: date | None, day: date) -> bool:
    """Its last day is a day of it; begun nobody knows when is begun."""
    return (from_date is None or from_date <= day) and (to_date is None or day <= to_date)


def day_refusals(from_date: date | None, to_date: date | None, *, today: date) -> Iterator[Refusal]:
    """What has begun has begun by today. An end may be planned."""
    if from_date is not None and from_date > today:
        yield field_refusal("from_date", "future_day")
    if from_date is not None and to_date is not None and to_date < from_date:
        yield field_refusal("to_date", "before_begin")


def kinds_offered(*, antidepressant_required: bool) -> Iterable[TreatmentKind]:
    """Where the indication requires an oral antidepressant the prescriber records it, signed: there is no second way
    of saying it."""
    return [kind for kind in TreatmentKind if not (antidepressant_required and kind is TreatmentKind.ANTIDEPRESSANT)]
