"""The packs of a programme's file: each once, with a number that can be one."""

from typing import Any

import pytest

from clinic.rules.pack import Product
from sessions_app.rules.products import read_products
from sessions_app.rules.program import ProgramError

TWO, SINGLE = {"ndc": "50458-028-02", "devices": 2}, {"ndc": "9999-0042-04", "devices": 1}


def read(*entries: Any) -> tuple[Product, ...]:
    return read_products(list(entries), fail=lambda key, reason: ProgramError("file", key, reason))


def test_reads_each_pack() -> None:
    assert read() == ()
    assert read(TWO, SINGLE) == (Product("50458-028-02", 2), Product("9999-0042-04", 1))
    assert read({"ndc": "50458-0280-2", "devices": 3}) == (Product("50458-0280-2", 3),)


@pytest.mark.parametrize(
    ("entry", "key", "reason"),
    [
        ("50458-028-02", "products[1]", "must say ndc and devices, and nothing else"),
        ({"ndc": "50458-028-02"}, "products[1]", "must say ndc and devices, and nothing else"),
        ({**SINGLE, "label": "one"}, "products[1]", "must say ndc and devices, and nothing else"),
        ({**SINGLE, "ndc": 5045802802}, "products[1].ndc", "must be ten digits parted 4-4-2, 5-3-2 or 5-4-1"),
        ({**SINGLE, "ndc": "5045802802"}, "products[1].ndc", "must be ten digits parted 4-4-2, 5-3-2 or 5-4-1"),
        ({**SINGLE, "devices": 0}, "products[1].devices", "must be a whole number above 0"),
        ({**SINGLE, "devices": 1.5}, "products[1].devices", "must be a whole number above 0"),
        ({**SINGLE, "devices": True}, "products[1].devices", "must be a whole number above 0"),
        ({"ndc": "50458-02-802", "devices": 1}, "products[1].ndc", "must be ten digits parted 4-4-2, 5-3-2 or 5-4-1"),
        ({"ndc": "50458-0280-2", "devices": 2}, "products", "two products have the same ndc"),
    ],
)
def test_says_what_is_wrong_with_one(entry: Any, key: str, reason: str) -> None:
    with pytest.raises(ProgramError) as error:
        read(TWO, entry)
    assert str(error.value) == f"file: {key}: {reason}"
