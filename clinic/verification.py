"""Whether the record is as it was written: every chain unbroken, and every row in it as it stands in the database
(docs/verify.md). Read only; raises nothing, names what it finds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from django.apps import apps
from django.db import connection
from django.db.models import Model
from psycopg2 import STRING
from psycopg2.extensions import new_type, register_type, string_types

from clinic.canonical import canonical, columns_of, read_back
from clinic.grants import MUTABLE_COLUMNS
from clinic.models import AuditChain, AuditEvent, ClinicalRow
from clinic.rules.chain import link_of, sha256_of, start_of

AT_ONCE = 1000
UUID_TYPE = string_types[2950]  # as psycopg2 was told by Django
_KEY_AS_TEXT = new_type((2950,), "KEY_AS_TEXT", STRING)


@dataclass
class Checked:
    """How much was gone through so far."""

    events: int = 0
    rows: int = 0

    def go_on(self) -> None:
        """After some events; for whoever wants to be told."""


Unseen = dict[str, set[str]]
Said = dict[str, Any]


def verify(chain: AuditChain, checked: Checked) -> Iterator[str]:
    """Everything wrong with this chain and with the rows it covers, in its order; nothing, where all is as written.
    May run beside a clinic at work."""
    unseen = _rows_of(chain.facility_id)  # before the chain's end is read: whatever comes meanwhile is no trouble
    chain.refresh_from_db()
    previous, sequence = start_of(chain.pk), 0
    events = AuditEvent.objects.filter(chain=chain, sequence__lte=chain.last_sequence).order_by("sequence")
    for some in _batches(events.iterator(AT_ONCE)):
        read = [orjson.loads(event.payload) for event in some]
        for event, said in zip(some, read, strict=True):
            yield from _event_problems(event, said, sequence, previous)
            previous, sequence = event.link, event.sequence
        yield from _row_problems(some, read, checked, unseen)
        checked.events += len(some)
        checked.go_on()
    if (chain.last_sequence, chain.last_link or start_of(chain.pk)) != (sequence, previous):
        yield f"event {sequence + 1} and on: the chain should reach to {chain.last_sequence}, and ends before"
    yield from (f"{label} {key} stands in no event" for label, keys in unseen.items() for key in sorted(keys))


def _rows_of(facility_id: UUID | None) -> Unseen:
    """Every clinical row of a facility, by table: each stands in an event of its chain."""
    if facility_id is None:
        return {}
    with keys_as_text():
        return {
            model._meta.label: {
                str(key) for key in model._default_manager.filter(facility=facility_id).values_list("pk", flat=True)
            }
            for model in clinical_models()
        }


@contextmanager
def keys_as_text() -> Iterator[None]:
    """As payloads have them: half of the work was making keys of text, and text of keys."""
    connection.ensure_connection()
    register_type(_KEY_AS_TEXT, connection.connection)
    try:
        yield
    finally:
        register_type(UUID_TYPE, connection.connection)


def _batches(events: Iterator[AuditEvent]) -> Iterator[list[AuditEvent]]:
    while True:
        with keys_as_text():
            some = list(islice(events, AT_ONCE))
        if not some:
            return
        yield some


def _event_problems(event: AuditEvent, said: Said, last: int, previous: str) -> Iterator[str]:
    where = f"event {event.sequence} ({event.action})"
    if event.sequence != last + 1:
        yield f"event {last + 1}: it is not there"
    if sha256_of(event.payload) != event.digest:
        yield f"{where}: its payload is not what was digested"
    if link_of(previous=previous, sequence=event.sequence, digest=event.digest) != event.link:
        yield f"{where}: it does not hang on the event before it"
    if wrong := [name for name, both in _columns(event, said).items() if not _same(*both)]:
        yield f"{where}: {', '.join(wrong)} beside the payload says something else"


def _columns(event: AuditEvent, said: Said) -> dict[str, tuple[object, object]]:
    """What stands in columns to be searched, and in the payload. Older payloads name neither entry nor request."""
    beside: dict[str, object] = {
        "action": event.action,
        "actor": event.actor_id,
        "happened_at": event.happened_at,
        "subject": {"type": event.subject_type, "id": event.subject_id},
    }
    if "entry" in said:
        beside |= {"entry": event.entry_id, "request": event.request_id}
    return {name: (read_back(value), said[name]) for name, value in beside.items()}


def _row_problems(events: list[AuditEvent], read: list[Said], checked: Checked, unseen: Unseen) -> Iterator[str]:
    """The rows of these events against those of the database."""
    written: dict[str, list[tuple[AuditEvent, Said]]] = {}
    for event, said in zip(events, read, strict=True):
        for row in said["rows"]:
            written.setdefault(row["table"], []).append((event, row["fields"]))
            unseen.get(row["table"], set()).discard(row["fields"]["id"])
    for label, contents in written.items():
        model: type[Model] = apps.get_model(label)
        names = columns_of(model)
        keys = {fields["id"] for _event, fields in contents}
        with keys_as_text():
            rows = list(model._default_manager.filter(pk__in=keys).values_list(*names))
        at = names.index("id")
        stored = {row[at]: dict(zip(names, row, strict=True)) for row in rows}
        for event, fields in contents:
            checked.rows += 1
            row = stored.get(fields["id"])
            where = f"event {event.sequence} ({event.action}): {model.__name__} {fields['id']}"
            if row is None:
                yield f"{where} is not there any more"
            elif changed := _changed(label, row, fields):
                yield f"{where} was changed: {', '.join(changed)}"


def _changed(label: str, row: Said, fields: Said) -> list[str]:
    """The columns that are not as they were written. Those that may move prove nothing; one that came since, or went,
    is not compared."""
    found = [name for name, value in fields.items() if name in row and (row[name] != value or type(value) in _NESTED)]
    return [name for name in found if name not in _may_move(label) and not _same(read_back(row[name]), fields[name])]


_NESTED = (dict, list)  # where Python takes true for one


@cache
def _may_move(label: str) -> frozenset[str]:
    return frozenset(name for each in MUTABLE_COLUMNS.get(label, ()) for name in (each, f"{each}_id"))


def _same(now: object, written: object) -> bool:
    """Early payloads name a moment in the facility's zone: the same moment is the same."""
    if canonical(now) == canonical(written):
        return True
    try:
        return datetime.fromisoformat(str(now)) == datetime.fromisoformat(str(written))
    except (ValueError, TypeError):
        return False


def clinical_models() -> list[type[ClinicalRow]]:
    return [model for model in apps.get_models() if issubclass(model, ClinicalRow)]
