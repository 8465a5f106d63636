"""What a test expects of an action: refused with these codes, and then nothing is written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from clinic.grants import COME_AND_GO, MUTABLE_COLUMNS, OUR_APPS
from clinic.models import AuditEvent
from clinic.prepared import Statement
from clinic.rules.refusals import ActionRefused

# Asking is written down whatever comes of it.
WHO_LOOKED = "clinic.RecordAccess"
# So is that somebody came in.
SIGNS_IN = "clinic.User"


def written() -> dict[str, Any]:
    """Everything the application could have written, as far as it can be counted: the rows of every table of ours,
    and the columns that move."""
    return {table: (count, moved) for table, count, moved in _what_is_written().rows({})}


@cache
def _what_is_written() -> Statement:
    """One question, planned once: it is asked before and after every refusal of the suite."""
    models = [model for app in OUR_APPS for model in apps.get_app_config(app).get_models()]
    asked = []
    for model in models:
        label, table = model._meta.label, model._meta.db_table
        # One row for each table, however many or few are in it.
        counted = "0 * count(*)" if label in (*COME_AND_GO, WHO_LOOKED) else "count(*)"
        columns = [model._meta.get_field(name).column for name in MUTABLE_COLUMNS.get(label, ()) if label != SIGNS_IN]
        row = ", ".join(f'"{column}"' for column in (model._meta.pk.column, *columns))
        moved = f"string_agg(ROW({row})::text, ' ' ORDER BY {model._meta.pk.column})" if columns else "NULL"
        asked.append(f"SELECT '{table}', {counted}, {moved} FROM {table}")
    return Statement(" UNION ALL ".join(asked), {}, lambda values: None)


@contextmanager
def nothing_written() -> Iterator[None]:
    before = written()
    yield
    assert written() == before


@contextmanager
def refused(*codes: str, field: str = "") -> Iterator[pytest.ExceptionInfo[ActionRefused]]:
    """Exactly these codes, and nothing written; ``field`` is where a FIELD refusal points."""
    with nothing_written(), pytest.raises(ActionRefused) as caught:
        yield caught
    refusals = caught.value.refusals
    assert {refusal.code for refusal in refusals} == set(codes)
    if field:
        assert field in [refusal.params.get("field") for refusal in refusals]


@contextmanager
def denied() -> Iterator[None]:
    """403 or 404 in a view; nothing written."""
    with nothing_written(), pytest.raises(PermissionDenied):
        yield


@contextmanager
def committed() -> Iterator[None]:
    """As if committed: constraints that wait for the end are asked too."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def held_by(constraint: str) -> Iterator[None]:
    """The database itself refuses, by the constraint of this name."""
    with pytest.raises(IntegrityError) as caught, committed():
        yield
    assert caught.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


@contextmanager
def failing_audit() -> Iterator[None]:
    """The audit event cannot be inserted; nothing else is left either."""

    def fail(execute: Callable[..., Any], sql: str, *asked: Any) -> Any:
        if str(sql).startswith(f'INSERT INTO "{AuditEvent._meta.db_table}"'):
            raise OSError("no room for the audit event")
        return execute(sql, *asked)

    with nothing_written(), pytest.raises(OSError, match="no room"), connection.execute_wrapper(fail):
        yield


def audited(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()
