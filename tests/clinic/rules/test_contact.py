"""How a person at work and a facility are reached, as an American form asks it."""

import pytest

from clinic.rules.contact import address_refusals, person_contact_refusals
from clinic.rules.refusals import field_refusal

pytestmark = pytest.mark.paperwork


@pytest.mark.parametrize("email", ["", "ada@example.org", "a.b+c@mail.example.org"])
def test_a_person_has_both_names_and_perhaps_an_address(email: str) -> None:
    assert person_contact_refusals(first_name="Ada", last_name="Admin", email=email) == ()
    assert person_contact_refusals(first_name=" ", last_name="", email=email) == (
        field_refusal("first_name", "reason_missing"),
        field_refusal("last_name", "reason_missing"),
    )


@pytest.mark.parametrize("email", ["ada", "ada@example", "ada@@example.org", "ada b@example.org", "ada@example.org\n"])
def test_an_address_is_one_that_can_be(email: str) -> None:
    assert person_contact_refusals(first_name="", last_name="Admin", email=email) == (
        field_refusal("first_name", "reason_missing"),
        field_refusal("email", "unknown_email"),
    )


@pytest.mark.parametrize("zip_code", ["10001", "10001-1234"])
def test_a_facility_has_a_line_a_city_a_state_and_a_zip_code(zip_code: str) -> None:
    assert address_refusals(address_1="1 Elm St", city="Albany", state="NY", zip_code=zip_code) == ()
    assert address_refusals(address_1="", city=" ", state="NY", zip_code=zip_code) == (
        field_refusal("address_1", "reason_missing"),
        field_refusal("city", "reason_missing"),
    )


@pytest.mark.parametrize(
    ("state", "zip_code"), [("ny", "1000"), ("New York", "100012"), ("N", "10001-123"), ("NY\n", "10001\n"), ("", "")]
)
def test_both_are_of_their_length(state: str, zip_code: str) -> None:
    assert address_refusals(address_1="1 Elm St", city="", state=state, zip_code=zip_code) == (
        field_refusal("city", "reason_missing"),
        field_refusal("state", "unknown_state"),
        field_refusal("zip_code", "unknown_zip"),
    )
