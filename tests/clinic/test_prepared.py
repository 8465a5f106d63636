"""A statement that is written once asks the same as the query set it was written from."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import QuerySet

from clinic.models import User
from clinic.prepared import Prepared
from tests.factories import OPENING, make_person

pytestmark = pytest.mark.django_db


def named(user_id: UUID, username: str) -> QuerySet[Any, Any]:
    return User.objects.filter(pk=user_id, username=username, is_active=True).values_list("printed_name")


def test_it_answers_for_each_value_and_is_written_once() -> None:
    nora, paul = make_person("nora", "Nora Nightjar"), make_person("paul", "Paul Penstemon")
    prepared = Prepared(named, user_id=UUID, username=str)

    assert prepared.rows(user_id=nora.pk, username="nora") == [("Nora Nightjar",)]
    prepared.build = None  # type: ignore[assignment]
    assert prepared.rows(user_id=paul.pk, username="paul") == [("Paul Penstemon",)]
    assert prepared.rows(user_id=paul.pk, username="nora") == []
    assert prepared.rows(user_id=paul.pk, username="' OR true --") == []


def test_it_refuses_a_value_that_the_statement_does_not_ask_for() -> None:
    with pytest.raises(TypeError, match="at"):
        Prepared(lambda at: User.objects.values_list("pk"), at=type(OPENING)).rows(at=OPENING + timedelta(days=1))
