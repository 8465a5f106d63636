"""A question that is asked all day is put into SQL once, and asked with other values after that: for the smallest of
them Django takes longer to write the statement than the database to answer it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

# What stands for a value of this kind while the statement is written: of each name another, and no value of ours.
_STANDS_FOR: dict[type, Callable[[int], Any]] = {
    UUID: lambda number: UUID(int=2**127 + number),
    str: lambda number: f"\N{REPLACEMENT CHARACTER}{number}",
    datetime: lambda number: datetime(1, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
}


class Prepared:
    """``build`` makes the query set from values named here, each with its kind; the statement may depend on none."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self.build = build
        self.stand_ins = {_STANDS_FOR[kind](number): name for number, (name, kind) in enumerate(kinds.items())}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """As the database gives them, without conversions of Django's."""
        sql, params = self._statement
        named = self.stand_ins
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[named[param]] if param in named else param for param in params])
            return list(cursor.fetchall())

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        """Raises TypeError where a value is not asked for."""
        sql, params = self.build(**{name: place for place, name in self.stand_ins.items()}).query.sql_with_params()
        unasked = [name for place, name in self.stand_ins.items() if place not in params]
        if unasked:
            raise TypeError(f"nothing is asked of {', '.join(unasked)}")
        return sql, params
