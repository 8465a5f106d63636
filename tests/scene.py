"""What the tests of one file begin with, made once: each test runs in a transaction inside the one that made it,
and leaves it as it was found."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import fields, replace
from typing import Any

import pytest
from django.db import connection, transaction

from clinic.models import AuditChain, Organisation, User
from tests.factories import Cast, Walk, make_cast, make_otto
from tests.replay import LEDGER


@contextmanager
def scene(django_db_blocker: Any) -> Iterator[None]:
    know_again(django_db_blocker)
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def know_again(django_db_blocker: Any) -> None:
    """Somebody wrote whom the tapes did not hear, and it is gone: where nobody is, nothing is."""
    if LEDGER.now is None and not connection.in_atomic_block:
        with django_db_blocker.unblock():
            left = any(model._default_manager.exists() for model in (User, Organisation, AuditChain))
        if not left:
            LEDGER.emptied()


def as_next_request(cast: Cast) -> Cast:
    """The same people, who remember no roles."""
    people = {
        field.name: copy(person) for field in fields(cast) if isinstance(person := getattr(cast, field.name), User)
    }
    for person in people.values():
        person.__dict__.pop("_roles_held", None)
    return replace(cast, **people)


def with_people(walk: Walk, cast: Cast) -> Walk:
    """The same session, for the people of this test."""
    return Walk(cast, walk.dosing_session)


@pytest.fixture(scope="module")
def clinic(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with scene(django_db_blocker):
        yield make_cast()


@pytest.fixture
def cast(clinic: Cast, db: None) -> Cast:
    return as_next_request(clinic)


@pytest.fixture
def otto(db: None) -> User:
    return make_otto()
