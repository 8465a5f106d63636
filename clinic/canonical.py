"""Canonical content: the same row always gives the same bytes, to be digested, signed and compared."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import BinaryField, Model


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: the same content always gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def read_back(value: object) -> object:
    """What a reader of its canonical form has."""
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, UUID | datetime):
        return _plain(value)
    return json.loads(canonical(value))


def _plain(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()  # one moment, one text
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set | tuple):
        return sorted(value, key=str)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def content_of(row: Model) -> dict[str, Any]:
    """A row as it was written: every column but the database's own stamp, and bytes: their digest stands
    beside them."""
    return {"table": row._meta.label, "fields": {name: getattr(row, name) for name in columns_of(type(row))}}


@cache
def columns_of(model: type[Model]) -> tuple[str, ...]:
    columns = (field for field in model._meta.concrete_fields if not isinstance(field, BinaryField))
    return tuple(field.attname for field in columns if field.attname != "recorded_at")
