"""The number of a DEA registration, and its check digit."""

import pytest

from clinic.rules.dea import dea_number_refusals, tidy_dea_number
from clinic.rules.refusals import field_refusal


@pytest.mark.parametrize("number", ["AB1234563", "F91234563", "MX9876547", "AB1234676"])
def test_it_takes_a_number_whose_last_digit_fits(number: str) -> None:
    assert dea_number_refusals(number) == ()


@pytest.mark.parametrize("last", [digit for digit in range(10) if digit != 3])
def test_it_refuses_every_other_last_digit(last: int) -> None:
    (refusal,) = dea_number_refusals(f"AB123456{last}", name="dea")
    assert (refusal.params["field"], refusal.params["problem"]) == ("dea", "dea_check_digit")


@pytest.mark.parametrize("number", ["", "AB123456", "AB12345634", "A11234563", "1B1234563", "AB12E4563", "WB1234563"])
def test_it_refuses_another_shape(number: str) -> None:
    assert dea_number_refusals(number) == (field_refusal("number", "dea_shape"),)


def test_it_is_tidied_as_it_is_printed() -> None:
    assert tidy_dea_number(" ab-123 4563 ") == "AB1234563"
