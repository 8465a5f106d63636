"""The packs that a programme's drug comes in, as its file states them."""

import re
from collections.abc import Callable
from typing import Any

from clinic.rules.pack import Product

_NDC = re.compile(r"\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d")  # the three ways its ten digits part


def read_products(entries: list[Any], *, fail: Callable[[str, str], Exception]) -> tuple[Product, ...]:
    """Each product once, with its National Drug Code and how many devices a pack of it holds."""
    products = tuple(_product(entry, f"products[{index}]", fail) for index, entry in enumerate(entries))
    if len({product.ndc.replace("-", "") for product in products}) != len(products):
        raise fail("products", "two products have the same ndc")
    return products


def _product(entry: Any, path: str, fail: Callable[[str, str], Exception]) -> Product:
    if not isinstance(entry, dict) or set(entry) != {"ndc", "devices"}:
        raise fail(path, "must say ndc and devices, and nothing else")
    ndc, devices = entry["ndc"], entry["devices"]
    if not isinstance(ndc, str) or not _NDC.fullmatch(ndc):
        raise fail(f"{path}.ndc", "must be ten digits parted 4-4-2, 5-3-2 or 5-4-1")
    if type(devices) is not int or devices < 1:
        raise fail(f"{path}.devices", "must be a whole number above 0")
    return Product(ndc, devices)
