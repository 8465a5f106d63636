"""A statement that is written once asks the same as the query set it was written from."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import JSONObject
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditChain, RoleAssignment, User
from clinic.prepared import Prepared
from tests.factories import OPENING, make_cast, make_person

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


def by_name(username: str) -> QuerySet[Any]:
    return RoleAssignment.objects.select_related("facility", "user").filter(user__username=username)


class TestRowsOfAModel:
    def test_they_are_as_the_query_set_gives_them_with_what_was_joined(self) -> None:
        make_cast()
        prepared = Prepared(by_name, username=str)
        [expected] = by_name("nora")
        with CaptureQueriesContext(connection) as asked:
            [found] = prepared.instances(username="nora")
            assert (found, found.user.printed_name) == (expected, expected.user.printed_name)
            assert found.facility.time_zone == expected.facility.time_zone
        assert len(asked) == 1
        assert list(prepared.instances(username="nobody")) == []

    def test_values_are_as_a_list_of_values_gives_them(self) -> None:
        make_person("nora", "Nora Nightjar")
        prepared = Prepared(named_now, username=str)
        assert prepared.read(username="nora") == list(named_now("nora"))


def named_now(username: str) -> QuerySet[Any, Any]:
    said = JSONObject(name="printed_name")
    return User.objects.filter(username=username).annotate(said=said).values_list("pk", "said", "is_active")


class TestWhatTheDatabaseKeeps:
    def test_a_statement_is_planned_once_for_a_connection(self) -> None:
        prepared = Prepared(lambda username: named_now(username).order_by("credential"), username=str)
        for _ in range(3):
            prepared.rows(username="x")
        assert asked_so_far(prepared) == [3]

    def test_it_outlives_a_transaction_that_was_rolled_back(self) -> None:
        prepared = Prepared(lambda username: named_now(username).filter(is_active=False), username=str)
        point = transaction.savepoint()
        assert prepared.read(username="nora") == []
        transaction.savepoint_rollback(point)
        assert prepared.read(username="nora") == []

    def test_behind_a_pooler_nothing_is_kept(self, settings: Any) -> None:
        settings.PREPARE_STATEMENTS = False
        nora = make_person("nora", "Nora Nightjar")
        prepared = Prepared(lambda user_id: User.objects.filter(pk=user_id).values_list("username"), user_id=UUID)
        assert prepared.rows(user_id=nora.pk) == [("nora",)]
        assert asked_so_far(prepared) == []


def asked_so_far(prepared: Prepared) -> list[int]:
    """How often, of what this connection keeps."""
    _compiler, statement = prepared._written
    with connection.cursor() as cursor:
        asked = "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE name = %s"
        cursor.execute(asked, [statement.name])
        return [count for (count,) in cursor.fetchall()]


def counted(username: str) -> QuerySet[Any]:
    return User.objects.filter(username=username).annotate(roles=Count("role_assignments"))


def test_a_row_of_a_model_has_what_was_annotated() -> None:
    make_cast()
    [nora] = Prepared(counted, username=str).instances(username="nora")
    assert nora.roles == RoleAssignment.objects.filter(user=nora).count() == 1


def moved(facilities: list[UUID], after: int) -> QuerySet[Any]:
    return AuditChain.objects.filter(facility__among=facilities, last_sequence__gt=after)


def test_a_list_of_keys_and_a_large_number_are_values_too() -> None:
    here, there = (make_cast(facility_name=name, suffix=name).facility for name in ("Here", "There"))
    prepared = Prepared(moved, facilities=list, after=int)
    assert {chain.facility_id for chain in prepared.instances(facilities=[here.pk, there.pk], after=1)} == {
        here.pk,
        there.pk,
    }
    prepared.build = None  # type: ignore[assignment]
    assert [chain.facility_id for chain in prepared.instances(facilities=[there.pk], after=1)] == [there.pk]
    assert list(prepared.instances(facilities=[there.pk], after=10**9)) == []
    assert list(prepared.instances(facilities=[], after=1)) == []
