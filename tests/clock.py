"""The injected clock: both the server's and the database's as the views see them, inside this process only."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock


@contextmanager
def clock_at(now: datetime) -> Iterator[None]:
    with mock.patch("clinic.clock.now", return_value=now), mock.patch("clinic.clock.database_now", return_value=now):
        yield
