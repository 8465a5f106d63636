"""Constraints that Django does not ship: composite foreign keys, row triggers, and named shorthands."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, CheckConstraint, Func, Model, Q, Value


def both_or_neither(first: str, second: str, *, name: str) -> CheckConstraint:
    """A time and its person stand together, or neither does."""
    empty = Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
    full = Q(**{f"{first}__isnull": False, f"{second}__isnull": False})
    return CheckConstraint(condition=empty | full, name=name)


def state_known(field: str, choices: Sequence[str], *, name: str) -> CheckConstraint:
    """The column holds one of the words the rules know."""
    return CheckConstraint(condition=Q(**{f"{field}__in": [str(choice) for choice in choices]}), name=name)


def sha256_hex(content: Any) -> Func:
    """The digest of bytes as PostgreSQL itself computes it."""
    text = models.CharField(max_length=64)
    return Func(Func(content, function="sha256"), Value("hex"), function="encode", output_field=text)


class _SqlConstraint(BaseConstraint):
    """A constraint the database alone enforces; Python-side validation has nothing to say."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


def _column(model: type[Model], name: str) -> str:
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field) or field.column is None:
        raise TypeError(f"{model.__name__}.{name} is not a column")
    return field.column


class CompositeForeignKey(_SqlConstraint):
    """``FOREIGN KEY (fields) REFERENCES to (to_fields)``: the parent is of the same facility, session, ...

    The parent needs a unique constraint over ``to_fields``. A null in any column leaves the row unchecked
    (MATCH SIMPLE), which is what optional parents want.
    """

    def __init__(
        self, *, fields: Sequence[str], to: str, to_fields: Sequence[str], name: str, deferred: bool = False
    ) -> None:
        super().__init__(name=name)
        self.fields, self.to, self.to_fields, self.deferred = tuple(fields), to, tuple(to_fields), deferred

    def _body(self, model: type[Model], editor: BaseDatabaseSchemaEditor) -> str:
        # The parent is looked up among the migration's own models where there are any.
        parent = model._meta.apps.get_model(self.to)
        quote = editor.quote_name

        def columns(of: type[Model], names: Sequence[str]) -> str:
            return ", ".join(quote(_column(of, name)) for name in names)

        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({columns(model, self.fields)}) "
            f"REFERENCES {quote(parent._meta.db_table)} ({columns(parent, self.to_fields)})"
            + (" DEFERRABLE INITIALLY DEFERRED" if self.deferred else "")
        )

    def constraint_sql(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> None:  # type: ignore[override]
        self.create_sql(model, schema_editor)

    def create_sql(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> None:  # type: ignore[override]
        # Said at the end of the migration: the parent's unique constraint may come after this one, and two tables
        # may point at each other.
        table = schema_editor.quote_name(model._meta.db_table)
        schema_editor.deferred_sql.append(f"ALTER TABLE {table} ADD {self._body(model, schema_editor)}")

    def remove_sql(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> str:  # type: ignore[override]
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        kwargs.update(fields=self.fields, to=self.to, to_fields=self.to_fields, deferred=self.deferred)
        return path, (), kwargs


class RowTrigger(_SqlConstraint):
    """A trigger on each row that is inserted (or another ``event``), which runs a function of a migration: ``when``
    it is about to be, "after" it met every constraint, or "at the end" of the transaction."""

    def __init__(self, *, function: str, name: str, event: str = "INSERT", when: str = "before") -> None:
        super().__init__(name=name)
        self.function, self.event, self.when = function, event, when

    def constraint_sql(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> None:  # type: ignore[override]
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> str:  # type: ignore[override]
        quote = schema_editor.quote_name
        kind, moment, deferred = _MOMENTS[self.when]
        return (
            f"CREATE {kind} {quote(self.name)} {moment} {self.event} ON {quote(model._meta.db_table)} "
            f"{deferred}FOR EACH ROW EXECUTE FUNCTION {self.function}()"
        )

    def remove_sql(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> str:  # type: ignore[override]
        quote = schema_editor.quote_name
        return f"DROP TRIGGER {quote(self.name)} ON {quote(model._meta.db_table)}"

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        kwargs.update(function=self.function)
        if self.event != "INSERT":
            kwargs.update(event=self.event)
        if self.when != "before":
            kwargs.update(when=self.when)
        return path, (), kwargs


_MOMENTS = {
    "before": ("TRIGGER", "BEFORE", ""),
    "after": ("CONSTRAINT TRIGGER", "AFTER", ""),
    "at the end": ("CONSTRAINT TRIGGER", "AFTER", "DEFERRABLE INITIALLY DEFERRED "),
}


def database_clock() -> RowTrigger:
    """``recorded_at`` is the database's own time, whatever the statement says."""
    return RowTrigger(function="vigil_stamp_recorded_at", name="%(class)s_recorded_by_database")


def same_entry() -> CompositeForeignKey:
    """Every clinical row belongs to an entry of its own facility."""
    return CompositeForeignKey(
        fields=("facility", "entry_id"),
        to="clinic.Entry",
        to_fields=("facility", "entry_id"),
        name="%(class)s_entry_of_same_facility",
    )


class ProtectedForeignKey(models.ForeignKey):
    """A foreign key that never cascades: nothing clinical is deleted."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        super().__init__(to, on_delete, **kwargs)
