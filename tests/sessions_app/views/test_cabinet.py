"""The cabinet over HTTP: what is where, a device's story, and everything that is done from there and from a session."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.actions.cabinet import set_cabinet_policy
from clinic.models import Delivery, Device, Discrepancy, Signature, StockMovement, Supplier
from clinic.models.cabinet import newest_of, story_of
from clinic.presenters.time import calendar_day
from clinic.rules.cabinet import Move, Place
from clinic.rules.pack import PackCode, gtin_of
from tests.clinic.actions.cabinet_attempts import a_supplier, one_more_cabinet, waste
from tests.clock import clock_at
from tests.factories import (
    NINE,
    OPENING,
    PASSWORD,
    Cast,
    Walk,
    cleared,
    entry,
    in_monitoring,
    make_device,
    make_devices,
    make_patient,
    minutes,
)
from tests.scene import cast, clinic
from tests.sessions_app.views.forms import fill_in, hidden_fields

__all__ = ["cast", "clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]
CABINET = "/facility/cabinet/"
CODE = PackCode(gtin_of("50458-028-02"), date(2027, 12, 31), "L7-7", "S0012")


@pytest.fixture(autouse=True)
def half_past_nine() -> Iterator[None]:
    with clock_at(NINE + minutes(30)):
        yield


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


def shown(response: HttpResponse) -> str:
    assert response.status_code == 200, response.content.decode()[-1500:]
    return str(response.content.decode())


def place_of(device: Device) -> Place:
    return newest_of([device])[device.pk].place


class TestThePage:
    def test_it_says_what_is_where_and_what_happened_last(self, cast: Cast, nora: Client) -> None:
        make_devices(cast, number="W-1", devices=2, code=CODE)
        make_device(cast, number="W-9", cabinet=one_more_cabinet(cast), lot="L-8", expires_date=date(2026, 5, 1))
        waste(cast, Device.objects.get(number="W-2"))
        text = shown(nora.get(CABINET))
        for words in ("L7-7", "NDC 50458-028-02, kit of 2", "Room 2 1", "Main cabinet 1", "17 days left", "It fell."):
            assert words in text, words

    def test_a_named_patients_are_told_apart_by_their_use_by(self, cast: Cast, nora: Client) -> None:
        """Which runs from the day they came; two cabinets and two days of bulk stay one line."""
        patient, room = make_patient(cast), one_more_cabinet(cast)
        for ago, where in ((44, room), (44, None), (3, None), (2, room)):
            now = OPENING - timedelta(days=ago)
            make_device(cast, patient=patient if ago > 2 else None, cabinet=where, now=now)
        make_device(cast)
        days = [calendar_day(date(2026, 4, 15)), calendar_day(date(2026, 5, 26))]
        text = shown(nora.get(CABINET))
        for words in (*days, "Room 2 1", "Main cabinet 1"):
            assert words in text, words
        page = shown(nora.get("/facility/"))
        for words in ("2 devices, bulk", "2 devices, for", "1 device, for", *days):
            assert words in page, words

    @pytest.mark.parametrize(
        ("person", "acts", "runs"),
        [("nora", True, False), ("ada", True, True), ("fred", False, False), ("ines", False, False)],
    )
    def test_it_offers_what_its_reader_may_do(
        self, cast: Cast, client: Client, person: str, acts: bool, runs: bool
    ) -> None:
        device = make_device(cast)
        client.force_login(getattr(cast, person))
        text = shown(client.get(CABINET))
        assert ("cabinet/waste/" in text) == acts
        assert ("cabinet/set-policy/" in text) == runs
        story = shown(client.get(f"{CABINET}devices/{device.pk}/"))
        assert ("correct/" in story) == acts

    def test_its_number_of_queries_does_not_grow(
        self, cast: Cast, nora: Client, django_assert_max_num_queries: Callable[..., Any]
    ) -> None:
        taken = []
        for count in (1, 4):
            for _ in range(count):
                cleared(cast).take(NINE + minutes(28))
                make_device(cast, lot=f"L-{count}{_}")
            with CaptureQueriesContext(connection) as queries:
                nora.get(CABINET)
            taken.append(len(queries))
        assert taken[0] == taken[1] <= 20

    def test_a_devices_story_names_the_patient_to_whoever_reads_charts(self, cast: Cast, client: Client) -> None:
        given = in_monitoring(cast).rows("DeviceAdministration")[0]
        name = given.dosing_session.patient.full_name
        for person, named in (("nora", True), ("ines", True), ("ada", False), ("fred", False)):
            client.force_login(getattr(cast, person))
            text = shown(client.get(f"{CABINET}devices/{given.device_id}/"))
            assert (name in text) == named
            assert "Given" in text


class TestWhatIsDone:
    def test_each_is_done(self, cast: Cast, nora: Client) -> None:
        room, supplier = one_more_cabinet(cast), a_supplier(cast)
        for path, fields, place in (
            ("move", {"cabinet": str(room.pk)}, Place.CABINET),
            ("waste", {"reason": "It fell."}, Place.WASTED),
            ("return", {"supplier": str(supplier.pk), "invoice": "R-1"}, Place.RETURNED),
            ("report-lost", {"stolen": "stolen", "reason": "The lock is broken."}, Place.LOST),
        ):
            device = make_device(cast)
            url = f"{CABINET}{path}/?device={device.pk}"
            assert str(device.pk) in shown(nora.get(url))
            answer = fill_in(nora, url, devices=[str(device.pk)], **fields)
            assert (answer.status_code, place_of(device)) == (302, place)
        assert Discrepancy.objects.get().cause == "STOLEN"
        said = {"devices": [str(device.pk)], "cabinet": str(room.pk), "reason": "In the other drawer."}
        assert fill_in(nora, f"{CABINET}report-found/", **said).status_code == 302
        assert fill_in(nora, f"{CABINET}devices/{device.pk}/correct/", reason="Not it.").status_code == 302
        assert place_of(device) is Place.LOST

    def test_what_was_not_chosen_or_is_gone_is_said(self, cast: Cast, nora: Client) -> None:
        device = make_device(cast)
        form = hidden_fields(nora.get(f"{CABINET}waste/"))
        assert nora.post(f"{CABINET}waste/", {**form, "reason": "It fell."}).status_code == 422
        waste(cast, device)
        answer = nora.post(f"{CABINET}waste/", {**form, "reason": "It fell.", "devices": [str(device.pk)]})
        assert answer.status_code == 409
        assert "wasted" in answer.content.decode()
        assert nora.get(f"{CABINET}waste/?device=nonsense").status_code == 404

    def test_a_witness_signs_with_a_secret_of_their_own(self, cast: Cast, nora: Client) -> None:
        policy = {"witnessed": [Move.WASTED], "reason": "State law.", "entry": entry(), "by": cast.ada, "now": NINE}
        set_cabinet_policy(facility=cast.facility, **policy)
        device = make_device(cast)
        said = {"devices": [str(device.pk)], "reason": "It fell.", "witness": str(cast.nils.pk)}
        wrong = fill_in(nora, f"{CABINET}waste/", **said, witness_secret="nora guesses")
        assert (wrong.status_code, place_of(device)) == (409, Place.CABINET)
        assert "This is not your password" in wrong.content.decode()
        assert "nora guesses" not in wrong.content.decode()
        assert str(cast.nora.pk) not in shown(nora.get(f"{CABINET}waste/"))
        assert fill_in(nora, f"{CABINET}waste/", **said, witness_secret=PASSWORD).status_code == 302
        signature = Signature.objects.get(meaning="WITNESSED")
        assert (signature.performed_by, signature.recorded_by) == (cast.nils, cast.nora)

    def test_it_is_set_up(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ada)
        heather = {"name": "Heather Supply", "address": "2 Mill Lane", "dea_number": "RH1234564"}
        assert fill_in(client, f"{CABINET}record-supplier/", **heather).status_code == 409
        assert (
            fill_in(client, f"{CABINET}record-supplier/", **{**heather, "dea_number": "rh-1234563"}).status_code == 302
        )
        assert fill_in(client, f"{CABINET}add/", name="Room 2").status_code == 302
        assert fill_in(client, f"{CABINET}set-policy/", witnessed=["WASTED"], reason="State law.").status_code == 302
        assert "Room 2" in shown(client.get(CABINET))
        assert Supplier.objects.get().dea_number == "RH1234563"


class TestReceiving:
    def test_packs_of_one_delivery_are_received_one_after_the_other(self, cast: Cast, nora: Client) -> None:
        supplier = a_supplier(cast)
        url = "/facility/receive-device/"
        pack = {
            "program": "esketamine",
            "product": "50458-028-02",
            "lot": "L-1",
            "expires_date": "2027-12-31",
            "again": "1",
        }
        new = {"supplier": str(supplier.pk), "invoice": "4711"}
        first = fill_in(nora, url, number="D-1", devices="2", **pack, **new)
        delivery = Delivery.objects.get()
        assert first["Location"] == f"{url}?delivery={delivery.pk}"
        page = shown(nora.get(first["Location"]))
        assert f'value="{delivery.pk}" selected' in page
        fill_in(nora, url, number="D-3", devices="1", delivery=str(delivery.pk), **pack)
        receipts = StockMovement.objects.filter(kind="RECEIVED")
        assert {receipt.delivery for receipt in receipts} == {delivery}
        assert receipts.count() == 3


class TestOfASession:
    @pytest.fixture
    def walk(self, cast: Cast) -> Walk:
        return cleared(cast)

    def page(self, walk: Walk, step: str) -> str:
        return f"/dosing-sessions/{walk.dosing_session.pk}/{step}/"

    def test_a_scan_ticks_what_is_still_to_be_taken_of_a_kit(self, cast: Cast, nora: Client, walk: Walk) -> None:
        devices = make_devices(cast, number="W-7", devices=2, code=CODE)
        url = self.page(walk, "take-devices")
        asked = {**hidden_fields(nora.get(url)), "code": CODE.printed, "read_code": "1"}
        text = shown(nora.post(url, asked, headers={"X-Requested-With": "scan"}))
        for device in devices:
            assert f'data-fill="devices" value="{device.pk}"' in text
        without_script = shown(nora.post(url, asked))
        assert without_script.count(" checked") == 2
        walk.take(NINE + minutes(29), devices[0])
        again = shown(nora.post(url, asked, headers={"X-Requested-With": "scan"}))
        assert str(devices[0].pk) not in again
        assert str(devices[1].pk) in again

    def test_it_takes_and_puts_back_and_the_page_says_so(self, cast: Cast, nora: Client, walk: Walk) -> None:
        devices = make_devices(cast, number="W-7", devices=2, code=CODE)
        url = self.page(walk, "take-devices")
        assert "Take 2 devices" in shown(nora.get(url))
        assert fill_in(nora, url, devices=[str(device.pk) for device in devices]).status_code == 302
        session = shown(nora.get(f"/dosing-sessions/{walk.dosing_session.pk}/"))
        assert "Taken from the cabinet: W-7, W-8" in session
        assert "Taken, not given yet." in session
        back = self.page(walk, "put-back-devices")
        assert fill_in(nora, back, devices=[str(devices[1].pk)]).status_code == 302
        assert walk.taken() == [devices[0]]
        wasted = self.page(walk, "waste-taken-devices")
        assert fill_in(nora, wasted, devices=[str(devices[0].pk)], reason="It fell.").status_code == 302
        assert walk.taken() == []
        assert [row.kind for row in story_of(devices[0])] == ["RECEIVED", "DRAWN", "WASTED"]

    def test_what_is_left_after_the_end_is_loud(self, cast: Cast, nora: Client, walk: Walk) -> None:
        (device,) = walk.take(NINE + minutes(28))
        walk.end_not_dosed(NINE + minutes(29))
        text = shown(nora.get(f"/dosing-sessions/{walk.dosing_session.pk}/"))
        assert "Taken, and not given." in text
        assert "Unaccounted for" in shown(nora.get(CABINET))
        fill_in(nora, self.page(walk, "put-back-devices"), devices=[str(device.pk)])
        assert "Taken, and not given." not in shown(nora.get(f"/dosing-sessions/{walk.dosing_session.pk}/"))
