"""What is said where a request could not be done, by its cause."""

from typing import Any
from unittest import mock

import psycopg2
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.test import Client

from clinic.logs import where_it_failed


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


def test_one_that_passes_is_one_line_of_the_log_and_one_of_ours_is_a_trace() -> None:
    def said_of(failure: Exception) -> list[str]:
        try:
            raise failure
        except Exception as raised:
            return where_it_failed((type(raised), raised, raised.__traceback__)).splitlines()

    (line,) = said_of(caused_by(OperationalError("for user rosalind"), lost_on_the_way()))
    assert line.startswith("OperationalError ")
    assert "test_failure.py:" in line
    assert "rosalind" not in line
    assert len(said_of(IntegrityError("row 7: Rosalind Tamarack"))) > 1


def lost_on_the_way() -> Exception:
    try:
        raise psycopg2.OperationalError("server closed the connection")
    except psycopg2.OperationalError as lost:
        return lost
