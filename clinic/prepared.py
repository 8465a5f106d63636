"""A question that is asked all day is put into SQL once, planned by the database once for each connection, and asked
with other values after that: for the smallest of them Django takes longer to write the statement, and for the longest
PostgreSQL to plan it, than to answer it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.db.models import Field, ForeignKey, Lookup, QuerySet
from django.db.models.query import get_related_populators
from psycopg2.extensions import AsIs

# What PostgreSQL calls a value of this kind; a list is one of keys.
_KINDS: dict[type, str] = {UUID: "uuid", str: "text", int: "bigint", datetime: "timestamptz", list: "uuid[]"}


class _Keys(list[UUID]):
    """A list that stands for another one."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self))


# What stands for one while the statement is written: of each name another, and no value of ours.
_STANDS_FOR: dict[type, Callable[[int], Any]] = {
    UUID: lambda number: UUID(int=2**127 + number),
    str: lambda number: f"\N{REPLACEMENT CHARACTER}{number}",
    int: lambda number: -(2**62) - number,
    datetime: lambda number: datetime(1, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
    list: lambda number: _Keys([UUID(int=2**127 + number)]),
}
# Which of them a connection has; it takes them along when it closes.
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


@Field.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """``__among=keys``: one of this list. However many, they are one value, so that the statement stays the same."""

    lookup_name, prepare_rhs = "among", False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::uuid[])", [*params, self.rhs]


class Statement:
    """``sql`` asks for ``%(name)s``, or for each of ``params`` in its turn: a name in it is asked for, and everything
    else stays as it is."""

    def __init__(self, sql: str, kinds: Mapping[str, type], params: Callable[[Mapping[str, Any]], Any]) -> None:
        self.sql, self.kinds, self.params = sql, dict(kinds), params
        self.name = f"vigil_{hashlib.sha256(sql.encode()).hexdigest()[:24]}"
        asked = ", ".join(f"%s::{_KINDS[kind]}" for kind in self.kinds.values())
        self.execute = f"EXECUTE {self.name}" + (f" ({asked})" if asked else "")

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            if settings.PREPARE_STATEMENTS:
                self._prepare(connection.connection)
                cursor.execute(self.execute, [values[name] for name in self.kinds])
            else:
                cursor.execute(self.sql, self.params(values))
            return list(cursor.fetchall())

    def _prepare(self, raw: Any) -> None:
        """Stays prepared also where the transaction is rolled back."""
        known = _known.setdefault(raw, set())
        if self.name not in known:
            places = {name: AsIs(f"${number}") for number, name in enumerate(self.kinds, start=1)}
            kinds = ", ".join(_KINDS[kind] for kind in self.kinds.values())
            with raw.cursor() as cursor:
                written = cursor.mogrify(self.sql, self.params(places)).decode()
                cursor.execute(f"PREPARE {self.name}" + (f" ({kinds})" if kinds else "") + f" AS {written}")
            known.add(self.name)


class Prepared:
    """``build`` makes the query set from values named here, each with its kind; the statement may depend on none."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self.build, self.kinds = build, kinds
        self.stand_ins = {_STANDS_FOR[kind](number): name for number, (name, kind) in enumerate(kinds.items())}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """As the database gives them, without conversions of Django's."""
        return self._written[1].rows(values)

    def read(self, **values: Any) -> list[tuple[Any, ...]]:
        """As a ``values_list`` gives them."""
        return [tuple(row) for row in self._converted(values)]

    def instances(self, **values: Any) -> Iterator[Any]:
        """Rows of the model, with what was joined and annotated; as the query set gives them."""
        model, (start, end), names, related, annotated = self._made_of
        for row in self._converted(values):
            made = model.from_db(connection.alias, names, row[start:end])
            for populator in related:
                populator.populate(row, made)
            for name, place in annotated:
                setattr(made, name, row[place])
            yield made

    def _converted(self, values: Mapping[str, Any]) -> Iterable[Any]:
        compiler, statement = self._written
        rows = statement.rows(values)
        return compiler.apply_converters(rows, self._converters) if self._converters else rows

    @cached_property
    def _converters(self) -> dict[int, Any]:
        compiler, _statement = self._written
        found: dict[int, Any] = compiler.get_converters([column[0] for column in compiler.select])
        return found

    @cached_property
    def _made_of(self) -> tuple[Any, ...]:
        """The model, between which columns it stands and how they are called, what was joined, what was annotated."""
        compiler, _statement = self._written
        info, select = compiler.klass_info, compiler.select
        start, end = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column[0].target.attname for column in select[start:end]]
        related = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]
        return info["model"], (start, end), names, related, list(compiler.annotation_col_map.items())

    @cached_property
    def _written(self) -> tuple[Any, Statement]:
        """Raises TypeError where a value is not asked for."""
        query: Any = self.build(**{name: place for place, name in self.stand_ins.items()}).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        named = self.stand_ins
        unasked = [name for place, name in named.items() if place not in params]
        if unasked:
            raise TypeError(f"nothing is asked of {', '.join(unasked)}")

        def filled(values: Mapping[str, Any]) -> list[Any]:
            return [values[named[param]] if param in named else param for param in params]

        return compiler, Statement(sql, self.kinds, filled)
