"""receive_devices."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clinic.actions.stock import receive_devices
from clinic.identifiers import new_id
from clinic.models import Device, User
from clinic.models.stock import received_pack
from clinic.rules.pack import PackCode, Product, gtin_of
from clinic.rules.stock import StockKind
from sessions_app.actions.cabinet import correct_movement
from tests.expect import denied, refused
from tests.factories import NINE, Cast, entry, facility_of, make_patient, minutes

CODE = PackCode(gtin_of("50458-028-03"), date(2027, 1, 31), "L-1", "S1")
THREE = Product("50458-028-03", 3)


def receive(cast: Cast, **fields: Any) -> Device:
    return receive_all(cast, **fields)[0]


def receive_pack(cast: Cast, **fields: Any) -> list[Device]:
    return receive_all(cast, **{"code": CODE, "product": THREE, "devices": 3, **fields})


def receive_all(cast: Cast, **fields: Any) -> list[Device]:
    said = {
        "facility": cast.facility,
        "program_code": "esketamine",
        "number": " D-1 ",
        "lot": " L-1 ",
        "expires_date": date(2027, 1, 31),
        "entry": entry(),
        "by": cast.nora,
        "now": NINE,
    }
    return receive_devices(**{**said, **fields})


class TestReceiveDevices:
    def test_it_is_bulk_without_a_patient(self, cast: Cast) -> None:
        device = receive(cast)
        assert (device.kind, device.patient, device.number, device.lot) == (StockKind.BULK, None, "D-1", "L-1")

    def test_it_is_the_patients_own_with_one(self, cast: Cast) -> None:
        patient = make_patient(cast)
        device = receive(cast, patient=patient)
        assert (device.kind, device.patient) == (StockKind.PATIENT_SPECIFIC, patient)

    def test_it_refuses_a_number_in_use(self, cast: Cast) -> None:
        receive(cast)
        with refused("FIELD", field="number"):
            receive(cast, number="D-1")

    def test_it_takes_the_same_number_at_another_facility(self, cast: Cast, otto: User) -> None:
        receive(cast)
        assert receive(cast, facility=facility_of(otto), by=otto).number == "D-1"

    def test_it_refuses_a_device_without_a_number(self, cast: Cast) -> None:
        with refused("FIELD", field="number"):
            receive(cast, number=" ")

    def test_it_refuses_a_receipt_still_to_come_which_would_lengthen_its_use_by(self, cast: Cast) -> None:
        assert receive(cast, entry=entry(NINE)).occurred_at == NINE
        with refused("FIELD", field="occurred_time"):
            receive(cast, number="D-2", entry=entry(NINE + minutes(1)))

    def test_it_denies_a_patient_of_another_organisation(self, cast: Cast, otto: User) -> None:
        patient = make_patient(cast)
        with denied():
            receive(cast, facility=facility_of(otto), by=otto, patient=patient)

    def test_it_counts_on_from_the_first_number(self, cast: Cast) -> None:
        devices = receive_all(cast, number="D-9", devices=3)
        assert [device.number for device in devices] == ["D-9", "D-10", "D-11"]
        assert {(device.gtin, device.serial, device.pack_place) for device in devices} == {(None, None, None)}

    @pytest.mark.parametrize(
        ("fields", "field"),
        [({"number": "blue", "devices": 2}, "number"), ({"devices": 0}, "devices"), ({"devices": 51}, "devices")],
    )
    def test_it_refuses_what_cannot_be_counted(self, cast: Cast, fields: dict[str, Any], field: str) -> None:
        with refused("FIELD", field=field):
            receive_all(cast, **fields)

    def test_it_writes_all_of_them_or_none(self, cast: Cast) -> None:
        receive(cast, number="D-3")
        with refused("FIELD", field="number") as caught:
            receive_all(cast, number="D-2", devices=3)
        assert caught.value.refusals[0].params["value"] == "D-3"


class TestReceiveAPack:
    def test_it_keeps_what_its_code_says(self, cast: Cast) -> None:
        devices = receive_pack(cast)
        assert [(device.gtin, device.serial, device.pack_place) for device in devices] == [
            (CODE.gtin, "S1", place) for place in (1, 2, 3)
        ]

    def test_it_comes_in_again_once_its_receipt_was_taken_back(self, cast: Cast) -> None:
        for device in receive_pack(cast):
            said = {"facility": cast.facility, "entry": entry(), "by": cast.nora, "now": NINE}
            correct_movement(device=device, reason="Not ours.", **said)
        again = receive_pack(cast, number="D-5")
        assert received_pack(cast.facility, CODE) == tuple(each.number for each in again) == ("D-5", "D-6", "D-7")

    def test_it_has_one_effect_when_its_form_is_sent_twice(self, cast: Cast) -> None:
        form = entry()
        assert receive_pack(cast, entry=form) == receive_pack(cast, entry=form)
        assert Device.objects.count() == 3

    @pytest.mark.parametrize(
        ("fields", "problem"),
        [
            ({"product": None}, "other_product"),
            ({"now": NINE + timedelta(days=400)}, "expired"),
        ],
    )
    def test_it_refuses_another_product_and_one_past_its_day(
        self, cast: Cast, fields: dict[str, Any], problem: str
    ) -> None:
        with refused("PACK") as caught:
            receive_pack(cast, **fields)
        assert caught.value.refusals[0].params["problem"] == problem

    def test_it_reads_the_day_at_the_facility(self, cast: Cast) -> None:
        last = datetime(2027, 1, 31, 23, 59, tzinfo=cast.facility.zone)
        assert receive_pack(cast, now=last)
        with refused("PACK"):
            receive_pack(cast, number="D-9", code=replace(CODE, serial="S2"), now=last + minutes(1))

    def test_it_comes_in_once_at_each_facility(self, cast: Cast, otto: User) -> None:
        receive_pack(cast)
        with refused("PACK") as caught:
            receive_pack(cast, number="D-9")
        assert caught.value.refusals[0].params["numbers"] == ("D-1", "D-2", "D-3")
        assert receive_pack(cast, facility=facility_of(otto), by=otto)

    @pytest.mark.parametrize(
        ("fields", "field"),
        [({"lot": "L-2"}, "lot"), ({"expires_date": date(2027, 2, 28)}, "expires_date"), ({"devices": 4}, "devices")],
    )
    def test_it_refuses_what_the_code_does_not_say(self, cast: Cast, fields: dict[str, Any], field: str) -> None:
        with refused("FIELD", field=field):
            receive_pack(cast, **fields)

    @pytest.mark.parametrize(
        "columns",
        [
            {"gtin": "35045802803"},
            {"serial": "S1", "pack_place": 1},
            {"serial": "S1"},
            {"gtin": CODE.gtin, "serial": "S1"},
            {"gtin": "35045802803", "serial": "S1", "pack_place": 1},
            {"gtin": CODE.gtin, "serial": "", "pack_place": 1},
        ],
    )
    def test_it_is_whole_in_the_database(self, cast: Cast, columns: dict[str, Any]) -> None:
        device = receive(cast)
        copy = {field.attname: getattr(device, field.attname) for field in Device._meta.fields}
        with pytest.raises(IntegrityError, match=r"device_(gtin|serial)"), transaction.atomic():
            Device.objects.create(**{**copy, "id": new_id(), "number": "D-2", **columns})
