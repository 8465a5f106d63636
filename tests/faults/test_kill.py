"""Processes end without a word, under people at work."""

import os
import signal
import time
from contextlib import closing
from pathlib import Path

import psycopg2
from psycopg2.extras import wait_select

from clinic.embedded_postgres import EmbeddedPostgres
from tests.faults.book import balance
from tests.faults.people import Person, at_work, cancellations, pressures
from tests.faults.place import Place


def test_it_keeps_what_it_acknowledged_when_its_server_and_then_its_database_are_killed(place: Place) -> None:
    people = [
        Person(place.port, "nora", pressures(place.watched)),
        Person(place.port, "nils", pressures(place.watched, 200)),
        Person(place.port, "fred", cancellations(place.booked)),
    ]
    with at_work(*people) as book:
        place.kill_pages()
        time.sleep(0.3)
        place.serve()
        for person in people:
            person.answered_again()
        place.kill_database()
        time.sleep(0.3)
        place.start_database()
    balance(place, book)
    heard = {status for sent in book for status in sent.heard}
    assert heard <= {0, 302, 503}, "a clear page or no answer, never a failure of ours"


def test_the_database_starts_where_its_postmaster_alone_was_killed(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "home", durable=False)
    with closing(psycopg2.connect(server.start().application, async_=1)) as connection:
        wait_select(connection)
        connection.cursor().execute("DO $$ BEGIN LOOP END LOOP; END $$")  # looks up for nobody
        connection.poll()
        os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        server.stop()
        with server, closing(psycopg2.connect(server.addresses().application)) as again:
            again.cursor().execute("SELECT 1")
