"""What a person may fill into a field of a form."""

import re
from datetime import date

from clinic.rules.refusals import Refusal, field_refusal
from clinic.rules.whole_number import whole_number
from sessions_app.rules.checks import POSSIBLE
from sessions_app.rules.edition import FormField

LONGEST = 500
MOST_MINUTES = 24 * 60
_PRESSURE = re.compile(r"^(\d{2,3})\s*/\s*(\d{2,3})$")


def cleaned(field: FormField, value: str) -> str:
    """As it is kept: without what surrounds it, a pressure without blanks, a number without leading zeros."""
    value = value.strip()
    if field.kind == "blood_pressure" and (found := _PRESSURE.match(value)):
        return f"{int(found[1])}/{int(found[2])}"
    number = whole_number(value) if field.kind in ("minutes", "number") else None
    return value if number is None else str(number)


def answer_refusals(field: FormField, value: str, *, derived: str, reason: str, answered: bool) -> tuple[Refusal, ...]:
    """FIELD: a value that this kind of field does not take; nothing new; no reason where the record says otherwise.
    An empty value takes back what was answered: there must be something, and against the record a reason."""
    refusals: tuple[Refusal, ...] = ()
    if not value and not answered:
        return (field_refusal("value", "nothing_entered"),)
    if value and (value == derived or not _fits(field, value)):
        refusals = (field_refusal("value", "as_derived" if value == derived else f"not_{field.kind}"),)
    if derived and not reason.strip():
        refusals = (*refusals, field_refusal("reason", "reason_missing"))
    return refusals


def _fits(field: FormField, value: str) -> bool:
    if field.options:
        return value in field.options
    if field.kind == "date":
        return _is_date(value)
    if field.kind in ("minutes", "number"):
        return (number := whole_number(value)) is not None and number <= MOST_MINUTES
    if field.kind == "blood_pressure":
        return _is_pressure(value)
    return len(value) <= LONGEST


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_pressure(value: str) -> bool:
    found = _PRESSURE.match(value)
    if found is None:
        return False
    systolic, diastolic = int(found[1]), int(found[2])
    (low, high), (low_2, high_2) = POSSIBLE["systolic_mmhg"], POSSIBLE["diastolic_mmhg"]
    return low <= systolic <= high and low_2 <= diastolic <= high_2 and diastolic < systolic
