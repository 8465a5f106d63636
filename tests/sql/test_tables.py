"""The application's role against every table there is, from the models and from the catalogue: a table that comes
tomorrow is tried too. Each refusal is known by its SQLSTATE."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Model

from clinic import grants
from tests.by_hand import column_name, execute, fetch, our_models

pytestmark = pytest.mark.django_db

NO_PRIVILEGE = "42501"
COME_AND_GO = {apps.get_model(label) for label in grants.COME_AND_GO}
KEPT = [model for model in our_models() if model not in COME_AND_GO]


def sqlstate(statement: str, *values: object) -> str:
    """How the database refuses; empty where it does not."""
    try:
        with transaction.atomic():
            execute(statement, *values)
    except Error as error:
        return str(error.__cause__.pgcode)  # type: ignore[union-attr]
    return ""


def attacks_on(model: type[Model]) -> Iterator[str]:
    table = model._meta.db_table
    yield f"DELETE FROM {table}"
    yield f"TRUNCATE {table} CASCADE"
    yield from attacks_on_definition(table)
    if model not in {apps.get_model(label) for label in grants.OWNER_ONLY}:
        return
    columns = [column_name(field) for field in model._meta.local_concrete_fields]
    listed = ", ".join(f'"{name}"' for name in columns)
    yield f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {table}"


def attacks_on_definition(table: str) -> Iterator[str]:
    yield f"DROP TABLE {table} CASCADE"
    yield f"ALTER TABLE {table} DISABLE TRIGGER ALL"
    yield f"ALTER TABLE {table} DISABLE TRIGGER USER"
    yield f"ALTER TABLE {table} ADD COLUMN more text"
    yield f"ALTER TABLE {table} RENAME TO taken"
    yield f"ALTER TABLE {table} OWNER TO CURRENT_USER"
    yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
    yield f"CREATE RULE quiet AS ON INSERT TO {table} DO INSTEAD NOTHING"
    yield f"CREATE TRIGGER late AFTER INSERT ON {table} EXECUTE FUNCTION vigil_stamp_recorded_at()"
    yield f"CREATE INDEX slow ON {table} ((1))"
    yield f"CREATE POLICY hide ON {table} USING (false)"
    yield f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"
    yield f"COMMENT ON TABLE {table} IS 'mine'"


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_no_row_is_changed_deleted_or_emptied_and_no_table_redefined(model: type[Model]) -> None:
    table = model._meta.db_table
    may_move = grants.mutable_columns_by_table().get(table, ())
    updates = [
        f'UPDATE {table} SET "{column}" = "{column}"'
        for column in map(column_name, model._meta.local_concrete_fields)
        if column not in may_move
    ]
    assert updates
    said = {attack: sqlstate(attack) for attack in (*updates, *attacks_on(model))}
    assert said == dict.fromkeys(said, NO_PRIVILEGE)


def test_no_table_of_the_catalogue_is_forgotten() -> None:
    """Django's own come and go, and are no record; a table that is neither of a model nor known here would show."""
    tables = {name for (name,) in fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    of_models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    cache = {str(each["LOCATION"]) for each in settings.CACHES.values()}
    assert tables == of_models | cache | set(grants.READ_ONLY_TABLES)
    ours = {model._meta.db_table for model in our_models()}
    for table in sorted(tables - ours):
        assert {sqlstate(attack) for attack in attacks_on_definition(table) if "LOCK" not in attack} == {NO_PRIVILEGE}
        assert sqlstate(f"TRUNCATE {table} CASCADE") == NO_PRIVILEGE


def test_no_constraint_and_no_trigger_waits_to_be_validated_or_is_switched_off() -> None:
    assert fetch("SELECT conrelid::regclass, conname FROM pg_constraint WHERE NOT convalidated") == []
    assert fetch("SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgenabled <> 'O'") == []


def test_no_sequence_is_set_back() -> None:
    sequences = [name for (name,) in fetch("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")]
    assert {sqlstate("SELECT setval(%s, 1)", name) for name in sequences} <= {NO_PRIVILEGE}
    assert {sqlstate(f"ALTER SEQUENCE {name} RESTART") for name in sequences} <= {NO_PRIVILEGE}
    # None of ours has one: their keys are made in Python, and a place in a chain or a session is compared.
    owned = fetch(
        "SELECT c.relname FROM pg_depend d JOIN pg_class c ON c.oid = d.refobjid JOIN pg_class s ON s.oid = d.objid"
        " WHERE s.relkind = 'S' AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass"
    )
    assert {name for (name,) in owned}.isdisjoint(model._meta.db_table for model in KEPT)


@pytest.mark.parametrize("right", ["INSERT", "SELECT"])
def test_every_table_of_ours_is_reached_in_the_ways_the_grants_say_and_no_other(right: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(oid, %s)",
            [right],
        )
        held = {name for (name,) in cursor.fetchall()}
    assert held == {table for table, rights in grants.rights_by_table().items() if right in rights}
