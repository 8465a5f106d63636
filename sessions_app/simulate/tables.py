"""Rows as PostgreSQL's COPY and as the audit's canonical JSON take them, straight from the models' own columns."""

from typing import Any

import orjson
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import JSONField

STAMP = "recorded_at"
NULL = "None"  # as Python writes it, so that a whole line is one formatting; COPY is told


def encoded(value: Any) -> bytes:
    """As clinic.canonical writes it: rows hold nothing but text, whole numbers and lists of them."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


class Table:
    """One model's columns. A row is a dictionary by attribute name, of what JSON knows: times and keys as text."""

    def __init__(self, label: str) -> None:
        model = apps.get_model(label)
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.BinaryField)]
        fields.sort(key=lambda field: field.attname == STAMP)
        self.label, self.name = label, model._meta.db_table
        self.columns = tuple(str(field.column) for field in fields)
        self.empty: dict[str, Any] = {field.attname: _default(field) for field in fields if field.attname != STAMP}
        self._line = "".join(f"%({name})s\t" for name in self.empty)
        self._written = {field.attname: write for field in fields if (write := _writer(field))}
        self.lines: list[str] = []

    def row(self, **said: Any) -> dict[str, Any]:
        """A row as it was written, without the stamp. Raises KeyError for what is no column."""
        made = self.empty | said
        if len(made) != len(self.empty):
            raise KeyError(f"{self.label} has no {sorted(said.keys() - self.empty.keys())}")
        return made

    def add(self, row: dict[str, Any], recorded_at: str) -> None:
        """To be copied, as it stands now."""
        if self._written:
            row = row | {name: write(row[name]) for name, write in self._written.items()}
        self.lines.append(self._line % row + recorded_at)

    def taken(self) -> bytes:
        """COPY's text, which is forgotten here. Raises ValueError for a word that COPY would read as something else."""
        lines, self.lines = self.lines, []
        text = "\n".join(lines) + "\n"
        cells = (text.count("\n"), text.count("\t"))
        if cells != (len(lines), len(lines) * (len(self.columns) - 1)) or ("\\" in text and not self._written):
            raise ValueError(f"{self.label}: a tab, a new line or a backslash where none is expected")
        return text.encode()


def _writer(field: models.Field) -> Any:
    """How what is more than a word is written for COPY; None for a word."""
    if isinstance(field, ArrayField):
        return _array
    if isinstance(field, JSONField):
        return _json
    return _escaped if isinstance(field, models.TextField) else None


def _array(value: list[Any] | None) -> str | None:
    return None if value is None else "{" + ",".join(map(str, value)) + "}"


def _json(value: Any) -> str | None:
    return None if value is None else _escaped(encoded(value).decode())


def _escaped(text: str | None) -> str | None:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n") if text else text


def _default(field: models.Field) -> Any:
    if not field.has_default():
        return "" if isinstance(field, models.CharField | models.TextField) and not field.null else None
    default = field.get_default()
    return getattr(default, "value", default)
