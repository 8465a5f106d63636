"""Kits of one lot are counted by their product, where each of the lot came with it."""

import pytest

from clinic.actions.count import question_count
from clinic.models import Device
from clinic.models.count import count_facts, counts_of, expected_in, lots_to_count, marks_of
from clinic.models.discrepancy import may_be_missing
from clinic.rules.count import Lot
from clinic.rules.pack import gtin_of, product_of
from clinic.rules.stock import StockKind
from tests.clinic.actions.test_count import LOT, cabinet_of, count, three, waste
from tests.factories import NINE, Cast, entry, make_device, make_devices, make_patient, minutes

__all__ = ["three"]
pytestmark = pytest.mark.paperwork
TWO, THREE = "5045802802", "5045802803"


def lot_of(ndc: str) -> Lot:
    return Lot("esketamine", "K-1", StockKind.BULK, ndc)


def in_pack(cast: Cast, *, number: str, ndc: str) -> list[Device]:
    """One of lot K-1."""
    product = product_of(gtin_of(ndc), cast.program_version.program.products)
    assert product is not None
    return make_devices(cast, number=number, lot="K-1", devices=product.devices, product=product)


def test_two_kits_of_one_lot_are_counted_apart(cast: Cast, three: list[Device]) -> None:
    packs = [in_pack(cast, number="P-20", ndc=TWO), in_pack(cast, number="P-30", ndc=THREE)]
    of_two, of_three = lot_of(TWO), lot_of(THREE)
    assert expected_in(cabinet_of(cast)) == {of_two: 2, of_three: 3, LOT: 3}
    assert lots_to_count(cabinet_of(cast), at=NINE) == [of_two, of_three, LOT]
    marks = marks_of(cabinet_of(cast), [of_two, of_three])
    waste(cast, packs[0][0])
    moved = marks_of(cabinet_of(cast), [of_two, of_three])
    assert [moved[lot] == marks[lot] for lot in (of_two, of_three)] == [False, True]


def test_a_lot_of_which_some_came_without_their_product_is_counted_whole(cast: Cast) -> None:
    """Nobody could tell them apart."""
    in_pack(cast, number="P-20", ndc=TWO)
    make_device(cast, lot="k-1", patient=make_patient(cast))
    named = Lot("esketamine", "K-1", StockKind.PATIENT_SPECIFIC)
    assert expected_in(cabinet_of(cast)) == {lot_of(TWO): 2, named: 1}
    make_device(cast, lot="k-1")
    assert expected_in(cabinet_of(cast)) == {lot_of(""): 3, named: 1}


def test_it_is_of_one_product_where_that_was_counted(cast: Cast) -> None:
    in_pack(cast, number="P-20", ndc=TWO)
    missing = in_pack(cast, number="P-30", ndc=THREE)
    of_two, of_three = lot_of(TWO), lot_of(THREE)
    first = count(cast, counted={of_two: 2, of_three: 1})
    (opened,) = question_count(count=first, text="?", entry=entry(), by=cast.nora, now=NINE + minutes(5))
    assert (opened.of, opened.difference) == (of_three, -2)
    assert list(may_be_missing(opened)) == missing
    assert count_facts(counts_of(cast.facility).get(pk=first.pk)).unsettled == {}
