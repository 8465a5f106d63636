"""The number of a DEA registration, by its published rule."""

import re

from clinic.rules.refusals import Refusal, field_refusal

_SHAPE = re.compile(r"[A-HJ-MPRSTUX][A-Z9]\d{7}")


def dea_number_refusals(number: str, *, name: str = "number") -> tuple[Refusal, ...]:
    """Two letters (the second may be 9) and seven digits: the last digit of first + third + fifth + twice
    (second + fourth + sixth) is the seventh."""
    if not _SHAPE.fullmatch(number):
        return (field_refusal(name, "dea_shape"),)
    first, second, third, fourth, fifth, sixth, check = map(int, number[2:])
    if (first + third + fifth + 2 * (second + fourth + sixth)) % 10 != check:
        return (field_refusal(name, "dea_check_digit"),)
    return ()


def tidy_dea_number(typed: str) -> str:
    """As it is printed: capitals, no spaces or dashes."""
    return re.sub(r"[\s-]", "", typed).upper()
