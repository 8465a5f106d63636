"""The two database roles: the application is refused by the database itself, and tests still clean up."""

import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, transaction
from psycopg2 import errors

from clinic import grants
from clinic.models import Organisation

OUR_TABLES = sorted(
    model._meta.db_table
    for app in grants.OUR_APPS
    for model in apps.get_app_config(app).get_models(include_auto_created=True)
    if model._meta.label not in grants.COME_AND_GO
)


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(name="Harbour Clinics")


def refused(statement: str, *values: object) -> bool:
    """Whether the database itself says no, before it looks at a single row."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except ProgrammingError as error:
        return isinstance(error.__cause__, errors.InsufficientPrivilege)
    return False


def rights_of_application() -> Iterator[tuple[str, str]]:
    """Every whole-table right the connected role holds, asked of the database."""
    with connection.cursor() as cursor:
        for table in OUR_TABLES:
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
                cursor.execute("SELECT has_table_privilege(%s, %s)", [f'"{table}"', right])
                if cursor.fetchone() == (True,):
                    yield table, right


@pytest.mark.django_db
class TestTheApplicationRole:
    def test_it_is_what_the_tests_run_as(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb"
                           " FROM pg_roles WHERE rolname = current_user")  # fmt: skip
            assert cursor.fetchone() == (grants.application_role(), False, False, False, False)

    def test_it_owns_nothing(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
            assert cursor.fetchone() == (0,)

    def test_it_is_refused_an_update(self, organisation: Organisation) -> None:
        assert refused("UPDATE clinic_organisation SET name = 'x' WHERE id = %s", organisation.pk)
        organisation.name = "Another name"
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            organisation.save()

    def test_it_is_refused_a_delete(self, organisation: Organisation) -> None:
        assert refused("DELETE FROM clinic_organisation WHERE id = %s", organisation.pk)

    def test_it_is_refused_a_truncate(self, organisation: Organisation) -> None:
        assert refused("TRUNCATE clinic_organisation CASCADE")

    def test_it_is_refused_a_table_of_its_own(self) -> None:
        assert refused("CREATE TABLE elsewhere (id int)")

    def test_it_holds_select_and_insert_on_our_tables_and_no_more(self) -> None:
        owner_only = {apps.get_model(label)._meta.db_table for label in grants.OWNER_ONLY}
        expected = {(table, "SELECT") for table in OUR_TABLES}
        expected |= {(table, "INSERT") for table in OUR_TABLES if table not in owner_only}
        assert set(rights_of_application()) == expected

    def test_it_may_update_the_declared_columns_and_no_other(self) -> None:
        declared = {
            (table, column) for table, columns in grants.mutable_columns_by_table().items() for column in columns
        }
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name, column_name FROM information_schema.column_privileges"
                " WHERE grantee = current_user AND privilege_type = 'UPDATE' AND table_name = ANY(%s)",
                [OUR_TABLES],
            )
            assert set(cursor.fetchall()) == declared

    def test_it_cannot_write_permissions_or_the_migration_record(self) -> None:
        for table in ("auth_permission", "auth_group", "django_content_type", "django_migrations"):
            assert refused(f"DELETE FROM {table}")


@pytest.mark.django_db
class TestTheGrantsTable:
    def test_it_refuses_a_model_that_does_not_exist(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(grants, "MUTABLE_COLUMNS", {"clinic.Nothing": ("name",)})
        with pytest.raises(ImproperlyConfigured, match=r"clinic\.Nothing"):
            grants.apply_grants(connection)

    def test_it_refuses_a_field_that_does_not_exist(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(grants, "MUTABLE_COLUMNS", {"clinic.Organisation": ("nothing",)})
        with pytest.raises(ImproperlyConfigured, match=r"Organisation\.nothing"):
            grants.apply_grants(connection)

    def test_it_refuses_a_role_that_acts_for_the_owner(self, owner_connection: Any, settings: Any) -> None:
        with owner_connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            settings.APPLICATION_ROLE = cursor.fetchone()[0]
            with pytest.raises(ImproperlyConfigured, match="no grant would hold it"):
                grants.refuse_unfit_role(cursor, settings.APPLICATION_ROLE)

    def test_it_refuses_a_role_that_does_not_exist(self) -> None:
        with connection.cursor() as cursor, pytest.raises(ImproperlyConfigured, match="does not exist"):
            grants.refuse_unfit_role(cursor, "nobody_of_that_name")


@pytest.mark.parametrize("turn", ["first", "second"])
class TestCleaningUp:
    """Each twice: the second finds nothing of the first, and its own cleaning works again."""

    @pytest.mark.django_db(transaction=True)
    def test_it_flushes_after_a_transactional_test(self, turn: str) -> None:
        assert not Organisation.objects.exists()
        Organisation.objects.create(name="Left behind")

    def test_it_flushes_after_a_live_server_test(self, turn: str, live_server: Any) -> None:
        assert not Organisation.objects.exists()
        Organisation.objects.create(name="Left behind")
        with urllib.request.urlopen(f"{live_server.url}/healthz") as response:
            assert (response.status, response.read()) == (200, b"ok\n")

    @pytest.mark.django_db(transaction=True)
    def test_it_keeps_what_only_the_owner_can_load(self, turn: str) -> None:
        assert ContentType.objects.filter(app_label="clinic", model="organisation").exists()
        for label in grants.OWNER_ONLY:
            assert apps.get_model(label)._default_manager.exists()

    @pytest.mark.django_db
    def test_it_rolls_back_an_ordinary_test(self, turn: str) -> None:
        assert not Organisation.objects.exists()
        Organisation.objects.create(name="Left behind")
