"""What every action writes goes by statements that are written once: Django takes as long to write one as the database
to do it."""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.models import Model


def insert(rows: Iterable[Model]) -> None:
    """Rows of one model, as ``bulk_create`` inserts them."""
    written = list(rows)
    sql, fields = _inserting(type(written[0]), len(written))
    with connection.cursor() as cursor:
        cursor.execute(sql, [_value(row, field) for row in written for field in fields])
    for row in written:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update(row: Model, names: Iterable[str]) -> None:
    """These fields of it, as ``save`` updates them."""
    sql, fields = _updating(type(row), tuple(names))
    with connection.cursor() as cursor:
        cursor.execute(sql, [_value(row, field) for field in fields])
        if cursor.rowcount != 1:
            raise DatabaseError(f"{row._meta.label} {row.pk} is not there")


def _value(row: Model, field: Any) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)


@lru_cache(2**8)
def _inserting(model: type[Model], count: int) -> tuple[str, list[Any]]:
    fields = list(model._meta.concrete_fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    columns = ", ".join(_quoted(str(field.column)) for field in fields)
    return f"INSERT INTO {_table(model)} ({columns}) VALUES {', '.join([row] * count)}", fields  # noqa: S608


@cache
def _updating(model: type[Model], names: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields = [model._meta.get_field(name) for name in names]
    said = ", ".join(f"{_quoted(str(field.column))} = %s" for field in fields)  # type: ignore[union-attr]
    key = model._meta.pk
    return f"UPDATE {_table(model)} SET {said} WHERE {_quoted(str(key.column))} = %s", [*fields, key]  # noqa: S608


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
