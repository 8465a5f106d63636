"""Hand-written SQL, as the application role: what somebody could do who walks past every action."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.db.models import Field, Model
from psycopg2 import errors
from psycopg2.extras import Json

from clinic.grants import OUR_APPS
from clinic.identifiers import new_id
from clinic.models import ClinicalRow
from sessions_app.models import SessionRow


def forge(row: Model, **columns: Any) -> UUID:
    """INSERT a copy of this row under a new key, with these columns changed."""
    given = {"id": new_id(), **columns}
    names = [column_name(field) for field in row._meta.local_concrete_fields]
    values = ", ".join("%s" if name in given else f'"{name}"' for name in names)
    table, listed = row._meta.db_table, ", ".join(f'"{name}"' for name in names)
    unknown = set(given) - set(names)
    assert not unknown, unknown
    execute(
        f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} WHERE id = %s",
        *[given[name] for name in names if name in given],
        row.pk,
    )
    forged: UUID = given["id"]
    return forged


def change(row: Model, **columns: Any) -> None:
    """UPDATE these columns of this row."""
    assignments = ", ".join(f'"{name}" = %s' for name in columns)
    execute(f"UPDATE {row._meta.db_table} SET {assignments} WHERE id = %s", *columns.values(), row.pk)


def execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [Json(value) if isinstance(value, dict) else value for value in values])


def fetch(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def without_privilege(statement: str, *values: Any) -> bool:
    """Whether the database says no before it looks at a single row."""
    try:
        with transaction.atomic():
            execute(statement, *values)
    except ProgrammingError as error:
        return isinstance(error.__cause__, errors.InsufficientPrivilege)
    return False


def column_name(field: "Field[Any, Any]") -> str:
    assert field.column is not None
    return field.column


def our_models() -> list[type[Model]]:
    return [model for app in OUR_APPS for model in apps.get_app_config(app).get_models()]


def clinical_models() -> list[type[ClinicalRow]]:
    return [model for model in our_models() if issubclass(model, ClinicalRow)]


def session_models() -> list[type[SessionRow]]:
    return [model for model in clinical_models() if issubclass(model, SessionRow)]
