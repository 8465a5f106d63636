"""The sheet of a count, where one lot came in two kits."""

from uuid import uuid4

import pytest
from django.test import Client

from clinic.models.cabinet import cabinets_of
from tests.factories import Cast, make_devices
from tests.scene import cast, clinic
from tests.sessions_app.views.test_counts import COUNTS, hidden, nine, nora, text_of, url

__all__ = ["cast", "clinic", "nine", "nora"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]


def test_a_lot_of_another_kit_is_said_below(cast: Cast, nora: Client) -> None:
    two, three = cast.program_version.program.products
    make_devices(cast, number="P-1", lot="K-1", devices=2, product=two)
    page = url("count-cabinet", cabinets_of(cast.facility)[0])
    text = text_of(nora, page)
    assert "Lot K-1, NDC 50458-028-02, kit of 2, bulk" in text
    said = {**hidden(text), "moment": "CLOSE", "count_0": "2", "other_lot_0": "k-1", "other_count_0": "3"}
    for ndc in ("", two.ndc):
        answer = nora.post(page, {**said, "entry_id": str(uuid4()), "other_product_0": ndc})
        assert (answer.status_code, "stands above" in answer.content.decode()) == (422, True)
    assert nora.post(page, {**said, "other_product_0": three.ndc}).status_code == 302
    text = text_of(nora, COUNTS)
    assert "Lot K-1, NDC 50458-028-03, kit of 3, bulk: not as in the book" in text
    assert "lot K-1 (NDC 5045802803, bulk)" in text
