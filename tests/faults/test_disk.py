"""The disk of the database is full: writes are refused in words, reading goes on, and with room everything does."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest

from tests.faults.book import balance
from tests.faults.people import Browser, Person, at_work, cancellations, pressures
from tests.faults.place import Place

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")]

SIZE = 256  # MB


@pytest.fixture
def small() -> Iterator[Path]:
    with TemporaryDirectory(prefix="vigil-disk-") as disk:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", disk], check=True)
        try:
            yield Path(disk)
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.fixture
def place(small: Path) -> Iterator[Place]:
    place = Place(small / "home")
    try:
        place.open()
        yield place
    finally:
        (small / "filler").unlink(missing_ok=True)
        place.close()


def fill(disk: Path) -> None:
    """To the last page; what the database frees meanwhile as well."""
    with suppress(OSError), (disk / "filler").open("ab", buffering=0) as filler:
        while True:
            filler.write(b"0" * 4096)


def refused(people: list[Person], times: int = 3) -> None:
    """Each of them, so many times in a row."""
    deadline = time.monotonic() + 60
    while not all(person.book[-1].heard[-times:] == [503] * times for person in people if person.is_alive()):
        assert time.monotonic() < deadline, [person.book[-1].heard for person in people]
        time.sleep(0.05)


def test_there_is_no_room_for_rows(place: Place, small: Path) -> None:
    people = [
        Person(place.port, "nora", pressures(place.watched)),
        Person(place.port, "nils", pressures(place.watched, 200)),
    ]
    reader = Browser(place.port)
    reader.sign_in("nora")
    with at_work(*people) as book:
        # The journal has a whole new segment; tables grow page by page until the next one is not to be had.
        place.ask("SELECT pg_switch_wal()")
        people[0].answered_again()
        fill(small)
        refused(people)
        for path in ("/healthz", place.session_path, people[0].book[-1].path):
            assert reader.ask("GET", path)[0] == 200, (path, place.database.log.read_text()[-2000:])
        reader.leave()
        fill(small)
        time.sleep(1)
        (small / "filler").unlink()
    balance(place, book)
    said = [page for sent in book for status, page in zip(sent.heard, sent.pages, strict=False) if status == 503]
    assert said
    assert all("the record cannot be reached" in page for page in said)
    assert {status for sent in book for status in sent.heard} <= {302, 503}


def test_there_is_no_room_for_the_journal(place: Place, small: Path) -> None:
    """PostgreSQL then stops altogether; it is started again once there is room."""
    people = [
        Person(place.port, "nora", pressures(place.watched)),
        Person(place.port, "fred", cancellations(place.booked)),
    ]
    with at_work(*people) as book:
        fill(small)
        with suppress(psycopg2.Error):
            while True:
                place.ask("SELECT pg_switch_wal(), txid_current()")
                fill(small)
        refused(people)
        assert "No space left on device" in place.database.log.read_text()
        (small / "filler").unlink()
        time.sleep(1)
        if place.database._process is None or place.database._process.poll() is not None:
            place.start_database()
    balance(place, book)
