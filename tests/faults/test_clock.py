"""Clocks are set back while people work. libfaketime (Debian: faketime) sets those of the server and its database.

It stands in the way of more than clocks: Python's own wait for its turn goes through it (there the stacks of a server
end that did not answer), so that after a step a request may wait while another works, for more than twenty seconds.
Whoever is not answered sends the same form again here, as a tablet does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest

from clinic import embedded_postgres
from clinic.postgres_host import environment
from tests.factories import NINE, STAY_ENDS, minutes
from tests.faults.book import balance
from tests.faults.people import LOST, SIGNED_OUT, Browser, Person, at_work, pressures
from tests.faults.place import Place

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(FAKETIME is None, reason="needs the package faketime")]

BACKWARDS = """SELECT count(*) FROM clinic_auditevent event JOIN clinic_auditevent before
    ON before.chain_id = event.chain_id AND before.sequence = event.sequence - 1
    WHERE event.recorded_at < before.recorded_at"""
RELEASE = {"still_true": "on", "handed_over_to": "Basil Tamarack"}


class Clocks:
    """Of the server's machine and of the database's."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True, parents=True)
        self.server, self.database = folder / "server.clock", folder / "database.clock"
        self.set(STAY_ENDS + minutes(1))

    def set(self, to: datetime, *only: Path) -> None:
        off = (to - datetime.now(UTC)).total_seconds()
        for clock in only or (self.server, self.database):
            clock.write_text(f"{off:+.0f}\n")

    def of(self, clock: Path) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
def clocks(closed_place: Place) -> Iterator[Clocks]:
    clocks = Clocks(closed_place.database.home / "clocks")
    closed_place.clock = clocks.of(clocks.server)
    of_database = {**environment(), **clocks.of(clocks.database)}
    with mock.patch.object(embedded_postgres, "environment", return_value=of_database):
        closed_place.open("ready")
        yield clocks


def release(place: Place, person: Browser, entry_id: str) -> tuple[int, str]:
    fields, path = {**RELEASE, "entry_id": entry_id}, f"/dosing-sessions/{place.ready[0]}/discharge/"
    return person.answer("POST", path, fields)


def test_both_clocks_step_back_an_hour_and_then_only_one(closed_place: Place, clocks: Clocks) -> None:
    place = closed_place
    nils = Browser(place.port)
    nils.sign_in("nils")
    people = [Person(place.port, "nora", pressures(place.watched))]
    with at_work(*people) as book:
        clocks.set(STAY_ENDS - minutes(59))
        people[0].answered_again()
        status, page = release(place, nils, "00000000-0000-4000-8000-000000000001")
        assert (status, 'data-code="MINIMUM_STAY"' in page) == (409, True), "no gate opens early"
        later = Browser(place.port)
        later.sign_in("paul")
        later.leave()

        clocks.set(STAY_ENDS + minutes(2), clocks.server)
        people[0].answered_again()
        status, page = release(place, nils, "00000000-0000-4000-8000-000000000002")
        assert status == SIGNED_OUT, "an hour unused, by its clock"
        nils.sign_in("nils")
        status, page = release(place, nils, "00000000-0000-4000-8000-000000000002")
        assert (status, 'data-code="CLOCK"' in page) == (409, True)

        clocks.set(STAY_ENDS + minutes(3))
        status, page = release(place, nils, "00000000-0000-4000-8000-000000000003")
        assert status == 302, page
    nils.leave()
    assert place.ask(BACKWARDS)[0][0] >= 1, "a later event is recorded at an earlier time"
    balance(place, book)
    assert {status for sent in book for status in sent.heard} - {LOST} == {302, SIGNED_OUT}


def test_both_clocks_step_back_to_before_the_patient_came(closed_place: Place, clocks: Clocks) -> None:
    place = closed_place
    people = [Person(place.port, "nora", pressures(place.watched))]
    with at_work(*people) as book:
        clocks.set(NINE - timedelta(hours=1))
        people[0].waits_for(409)
        clocks.set(STAY_ENDS + minutes(5))
    balance(place, book)
    said = [page for sent in book for status, page in zip(sent.heard, sent.pages, strict=False) if status == 409]
    assert said
    assert all("is before the check-in at 9:00." in page for page in said)
