"""Devices come into the cabinet and are handed over, over HTTP: by hand, and by scanning a pack."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clinic.models import Device
from clinic.rules.pack import PackCode, gtin_of
from sessions_app.models import DeviceAdministration
from tests.clock import clock_at
from tests.expect import nothing_written
from tests.factories import NINE, Cast, Walk, cleared, make_cast, make_device, make_devices, make_patient, minutes
from tests.sessions_app.views.forms import fill_in, hidden_fields

pytestmark = pytest.mark.django_db
FACILITY = "/facility/"
RECEIVE = "/facility/receive-device/"
CODE = PackCode(gtin_of("50458-028-03"), date(2027, 12, 31), "L7-7", "S0012")
GS = "\x1d"
RAW = f"]d201{CODE.gtin}21S0012{GS}1727120010L7-7"
OTHER = f"]d201{gtin_of('99999-999-99')}21S1{GS}1727120010L1"
OLD = f"]d201{CODE.gtin}21S0012{GS}1726041310L7-7"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def half_past_nine() -> Iterator[None]:
    with clock_at(NINE + minutes(30)):
        yield


@pytest.fixture
def ada(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ada)
    return client


def scan(client: Client, url: str, text: str, *, script: bool = True, **typed: str) -> HttpResponse:
    """As the page's script asks, or as the button does without it."""
    headers = {"X-Requested-With": "scan"} if script else {}
    with nothing_written():
        return client.post(
            url, {**hidden_fields(client.get(url)), **typed, "code": text, "read_code": "1"}, headers=headers
        )


def said(response: HttpResponse) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


class TestReceiveDevice:
    TYPED: ClassVar = {"number": "W-5001", "product": "50458-028-02", "lot": "L-80", "expires_date": "02/2028"}

    def test_it_takes_a_month_as_its_last_day(self, cast: Cast, ada: Client) -> None:
        assert fill_in(ada, "/facility/receive-device/", **self.TYPED)["Location"] == "/facility/cabinet/"
        device = Device.objects.get(number="W-5001")
        assert (device.expires_date, device.kind) == (date(2028, 2, 29), "BULK")

    def test_it_remembers_the_kit_without_a_scan(self, cast: Cast, ada: Client) -> None:
        fill_in(ada, RECEIVE, **self.TYPED, devices="2")
        fill_in(ada, RECEIVE, **{**self.TYPED, "number": "W-6001", "product": "50458-028-03"}, devices="3")
        fill_in(ada, RECEIVE, **{**self.TYPED, "number": "W-7001", "product": "not-known"})
        assert list(Device.objects.order_by("number").values_list("gtin", "serial").distinct()) == [
            *[(gtin_of("50458-028-02"), None)] * 2,
            *[(gtin_of("50458-028-03"), None)] * 3,
            (None, None),
        ]
        cabinet, device = said(ada.get("/facility/cabinet/")), Device.objects.get(number="W-6003")
        for words in ("NDC 50458-028-02, kit of 2", "NDC 50458-028-03, kit of 3", "NDC not known"):
            assert words in cabinet
        page = said(ada.get(reverse("sessions_app:device", args=[device.pk])))
        assert "NDC 50458-028-03, kit of 3" in page
        assert "GTIN" not in page

    @pytest.mark.parametrize(("product", "words"), [("", "Choose one."), ("99999-999-99", "Choose one of the list.")])
    def test_it_asks_for_the_kit_and_keeps_what_was_typed(
        self, cast: Cast, ada: Client, product: str, words: str
    ) -> None:
        with nothing_written():
            response = fill_in(ada, RECEIVE, **{**self.TYPED, "product": product})
        text = response.content.decode()
        assert response.status_code == 422
        assert words in text
        for typed in ("W-5001", "L-80", "02/2028"):
            assert f'value="{typed}"' in text

    def test_it_keeps_the_kit_where_something_else_is_refused(self, cast: Cast, ada: Client) -> None:
        response = fill_in(ada, RECEIVE, **{**self.TYPED, "lot": ""})
        assert response.status_code == 422
        assert '<option value="50458-028-02" selected>' in response.content.decode()


class TestScanToReceive:
    TYPED: ClassVar = {
        "number": "W-7",
        "product": "50458-028-03",
        "devices": "3",
        "lot": "L7-7",
        "expires_date": "2027-12-31",
    }

    def test_it_fills_in_product_lot_day_and_serial_and_how_many(self, cast: Cast, ada: Client) -> None:
        text = said(scan(ada, RECEIVE, RAW))
        assert text.count("data-fill") == 6
        for name, value in (
            ("code", CODE.printed),
            ("program", "esketamine"),
            ("product", "50458-028-03"),
            ("lot", "L7-7"),
            ("expires_date", "2027-12-31"),
            ("devices", "3"),
        ):
            assert f'data-fill="{name}" value="{value}"' in text
        assert "NDC 50458-028-03" in text
        assert "<html" not in text

    def test_it_leaves_a_case_to_be_counted(self, cast: Cast, ada: Client) -> None:
        text = said(scan(ada, RECEIVE, RAW.replace(CODE.gtin, gtin_of("50458-028-03", indicator="5"))))
        assert 'data-fill="devices"' not in text
        assert "Count its devices" in text

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            (OTHER, "Another product: NDC 9999999999"),
            (OLD, "This pack expired on 13 Apr 2026"),
            (RAW.replace("]d2", "]D2"), "Caps lock is on"),
            ("", "Nothing is scanned yet"),
        ],
    )
    def test_it_refuses_at_the_scan_and_fills_in_nothing(self, cast: Cast, ada: Client, code: str, words: str) -> None:
        text = said(scan(ada, RECEIVE, code))
        assert words in text
        assert 'data-fill="lot"' not in text
        assert 'data-fill="device"' not in text

    def test_it_refuses_a_pack_that_came_in_before(self, cast: Cast, ada: Client) -> None:
        make_devices(cast, number="W-1", devices=3, code=CODE)
        assert "came in before, as W-1, W-2, W-3" in said(scan(ada, RECEIVE, RAW))

    def test_it_does_the_same_without_script_and_keeps_what_was_typed(self, cast: Cast, ada: Client) -> None:
        text = said(scan(ada, RECEIVE, RAW, script=False, number="W-7", patient_mrn="W-000001", lot="L-0"))
        assert "<html" in text
        for value in ("W-7", "W-000001", "L7-7", "2027-12-31", CODE.printed):
            assert f'value="{value}"' in text
        assert 'class="is-invalid' not in text

    def test_it_keeps_what_was_typed_and_the_scan_where_it_is_refused(self, cast: Cast, ada: Client) -> None:
        text = said(scan(ada, RECEIVE, OTHER, script=False, number="W-7", lot="L-0"))
        assert "Another product" in text
        for value in ("W-7", "L-0"):
            assert f'value="{value}"' in text

    def test_it_saves_the_devices_of_the_pack(self, cast: Cast, ada: Client) -> None:
        typed = {**self.TYPED, "code": RAW}
        assert fill_in(ada, RECEIVE, **typed).status_code == 302
        assert list(Device.objects.order_by("pack_place").values_list("number", "gtin", "serial")) == [
            (f"W-{number}", CODE.gtin, "S0012") for number in (7, 8, 9)
        ]
        text = said(ada.get(FACILITY))
        assert f"GTIN {CODE.gtin}; serial S0012" in text

    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            ({"lot": "L-0"}, "The scanned code says L7-7."),
            ({"devices": "4"}, "The scanned code says 3."),
            ({"product": "50458-028-02"}, "The scanned code says NDC 50458-028-03."),
            ({"product": "not-known"}, "The scanned code says NDC 50458-028-03."),
            ({"code": "HELLO"}, "This is not the code of a pack."),
            ({"code": OTHER, "lot": "L1"}, "Another product"),
        ],
    )
    def test_it_saves_nothing_that_the_code_does_not_say(
        self, cast: Cast, ada: Client, changed: dict[str, str], words: str
    ) -> None:
        typed = {**self.TYPED, "code": RAW}
        with nothing_written():
            response = fill_in(ada, RECEIVE, **{**typed, **changed})
        assert response.status_code in (409, 422)
        assert words in response.content.decode()


class TestScanToHandOver:
    @pytest.fixture
    def walk(self, cast: Cast) -> Walk:
        return cleared(cast)

    @pytest.fixture
    def page(self, cast: Cast, walk: Walk, client: Client) -> str:
        client.force_login(cast.nora)
        return reverse("sessions_app:administer-device", args=[walk.dosing_session.pk])

    def test_it_chooses_the_first_of_the_pack_that_is_at_hand(
        self, cast: Cast, walk: Walk, page: str, client: Client
    ) -> None:
        first, second = make_devices(cast, number="W-7", devices=2, code=CODE)
        walk.give(NINE + minutes(25), device=first)
        text = said(scan(client, page, RAW))
        assert "Device W-8." in text
        assert f'data-fill="device" value="{second.pk}"' in text
        assert "serial S0012" in text

    def test_it_is_handed_over_as_scanned(self, cast: Cast, page: str, client: Client) -> None:
        (device,) = make_devices(cast, number="W-7", code=CODE)
        assert fill_in(client, page, code=RAW, device=str(device.pk)).status_code == 302
        assert DeviceAdministration.objects.get().device == device

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            (OTHER, "Another product: NDC 9999999999"),
            (OLD, "This pack expired on 13 Apr 2026"),
            (RAW.replace("S0012", "S0013"), "This pack was never received here: serial S0013"),
            (RAW.replace("L7-7", "L7-8"), "This pack was never received here"),  # a serial that goes with another lot
        ],
    )
    def test_it_refuses_at_the_scan(self, cast: Cast, page: str, client: Client, code: str, words: str) -> None:
        make_devices(cast, number="W-7", devices=3, code=CODE)
        text = said(scan(client, page, code))
        assert words in text
        assert 'data-fill="lot"' not in text
        assert 'data-fill="device"' not in text

    def test_it_refuses_a_pack_that_is_used_up(self, cast: Cast, walk: Walk, page: str, client: Client) -> None:
        for device in make_devices(cast, number="W-7", devices=2, code=CODE):
            walk.give(NINE + minutes(25 if device.pack_place == 1 else 30), device=device)
        assert "No device of this pack is left here: W-7, W-8" in said(scan(client, page, RAW))

    def test_it_refuses_another_patients_pack(self, cast: Cast, page: str, client: Client) -> None:
        make_devices(cast, number="W-7", devices=2, code=CODE, patient=make_patient(cast))
        assert "W-7 belongs to another patient" in said(scan(client, page, RAW))

    def test_it_finds_what_was_typed_in_by_its_lot_where_one_is_left(
        self, cast: Cast, walk: Walk, page: str, client: Client
    ) -> None:
        typed: dict[str, Any] = {"lot": CODE.lot, "expires_date": CODE.expires_date}
        first, second = make_devices(cast, number="W-7", devices=2, **typed)
        assert "alike: W-7, W-8" in said(scan(client, page, RAW))
        walk.give(NINE + minutes(25), device=first)
        assert f'value="{second.pk}"' in said(scan(client, page, RAW))

    @pytest.mark.parametrize(("ndc", "found"), [("50458-028-03", True), ("50458-028-02", False)])
    def test_it_finds_what_was_typed_in_of_the_same_kit_alone(
        self, cast: Cast, page: str, client: Client, ndc: str, found: bool
    ) -> None:
        product = next(each for each in cast.program_version.program.products if each.ndc == ndc)
        typed: dict[str, Any] = {"lot": CODE.lot, "expires_date": CODE.expires_date, "product": product}
        device = make_device(cast, number="W-7", **typed)
        text = said(scan(client, page, RAW))
        assert (f'value="{device.pk}"' in text) == found
        assert ("This pack was never received here" in text) != found
        assert device.is_of(CODE) == found

    def test_it_does_the_same_without_script_and_keeps_what_was_typed(
        self, cast: Cast, page: str, client: Client
    ) -> None:
        first, _ = make_devices(cast, number="W-7", devices=2, code=CODE)
        make_device(cast)
        text = said(scan(client, page, RAW, script=False, exception_reason="At the chair.", occurred_time="09:28"))
        assert f'<option value="{first.pk}" selected>' in text
        assert "At the chair." in text
        assert 'value="09:28"' in text

    def test_it_refuses_a_number_that_is_not_of_the_scanned_pack(self, cast: Cast, page: str, client: Client) -> None:
        make_devices(cast, number="W-7", devices=2, code=CODE)
        (another,) = make_devices(cast, number="W-9", code=replace(CODE, serial="S2"))
        with nothing_written():
            response = fill_in(client, page, code=RAW, device=str(another.pk))
        assert response.status_code == 422
        assert "W-9 is not of the scanned pack" in response.content.decode()

    def test_it_reads_a_code_in_few_queries(
        self, cast: Cast, page: str, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        make_devices(cast, number="W-7", devices=3, code=CODE)
        form = {**hidden_fields(client.get(page)), "code": RAW, "read_code": "1"}
        with django_assert_max_num_queries(20):
            client.post(page, form, headers={"X-Requested-With": "scan"})
