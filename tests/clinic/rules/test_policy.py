"""A facility tightens a programme's numbers up to their bounds, and loosens none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.policy import Number, Tighten, numbers_in_force, policy_refusals
from clinic.rules.refusals import ClearedBy

STAY = Number("minimum_stay_minutes", 120, 240, Tighten.UP, "min", "P")
LINE = Number("systolic_line_mmhg", 140, 130, Tighten.DOWN, "mmHg", "P")
FIXED = Number("moaas_normal", 5, 5, Tighten.UP, "score", "D")
NUMBERS = {number.name: number for number in (STAY, LINE, FIXED)}


@pytest.mark.parametrize(
    ("number", "value", "admitted"),
    [
        (STAY, 119, False),
        (STAY, 120, True),
        (STAY, 121, True),
        (STAY, 239, True),
        (STAY, 240, True),
        (STAY, 241, False),
        (LINE, 141, False),
        (LINE, 140, True),
        (LINE, 139, True),
        (LINE, 131, True),
        (LINE, 130, True),
        (LINE, 129, False),
        (FIXED, 4, False),
        (FIXED, 5, True),
        (FIXED, 6, False),
    ],
)
def test_admits_from_the_programmes_own_number_up_to_the_bound(number: Number, value: int, admitted: bool) -> None:
    assert number.admits(value) is admitted
    assert (policy_refusals(NUMBERS, {number.name: value}) == ()) is admitted


def test_says_what_may_be_entered_instead() -> None:
    loose, unknown = policy_refusals(NUMBERS, {"minimum_stay_minutes": 60, "blink_rate": 3})

    assert (loose.code, loose.cleared_by) == ("FIELD", (ClearedBy.DOCUMENTATION,))
    assert loose.params == {
        "field": "minimum_stay_minutes",
        "problem": "outside_bounds",
        "value": 60,
        "own": 120,
        "bound": 240,
        "unit": "min",
    }
    assert unknown.params == {"field": "blink_rate", "problem": "unknown_number"}


def test_puts_the_overrides_over_the_programmes_own_numbers() -> None:
    assert numbers_in_force(NUMBERS, {}) == {"minimum_stay_minutes": 120, "systolic_line_mmhg": 140, "moaas_normal": 5}
    assert numbers_in_force(NUMBERS, {"systolic_line_mmhg": 135})["systolic_line_mmhg"] == 135


@given(st.dictionaries(st.sampled_from([*NUMBERS, "blink_rate"]), st.integers(-10, 300)))
def test_puts_nothing_in_force_that_loosens_or_passes_a_bound(overrides: dict[str, int]) -> None:
    if policy_refusals(NUMBERS, overrides):
        with pytest.raises(ValueError, match=r"^a policy outside the programme's bounds cannot be in force$"):
            numbers_in_force(NUMBERS, overrides)
        return
    for name, value in numbers_in_force(NUMBERS, overrides).items():
        number = NUMBERS[name]
        stricter = value - number.value if number.tighten is Tighten.UP else number.value - value
        assert 0 <= stricter <= abs(number.bound - number.value)
        assert value == overrides.get(name, number.value)
