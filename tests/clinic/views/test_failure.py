"""What is said where a request could not be done, by its cause."""

from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.test import Client


class TooLong(Exception):
    pgcode = "54000"


def caused_by(failure: Exception, cause: Exception) -> Exception:
    failure.__cause__ = cause
    return failure


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (OperationalError("could not extend file: No space left on device"), 503, "sent twice it is saved once"),
        (InterfaceError("connection already closed"), 503, "sent twice it is saved once"),
        (caused_by(OperationalError("index row size exceeds 2704"), TooLong()), 500, "The failure is ours"),
        (IntegrityError("row 7: Rosalind Tamarack"), 500, "The failure is ours"),
    ],
)
def test_it_tells_a_database_that_is_away_from_a_failure_of_ours(failure: Exception, status: int, words: str) -> None:
    client = Client(raise_request_exception=False)
    with mock.patch("clinic.views.installed.render", side_effect=failure):
        answer: Any = client.get("/offline/")
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert str(failure) not in answer.content.decode()
