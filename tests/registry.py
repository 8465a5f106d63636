"""A small made-up registry, loaded once for a file's tests as the database's owner, and rolled back after them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection

from clinic.embedded_postgres import Addresses
from sessions_app.simulate.load import load
from sessions_app.simulate.writing import Registry
from tests import database
from tests.replay import EMPTY, LEDGER
from tests.scene import scene

SMALL = Registry(patients=6, seed=1781, until=date(2026, 4, 10))


@contextmanager
def registry(addresses: Addresses, django_db_blocker: Any) -> Iterator[int]:
    """How many sessions there are."""
    application, name = dict(connection.settings_dict), connection.settings_dict["NAME"]
    was_empty = LEDGER.now == EMPTY
    connection.close()
    connection.settings_dict.update(database.login(addresses.owner), NAME=name)
    try:
        with scene(django_db_blocker):
            yield load(SMALL, tell=lambda batch: None)
    finally:
        with django_db_blocker.unblock():
            connection.close()
        connection.settings_dict.update(application)
        if was_empty:
            LEDGER.emptied()  # as it was before: a test after this one may play its tapes
        else:
            LEDGER.lose()
