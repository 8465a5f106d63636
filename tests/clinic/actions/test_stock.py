"""receive_device."""

from datetime import date
from typing import Any

from clinic.actions.stock import receive_device
from clinic.models import Device, User
from clinic.rules.stock import StockKind
from tests.expect import denied, refused
from tests.factories import NINE, Cast, entry, facility_of, make_patient, minutes


def receive(cast: Cast, **fields: Any) -> Device:
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
    return receive_device(**{**said, **fields})


class TestReceiveDevice:
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
