"""Counts, discrepancies, recalls and supply on their pages."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.actions.cabinet import report_lost, waste_devices
from clinic.actions.count import hand_in_count, question_count
from clinic.actions.recall import record_recall
from clinic.models import Cabinet, CabinetClosing, Count, Device, Discrepancy, Recall
from clinic.models.cabinet import cabinets_of
from clinic.models.count import marks_of
from clinic.rules.count import CountKind, CountMoment, Lot
from clinic.rules.stock import StockKind
from tests.clock import clock_at
from tests.factories import (
    NINE,
    PASSWORD,
    Cast,
    booked,
    entry,
    in_monitoring,
    make_device,
    make_devices,
    make_patient,
    minutes,
)
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]
LOT = Lot("esketamine", "L-77", StockKind.BULK)
COUNTS = "/facility/counts/"


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE):
        yield


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


@pytest.fixture
def cabinet(cast: Cast) -> Cabinet:
    return cabinets_of(cast.facility)[0]


@pytest.fixture
def devices(cast: Cast) -> list[Device]:
    return make_devices(cast, number="K-1", devices=3)


def url(name: str, key: Any = None) -> str:
    return reverse(f"sessions_app:{name}", args=[key.pk] if key else [])


def text_of(client: Client, page: str) -> str:
    answer = client.get(page)
    assert answer.status_code == 200
    return str(answer.content.decode())


def hidden(text: str) -> dict[str, str]:
    return dict(re.findall(r'name="(mark_\d+|entry_id)" value="([^"]*)"', text))


def without_tokens(text: str) -> str:
    """What may differ between two openings of one page, and tells nothing."""
    return re.sub(r"[0-9a-f]{64}|[0-9a-f-]{36}|[A-Za-z0-9]{64}|nonce=\S+", "", text)


def short_of(cast: Cast, cabinet: Cabinet, *, found: int = 2) -> Count:
    said: dict[str, Any] = {"kind": CountKind.DAILY, "moment": CountMoment.CLOSE, "marks": marks_of(cabinet, [LOT])}
    return hand_in_count(cabinet=cabinet, counted={LOT: found}, **said, entry=entry(), by=cast.nora, now=NINE)


def questioned(cast: Cast, cabinet: Cabinet) -> Discrepancy:
    count = short_of(cast, cabinet)
    return question_count(count=count, text="Counted twice.", entry=entry(), by=cast.nora, now=NINE)[0]


def recalled(cast: Cast) -> Recall:
    said: dict[str, Any] = {"program_code": "esketamine", "lot": "L-77", "reference": "Letter, 3 May"}
    return record_recall(facility=cast.facility, **said, entry=entry(), by=cast.nora, now=NINE)


class TestItIsBlind:
    def sheets(self, client: Client, cast: Cast, cabinet: Cabinet) -> Iterator[str]:
        """Everything somebody sees on the way to a count handed in, that differs, and is counted again."""
        yield text_of(client, url("count-cabinet", cabinet))
        yield text_of(client, url("take-inventory", cabinet))
        count = short_of(cast, cabinet, found=1)
        yield text_of(client, COUNTS)
        yield text_of(client, url("count-again", count))
        yield text_of(client, url("question-count", count))
        yield client.post(url("count-again", count), {"entry_id": uuid4()}).content.decode()

    def test_no_page_tells_what_the_book_has_until_a_discrepancy_is_open(
        self, cast: Cast, nora: Client, cabinet: Cabinet, devices: list[Device]
    ) -> None:
        """The same to the letter, whether the book has three devices or seven."""
        three = [without_tokens(text) for text in self.sheets(nora, cast, cabinet)]
        make_devices(cast, number="M-1", devices=4)
        seven = [without_tokens(text) for text in self.sheets(nora, cast, cabinet)]

        for place in (0, 1, 3, 4, 5):
            assert three[place] == seven[place]
        assert re.search(r"not as in the book", seven[2])
        assert "fewer" not in seven[2]

    def test_it_is_told_once_it_is_in_a_discrepancy(
        self, cast: Cast, nora: Client, cabinet: Cabinet, devices: list[Device]
    ) -> None:
        discrepancy = questioned(cast, cabinet)
        assert "Lot L-77, bulk: 1 fewer than the book" in text_of(nora, url("discrepancy", discrepancy))
        assert "1 fewer than the book" in text_of(nora, COUNTS)

    def test_two_lots_of_one_number_are_told_apart_by_for_whom_they_are(
        self, cast: Cast, nora: Client, cabinet: Cabinet, devices: list[Device]
    ) -> None:
        make_device(cast, lot="L-77", patient=make_patient(cast))
        both = [LOT, Lot("esketamine", "L-77", StockKind.PATIENT_SPECIFIC)]
        said: dict[str, Any] = {"kind": CountKind.DAILY, "moment": CountMoment.CLOSE, "marks": marks_of(cabinet, both)}
        said |= {"entry": entry(), "by": cast.nora, "now": NINE}
        count = hand_in_count(cabinet=cabinet, counted=dict.fromkeys(both, 0), **said)
        assert "lot L-77 (bulk), L-77 (for named patients)" in text_of(nora, COUNTS)
        question_count(count=count, text="Counted twice.", entry=entry(), by=cast.nora, now=NINE)
        for words in ("Lot L-77, bulk: 3 fewer than the book", "Lot L-77, for named patients: 1 fewer than the book"):
            assert words in text_of(nora, COUNTS)


class TestCounting:
    def test_it_is_handed_in_and_says_that_it_agrees(self, nora: Client, cabinet: Cabinet, devices: Any) -> None:
        page = url("count-cabinet", cabinet)
        said = {**hidden(text_of(nora, page)), "moment": "CLOSE", "count_0": "3"}
        assert nora.post(page, said).status_code == 302
        text = text_of(nora, COUNTS)
        assert "Agrees" in text
        assert "The day may be closed" in text

    def test_every_lot_is_asked_and_what_was_typed_is_kept(self, nora: Client, cabinet: Cabinet, devices: Any) -> None:
        page = url("count-cabinet", cabinet)
        for said, words in (
            ({"moment": "CLOSE"}, "0 where there is none"),
            ({"moment": "CLOSE", "count_0": "3", "other_lot_0": "X-1"}, "A lot, and how many of it."),
            ({"moment": "CLOSE", "count_0": "3", "other_lot_0": "L-77", "other_count_0": "1"}, "stands above"),
        ):
            answer = nora.post(page, {"entry_id": str(uuid4()), **said})
            assert answer.status_code == 422
            assert words in answer.content.decode()

    def test_what_moved_meanwhile_is_counted_again_from_now(
        self, cast: Cast, nora: Client, cabinet: Cabinet, devices: list[Device]
    ) -> None:
        page = url("count-cabinet", cabinet)
        said = {**hidden(text_of(nora, page)), "moment": "CLOSE", "count_0": "3"}
        waste_devices(
            facility=cast.facility, devices=devices[:1], reason="Dropped.", entry=entry(), by=cast.nora, now=NINE
        )
        answer = nora.post(page, said)
        assert answer.status_code == 409
        again = answer.content.decode()
        assert "Devices came or went while you counted: lot L-77 (bulk)" in again
        assert nora.post(page, {**said, **hidden(again), "count_0": "2"}).status_code == 302
        assert Count.objects.get().lines.get().expected == 2

    def test_the_day_is_closed_with_a_signature_or_says_what_it_waits_for(
        self, cast: Cast, nora: Client, cabinet: Cabinet, devices: Any
    ) -> None:
        close = url("close-cabinet", cabinet)
        answer = nora.post(close, {"entry_id": uuid4(), "signature": PASSWORD})
        assert (answer.status_code, "Not counted today" in answer.content.decode()) == (409, True)
        short_of(cast, cabinet, found=3)
        assert nora.post(close, {"entry_id": uuid4(), "signature": "wrong"}).status_code == 409
        assert nora.post(close, {"entry_id": uuid4(), "signature": PASSWORD}).status_code == 302
        assert CabinetClosing.objects.get().day == date(2026, 4, 14)
        assert "Closed at 9:00" in text_of(nora, COUNTS)


class TestADiscrepancy:
    def test_it_shows_its_clocks_and_what_keeps_it_open(
        self, cast: Cast, nora: Client, cabinet: Cabinet, devices: list[Device]
    ) -> None:
        discrepancy = questioned(cast, cabinet)
        text = text_of(nora, url("discrepancy", discrepancy))
        for words in ("15 Apr 2026", "29 May 2026", "Nobody has judged yet"):
            assert words in text
        with clock_at(NINE + timedelta(days=2)):
            nora.force_login(cast.nora)
            assert "over for 1 day" in text_of(nora, url("discrepancy", discrepancy))

    def test_a_missing_device_is_named_and_a_step_is_of_its_day(
        self, cast: Cast, nora: Client, cabinet: Cabinet, devices: list[Device]
    ) -> None:
        discrepancy = questioned(cast, cabinet)
        named = {"entry_id": uuid4(), "devices": [devices[1].pk], "reason": "Its place is empty."}
        assert nora.post(url("name-missing", discrepancy), named).status_code == 302
        assert discrepancy.devices.get().device == devices[1]
        follow = url("follow-discrepancy", discrepancy)
        said = {"entry_id": uuid4(), "kind": "NOTE", "text": "Asked everybody.", "on_date": "2026-04-13"}
        assert nora.post(follow, said).status_code == 422
        assert nora.post(follow, {**said, "occurred_time": "16:10"}).status_code == 302
        assert discrepancy.steps.get().occurred_at == NINE - minutes(17 * 60 - 10)

    def test_the_inspector_reads_and_does_nothing(
        self, cast: Cast, client: Client, cabinet: Cabinet, devices: list[Device]
    ) -> None:
        discrepancy, recall = questioned(cast, cabinet), recalled(cast)
        client.force_login(cast.ines)
        for page in (COUNTS, url("discrepancy", discrepancy), url("recalls"), url("recall", recall)):
            text = text_of(client, page)
            assert not re.search(r'href="[^"]*/(follow|close|count|question|withdraw|record-recall)/"', text)
        assert client.get(url("supply")).status_code == 403
        client.force_login(cast.fred)
        assert client.get(COUNTS).status_code == 403


class TestARecall:
    def test_its_page_names_who_had_it_for_whoever_reads_the_chart(self, cast: Cast, client: Client) -> None:
        walk, _left = in_monitoring(cast), make_device(cast, number="K-9")
        page = url("recall", recalled(cast))
        client.force_login(cast.nora)
        text = text_of(client, page)
        name = walk.dosing_session.patient.full_name
        for words in (name, "1 patient, 2 devices", "1 device still here", "K-9", "Main cabinet"):
            assert words in text
        client.force_login(cast.ada)
        text = text_of(client, page)
        assert name not in text
        assert "1 patient, 2 devices" in text

    def test_it_is_recorded_and_withdrawn(self, cast: Cast, nora: Client, devices: Any) -> None:
        said = {"entry_id": uuid4(), "program": "esketamine", "lot": "L-77", "reference": "Letter"}
        assert nora.post(url("record-recall"), {**said, "lot": "X"}).status_code == 409
        assert nora.post(url("record-recall"), {**said, "entry_id": uuid4()}).status_code == 302
        recall = Recall.objects.get()
        withdrawn = nora.post(url("withdraw-recall", recall), {"entry_id": uuid4(), "reason": "Another lot."})
        assert withdrawn.status_code == 302
        assert "Withdrawn on 14 Apr 2026" in text_of(nora, url("recall", recall))


class TestSupply:
    def test_it_says_who_goes_short_and_how_the_order_is_computed(self, cast: Cast, nora: Client) -> None:
        walk = booked(cast, now=NINE + timedelta(days=1))
        make_device(cast, expires_date=date(2026, 4, 20))
        make_device(cast, number="OWN-1", patient=booked(cast, now=NINE).dosing_session.patient)
        text = re.sub(r"<[^>]+>|\s+", " ", text_of(nora, url("supply")))
        text = re.sub(r"\s+", " ", text)
        assert "6 booked in the next 14 days + 6 as a margin − 2 usable here for them = 10 to order" in text
        assert walk.dosing_session.patient.full_name in text
        assert "of 3 are wanting" in text


def queries_of(client: Client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


class TestQueries:
    def test_they_do_not_grow_with_the_rows(self, cast: Cast, nora: Client, cabinet: Cabinet) -> None:
        make_devices(cast, number="Q-1", devices=2)
        in_monitoring(cast)
        booked(cast, now=NINE + timedelta(days=1))
        recall = recalled(cast)
        discrepancy = lost(cast)
        short_of(cast, cabinet)
        pages = [COUNTS, "/facility/book/", url("recalls"), url("recall", recall), url("supply")]
        pages += [url("discrepancy", discrepancy), url("count-cabinet", cabinet)]
        before = [queries_of(nora, page) for page in pages]

        make_devices(cast, number="R-1", devices=12)
        make_device(cast, lot="L-80")
        booked(cast, now=NINE + timedelta(days=2))
        for _more in range(3):
            lost(cast)
            short_of(cast, cabinet)

        assert [queries_of(nora, page) for page in pages] == before
        assert max(before) <= 28, before


def lost(cast: Cast) -> Discrepancy:
    said: dict[str, Any] = {"facility": cast.facility, "devices": [make_device(cast)], "reason": "Gone."}
    report_lost(**said, entry=entry(), by=cast.nora, now=NINE)
    return Discrepancy.objects.latest("id")
