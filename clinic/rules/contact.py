"""How a person at work and a facility are reached, as an American form asks it."""

import re

from clinic.rules.refusals import Refusal, field_refusal, reason_refusals

_STATE, _ZIP = re.compile(r"[A-Z]{2}"), re.compile(r"[0-9]{5}(-[0-9]{4})?")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def is_mail(email: str) -> bool:
    """Whether it can be an address; nobody knows before somebody writes to it."""
    return bool(_MAIL.fullmatch(email))


def person_contact_refusals(*, first_name: str, last_name: str, email: str) -> tuple[Refusal, ...]:
    """FIELD: both names, and an address that can be one, or none."""
    named = (
        *reason_refusals(first_name, name="first_name"),
        *reason_refusals(last_name, name="last_name"),
    )
    return named if not email or is_mail(email) else (*named, field_refusal("email", "unknown_email"))


def address_refusals(*, address_1: str, city: str, state: str, zip_code: str) -> tuple[Refusal, ...]:
    """FIELD: line, city, two letters of the state, and five or nine digits."""
    refusals = (*reason_refusals(address_1, name="address_1"), *reason_refusals(city, name="city"))
    if not _STATE.fullmatch(state):
        refusals = (*refusals, field_refusal("state", "unknown_state"))
    return refusals if _ZIP.fullmatch(zip_code) else (*refusals, field_refusal("zip_code", "unknown_zip"))
