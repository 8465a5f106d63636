"""Deliveries, and whom they come from."""

import pytest

from clinic.actions.delivery import Arrival
from clinic.models import Delivery
from clinic.models.cabinet import story_of
from clinic.models.delivery import suppliers_of
from tests.clinic.actions.cabinet_attempts import a_supplier
from tests.expect import refused
from tests.factories import Cast, make_device, make_devices
from tests.files import a_file

pytestmark = pytest.mark.paperwork


class TestDeliveries:
    def test_it_comes_from_a_supplier_under_a_paper(self, cast: Cast) -> None:
        arrival = Arrival(a_supplier(cast), " 4711 ", a_file())
        devices = make_devices(cast, number="P-1", devices=2, delivery=arrival)
        delivery = Delivery.objects.get()
        assert (delivery.supplier.dea_number, delivery.invoice) == ("RH1234563", "4711")
        assert delivery.document is not None
        more = make_device(cast, delivery=delivery)
        assert {story_of(each)[0].delivery for each in (*devices, more)} == {delivery}

    def test_it_has_a_number(self, cast: Cast) -> None:
        arrival = Arrival(a_supplier(cast), " ")
        with refused("FIELD", field="invoice"):
            make_device(cast, delivery=arrival)

    def test_a_supplier_is_as_it_was_told_last_and_a_delivery_as_it_came(self, cast: Cast) -> None:
        before = a_supplier(cast)
        make_device(cast, delivery=Arrival(before, "4711"))
        after = a_supplier(cast, address="9 New Road")
        assert list(suppliers_of(cast.facility)) == [after]
        assert Delivery.objects.get().supplier == before
        with refused("FIELD", field="dea_number"):
            a_supplier(cast, dea_number="RH1234564")
