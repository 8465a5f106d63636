"""Rows as PostgreSQL's COPY and as the audit's canonical JSON take them, straight from the models' own columns."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.fields.json import JSONField

from clinic.canonical import canonical

# COPY's text form: what would end a column or a line there.
ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Table:
    """One model's columns. A row is a dictionary by attribute name, of what JSON knows: times and keys as text."""

    def __init__(self, label: str) -> None:
        model = apps.get_model(label)
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.BinaryField)]
        self.label, self.name = label, model._meta.db_table
        self.columns = tuple(str(field.column) for field in fields)
        self.empty: dict[str, Any] = {field.attname: _default(field) for field in fields}
        self.empty.pop("recorded_at", None)
        self._cells = [(field.attname, _json if isinstance(field, JSONField) else _cell) for field in fields]
        self.lines: list[str] = []

    def row(self, **said: Any) -> dict[str, Any]:
        """A row as it was written, without the stamp. Raises KeyError for what is no column."""
        if unknown := said.keys() - self.empty.keys():
            raise KeyError(f"{self.label} has no {sorted(unknown)}")
        return {**self.empty, **said}

    def add(self, row: dict[str, Any], recorded_at: str) -> None:
        """To be copied, as it stands now."""
        row["recorded_at"] = recorded_at
        self.lines.append("\t".join([cell(row[name]) for name, cell in self._cells]))
        del row["recorded_at"]

    def taken(self) -> Iterator[str]:
        """The lines, which are forgotten here."""
        lines, self.lines = self.lines, []
        for line in lines:
            yield line + "\n"


def _cell(value: Any) -> str:
    if type(value) is str:
        return value.translate(ESCAPED) if "\\" in value or "\n" in value or "\t" in value else value
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    if type(value) is list:
        return "{" + ",".join(str(each) for each in value) + "}"
    return str(value)


def _json(value: Any) -> str:
    return canonical(value).translate(ESCAPED)


def _default(field: models.Field) -> Any:
    if not field.has_default():
        return "" if isinstance(field, models.CharField | models.TextField) and not field.null else None
    default = field.get_default()
    return getattr(default, "value", default)
