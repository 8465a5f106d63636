"""What happens to devices of the cabinet besides a session."""

from collections.abc import Callable
from typing import Any

import pytest

from clinic.actions import cabinet
from clinic.actions.delivery import Arrival
from clinic.actions.entry import Proof
from clinic.models import Cabinet, Device, Signature
from clinic.models.cabinet import devices_at, newest_of, story_of
from clinic.rules.cabinet import Move, Place
from clinic.rules.roles import Role
from clinic.rules.signature import Factor, Meaning
from tests.clinic.actions.cabinet_attempts import a_supplier, lose, one_more_cabinet, waste
from tests.expect import refused
from tests.factories import NINE, Cast, employ, entry, in_monitoring, make_cast, make_device, make_devices

pytestmark = pytest.mark.paperwork


@pytest.fixture
def device(cast: Cast) -> Device:
    return make_device(cast)


def place_of(device: Device) -> Place:
    return newest_of([device])[device.pk].place


def said(cast: Cast, **fields: Any) -> dict[str, Any]:
    return {"facility": cast.facility, "entry": entry(), "by": cast.nora, "now": NINE, **fields}


def move(cast: Cast, *devices: Device, to: Cabinet) -> Any:
    return cabinet.move_devices(devices=devices, cabinet=to, **said(cast))


def send_back(cast: Cast, *devices: Device, **fields: Any) -> Any:
    delivery = Arrival(a_supplier(cast), fields.pop("invoice", "R-1"), fields.pop("document", None))
    return cabinet.return_devices(devices=devices, delivery=delivery, **said(cast, **fields))


class TestWhereADeviceIs:
    def test_it_is_in_the_first_cabinet_when_it_is_received(self, cast: Cast, device: Device) -> None:
        first = Cabinet.objects.get()
        (receipt,) = story_of(device)
        assert (receipt.kind, receipt.from_place, receipt.to_id) == (Move.RECEIVED, Place.SUPPLIER, first.pk)
        assert list(devices_at(Place.CABINET, where=first.pk)) == [device]

    def test_it_moves_to_another_cabinet(self, cast: Cast, device: Device) -> None:
        other = one_more_cabinet(cast)
        move(cast, device, to=other)
        assert list(devices_at(Place.CABINET, where=other.pk)) == [device]
        with refused("FIELD", field="cabinet"):
            move(cast, device, to=other)

    def test_it_never_moves_to_another_registered_location(self, cast: Cast, device: Device) -> None:
        elsewhere = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        there = Cabinet.objects.get(facility=elsewhere.facility)
        with refused("FIELD", field="cabinet"):
            move(cast, device, to=there)
        employ(cast.nora, elsewhere.facility, Role.NURSE)
        with refused("FIELD", field="devices"):
            cabinet.move_devices(devices=[device], cabinet=there, **said(elsewhere, by=cast.nora))

    @pytest.mark.parametrize(
        ("leave", "place"), [(waste, Place.WASTED), (lose, Place.LOST), (send_back, Place.RETURNED)]
    )
    def test_it_leaves_once(self, cast: Cast, device: Device, leave: Callable[..., Any], place: Place) -> None:
        leave(cast, device)
        assert place_of(device) is place
        with refused("MOVEMENT"):
            waste(cast, device)

    def test_it_is_not_wasted_once_it_was_given(self, cast: Cast) -> None:
        given = in_monitoring(cast).rows("DeviceAdministration")[0].device
        with refused("MOVEMENT"):
            waste(cast, given)

    @pytest.mark.parametrize("leave", [waste, lose])
    def test_it_says_why(self, cast: Cast, device: Device, leave: Callable[..., Any]) -> None:
        with refused("FIELD", field="reason"):
            leave(cast, device, reason=" ")

    def test_all_go_or_none(self, cast: Cast) -> None:
        devices = make_devices(cast, number="P-1", devices=3)
        waste(cast, devices[1])
        with refused("MOVEMENT"):
            waste(cast, *devices)
        with refused("FIELD", field="devices"):
            waste(cast)

    def test_it_is_found_again(self, cast: Cast, device: Device) -> None:
        first = Cabinet.objects.get()
        lose(cast, device)
        cabinet.report_found(devices=[device], cabinet=first, reason="Behind the drawer.", **said(cast))
        assert place_of(device) is Place.CABINET


class TestWitness:
    @pytest.fixture(autouse=True)
    def policy(self, cast: Cast) -> None:
        policy = {"witnessed": [Move.WASTED], "reason": "State law."}
        cabinet.set_cabinet_policy(**policy, **said(cast, by=cast.ada))

    def test_it_is_asked_where_the_clinic_asks_for_it(self, cast: Cast, device: Device) -> None:
        with refused("FIELD", field="witness"):
            waste(cast, device)
        lose(cast, device)

    def test_it_is_somebody_else_who_is_licensed_here(self, cast: Cast, device: Device) -> None:
        for person in (cast.nora, cast.ada, cast.fred):
            with refused("FIELD", field="witness"):
                waste(cast, device, witness=person)

    def test_it_is_signed_by_whoever_saw_it(self, cast: Cast, device: Device) -> None:
        with refused("WITNESS"):
            waste(cast, device, witness=cast.nils)
        with refused("WITNESS"):
            waste(cast, device, witness=cast.nils, entry=entry(witness_proof=Proof(cast.nora.pk, Factor.PIN, NINE)))

        proof = Proof(cast.nils.pk, Factor.PIN, NINE)
        (step,) = waste(cast, device, witness=cast.nils, entry=entry(witness_proof=proof))

        signature = Signature.objects.get(row_id=step.pk)
        assert (signature.performed_by, signature.meaning) == (cast.nils, Meaning.WITNESSED)
        assert (step.witness, signature.factor) == (cast.nils, Factor.PIN)
