"""Somebody else holds what is to be written: said in a sentence, and nothing of it is lost."""

import time
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.faults.book import balance
from tests.faults.people import Person, at_work, pressures
from tests.faults.place import Place

pytestmark = pytest.mark.slow

# Its log says nothing of what went wrong with a statement.
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
WAITS = """SELECT 1 FROM pg_stat_activity WHERE application_name = 'pages' AND wait_event_type = 'Lock'"""
CHAIN = "SELECT 1 FROM clinic_auditchain FOR UPDATE"
SESSION = "SELECT 1 FROM sessions_app_dosingsession WHERE id = %s FOR UPDATE"


def beside(place: Place, person: Person, *locks: tuple[str, list[str]], until: Callable[[], bool]) -> None:
    """In a transaction of its own takes the first lock, and each further one once the server waits for it."""
    with closing(place.database.connect_as_superuser("vigil")) as connection:
        connection.autocommit = False
        cursor = connection.cursor()
        cursor.execute("SET deadlock_timeout = '60s'")  # the server's own transaction is ended, and not this one
        for number, (lock, values) in enumerate(locks):
            if number:
                _until(lambda: bool(place.ask(WAITS)))
            cursor.execute(lock, values)
        _until(until)
        connection.rollback()


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def refused(person: Person) -> bool:
    return 409 in person.book[-1].heard


def is_said(person: Person) -> None:
    pages = [page for sent in person.book for page in sent.pages]
    assert pages
    assert all('data-code="BUSY"' in page for page in pages)


def test_two_transactions_that_wait_for_each_other(place: Place) -> None:
    person = Person(place.port, "nora", pressures(place.watched[:1]))
    with at_work(person) as book:
        for _time in range(3):
            beside(place, person, (CHAIN, []), (SESSION, place.watched[:1]), until=lambda: refused(person))
            person.answered_again()
    _until(lambda: place.ask(DEADLOCKS)[0][0] == 3)
    balance(place, book)
    is_said(person)


def test_a_lock_that_is_held_for_longer_than_anybody_waits(place: Place) -> None:
    person = Person(place.port, "nora", pressures(place.watched[:1]))
    with at_work(person) as book:
        for lock in ((SESSION, place.watched[:1]), (CHAIN, [])):
            beside(place, person, lock, until=lambda: refused(person))
            person.answered_again()
    balance(place, book)
    is_said(person)
