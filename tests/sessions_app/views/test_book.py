"""The book on screen, as PDF and as CSV: it foots with the ledger, and names patients only to whoever may know."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from clinic.actions.cabinet import waste_devices
from clinic.actions.patient_record import record_contact
from clinic.models import RecordAccess
from clinic.rules.book import Period
from clinic.rules.cabinet import Place
from sessions_app.actions.correction import void_row
from sessions_app.models.book import Book
from sessions_app.rules.facts import Outcome
from tests.clock import clock_at
from tests.expect import audited
from tests.factories import NINE, OPENING, Cast, Walk, cleared, discharged, entry, make_device, make_devices, minutes
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]
BOOK = "/facility/book/"
DAY = "?first=2026-04-01&last=2026-04-14"
EVENING = NINE + minutes(8 * 60)


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with clock_at(EVENING):
        yield


@pytest.fixture
def walk(cast: Cast) -> Walk:
    """A day: two devices given; one that failed, with the one after it given; one wasted; one charted wrongly."""
    walk = discharged(cast)
    address = "4 Heron Close\nWrenfield"
    record_contact(
        patient=walk.dosing_session.patient,
        facility=cast.facility,
        address=address,
        entry=entry(),
        by=cast.fred,
        now=OPENING,
    )
    other = cleared(cast, now=NINE + minutes(200))
    other.give(NINE + minutes(240), outcome=Outcome.FAILED)
    wrong = other.give(NINE + minutes(246), exception_reason="Its time was charted late.")
    said: dict[str, Any] = {"dosing_session": other.dosing_session, "row_kind": "DeviceAdministration"}
    void_row(row_id=wrong.pk, reason="Another number.", **said, entry=entry(), by=cast.nils, now=NINE + minutes(250))
    waste_devices(
        facility=cast.facility,
        devices=[make_device(cast, lot="L-9")],
        reason="Dropped, and crushed.",
        entry=entry(),
        by=cast.nora,
        now=NINE + minutes(300),
    )
    return walk


def book(cast: Cast, first: date = date(2026, 4, 14), last: date = date(2026, 4, 14)) -> Book:
    return Book(cast.facility, Period(first, last))


class TestItFoots:
    def test_with_the_ledger_and_with_its_own_lists(self, cast: Cast, walk: Walk) -> None:
        said = book(cast)
        (balance,) = said.balances(by=lambda _thing: "all")
        assert balance.foots
        assert (balance.start, balance.received) == (0, 5)
        gone = {place: number for place, number in balance.went.items() if number}
        assert gone == {Place.ADMINISTERED: 2, Place.FAILED: 1, Place.WASTED: 1}
        assert balance.end == said.on_hand_now() == sum(end for _start, end in said.inventory.values()) == 1
        assert sum(line.units for line in said.given) == balance.went[Place.ADMINISTERED]
        assert [line.units for line in said.given] == [1, 1, 0, 0]
        assert sum(move.units for move in said.moved(Place.FAILED, Place.WASTED)) == 2
        assert -sum(move.units for move in said.moved(Place.SUPPLIER)) == balance.received

    def test_the_end_of_one_period_is_the_start_of_the_next(self, cast: Cast, walk: Walk) -> None:
        (before,) = book(cast).balances(by=lambda _thing: "all")
        (after,) = book(cast, date(2026, 4, 15), date(2026, 4, 20)).balances(by=lambda _thing: "all")
        assert (after.start, after.received, after.end) == (before.end, 0, before.end)
        assert book(cast, date(2026, 4, 1), date(2026, 4, 13)).balances(by=str) == ()

    def test_where_a_device_went_before_its_receipt_says_it_came(self, cast: Cast, walk: Walk, client: Client) -> None:
        """Given on the 14th, by a receipt that says the 15th: it came on the 14th at the latest, and the book says so
        for either day."""
        session = cleared(cast, now=NINE + minutes(320))
        late, other = make_devices(cast, number="LATE-1", devices=2, lot="L-5", now=NINE + timedelta(days=1))
        session.give(NINE + minutes(360), device=late)
        client.force_login(cast.nora)
        for day, received in ((14, 6), (15, 1)):
            (balance,) = book(cast, date(2026, 4, day), date(2026, 4, day)).balances(by=lambda _thing: "all")
            assert balance.foots
            assert balance.received == received
            asked = f"?first=2026-04-{day}&last=2026-04-{day}"
            said = "Device LATE-1: “Received” of 2026-04-15 counts on 2026-04-14, when what followed it happened."
            paper = PdfReader(io.BytesIO(client.get(f"{BOOK}pdf/{asked}").content)).pages
            words = re.sub(r"\s+", " ", " ".join(each.extract_text() for each in paper))
            for text in (client.get(BOOK + asked).content.decode(), client.get(f"{BOOK}csv/{asked}").content.decode()):
                assert said in text
            assert said in words
            assert other.number not in words.partition("Dispensing log")[0]
        apart = [move for move in book(cast, last=date(2026, 4, 15)).moved(Place.SUPPLIER) if move.numbers[0] in said]
        assert [(-move.units, move.numbers) for move in apart] == [(1, ["LATE-1"])]


class TestThePage:
    def test_it_shows_the_equation_and_the_log(self, cast: Cast, walk: Walk, client: Client) -> None:
        client.force_login(cast.nora)
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(BOOK + DAY).content.decode()))
        assert "0 at the start + 5 received = 1 at the end + 2 administered + 1 failed + 1 wasted" in text
        for words in (
            walk.dosing_session.patient.full_name,
            "4 Heron Close",
            "Nora Nightjar, RN",
            "taken back: Another number.",
            "failed: among the disposals",
            "Dropped, and crushed.",
            "1 device is here now",
        ):
            assert words in text

    @pytest.mark.parametrize(
        "asked", ["?first=2026-04-14&last=2026-04-13", "?first=x&last=y", "?first=1990-01-01&last=2026-04-13"]
    )
    def test_what_is_no_period_is_said_at_its_field(self, cast: Cast, client: Client, asked: str) -> None:
        client.force_login(cast.nora)
        answer = client.get(BOOK + asked)
        assert answer.status_code == 200
        assert "field-error" in answer.content.decode()

    @pytest.mark.parametrize(("person", "named"), [("nora", True), ("paul", True), ("ines", True), ("ada", False)])
    def test_it_names_patients_to_whoever_reads_the_chart(
        self, cast: Cast, walk: Walk, client: Client, person: str, named: bool
    ) -> None:
        client.force_login(getattr(cast, person))
        name = walk.dosing_session.patient.full_name
        page = client.get(BOOK + DAY).content.decode()
        lines = client.get(f"{BOOK}csv/{DAY}").content.decode()
        paper = client.get(f"{BOOK}pdf/{DAY}").content
        words = " ".join(each.extract_text() for each in PdfReader(io.BytesIO(paper)).pages)
        assert [name in page, name in lines, "Tamarack" in words] == [named] * 3
        assert ["4 Heron Close" in text for text in (page, lines, words)] == [named] * 3

    def test_the_front_desk_has_no_business_here(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.fred)
        for page in (BOOK, f"{BOOK}csv/", f"{BOOK}pdf/"):
            assert client.get(page).status_code == 403


class TestTheFiles:
    def test_the_paper_says_whose_it_is_on_every_page_and_what_the_page_says(
        self, cast: Cast, walk: Walk, client: Client
    ) -> None:
        client.force_login(cast.ines)
        answer = client.get(f"{BOOK}pdf/{DAY}")
        assert answer["Content-Type"] == "application/pdf"
        pages = [each.extract_text() for each in PdfReader(io.BytesIO(answer.content)).pages]
        for number, page in enumerate(pages, 1):
            assert "Wrenfield Clinic" in page
            assert f"page {number} of {len(pages)}" in page
        words = re.sub(r"\s+", " ", " ".join(pages))
        assert "0 at the start + 5 received = 1 at the end + 2 administered + 1 failed + 1 wasted" in words
        for said in ("foots", "Dispensing log", "Receipts", "Other disposals", "Inventory"):
            assert said in words

    def test_the_lines_are_those_of_the_page_and_that_they_were_taken_is_written_down(
        self, cast: Cast, walk: Walk, client: Client
    ) -> None:
        client.force_login(cast.nora)
        answer = client.get(f"{BOOK}csv/{DAY}")
        lines = list(csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff"))))
        log = [line for line in lines if line[0] == "Dispensing log"]
        assert log[0][1] == "Date"
        assert sum(int(line[log[0].index("Units")]) for line in log[1:]) == 2
        taken = RecordAccess.objects.filter(kind="EXPORTED")
        named = {row.patient for row in taken}
        assert walk.dosing_session.patient in named
        assert len(named) == len(taken)
        digest = hashlib.sha256(answer.content).hexdigest()
        assert {(row.person, row.digest) for row in taken} == {(cast.nora, digest)}
        assert audited("export_paper") == 1
