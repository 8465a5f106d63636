import pytest

from clinic.rules.whole_number import whole_number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("999999999", 999_999_999),
        ("1000000000", None),
        ("9" * 5000, None),
        ("", None),
        ("-1", None),
        ("1.0", None),
        (" 1", None),
        ("1_000", None),
        ("٣", None),
        ("²", None),
    ],
)
def test_it_is_of_a_few_of_our_own_digits(said: str, number: int | None) -> None:
    assert whole_number(said) == number
