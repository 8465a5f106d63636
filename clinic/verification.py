"""Whether the record is as it was written: every chain unbroken, and every row in it as it stands in the database
(docs/verify.md). Read only; raises nothing, names what it finds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model

from clinic.canonical import canonical, content_of
from clinic.grants import MUTABLE_COLUMNS
from clinic.models import AuditChain, AuditEvent, ClinicalRow
from clinic.rules.chain import link_of, sha256_of, start_of

AT_ONCE = 500


@dataclass
class Checked:
    """How much was gone through so far."""

    events: int = 0
    rows: int = 0


Unseen = dict[str, set[str]]


def verify(chain: AuditChain, checked: Checked) -> Iterator[str]:
    """Everything wrong with this chain and with the rows it covers, in its order; nothing, where all is as written.
    May run beside a clinic at work."""
    unseen = _rows_of(chain.facility_id)  # before the chain's end is read: whatever comes meanwhile is no trouble
    chain.refresh_from_db()
    previous, sequence = start_of(chain.pk), 0
    events = AuditEvent.objects.filter(chain=chain, sequence__lte=chain.last_sequence).order_by("sequence")
    for some in _batches(events.iterator(AT_ONCE)):
        for event in some:
            yield from _event_problems(event, sequence, previous)
            previous, sequence = event.link, event.sequence
        yield from _row_problems(some, checked, unseen)
        checked.events += len(some)
    if (chain.last_sequence, chain.last_link or start_of(chain.pk)) != (sequence, previous):
        yield f"event {sequence + 1} and on: the chain should reach to {chain.last_sequence}, and ends before"
    yield from (f"{label} {key} stands in no event" for label, keys in unseen.items() for key in sorted(keys))


def _rows_of(facility_id: UUID | None) -> Unseen:
    """Every clinical row of a facility, by table: each stands in an event of its chain."""
    if facility_id is None:
        return {}
    return {
        model._meta.label: {
            str(key)
            for key in model._default_manager.filter(facility=facility_id).values_list("pk", flat=True).iterator()
        }
        for model in clinical_models()
    }


def _batches(events: Iterator[AuditEvent]) -> Iterator[list[AuditEvent]]:
    some: list[AuditEvent] = []
    for event in events:
        some.append(event)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _event_problems(event: AuditEvent, last: int, previous: str) -> Iterator[str]:
    where = f"event {event.sequence} ({event.action})"
    if event.sequence != last + 1:
        yield f"event {last + 1}: it is not there"
    if sha256_of(event.payload) != event.digest:
        yield f"{where}: its payload is not what was digested"
    if link_of(previous=previous, sequence=event.sequence, digest=event.digest) != event.link:
        yield f"{where}: it does not hang on the event before it"
    if wrong := [name for name, said in _columns(event).items() if not _same(*said)]:
        yield f"{where}: {', '.join(wrong)} beside the payload says something else"


def _columns(event: AuditEvent) -> dict[str, tuple[object, object]]:
    """What stands in columns to be searched, and in the payload. Older payloads name neither entry nor request."""
    said = json.loads(event.payload)
    beside: dict[str, object] = {
        "action": event.action,
        "actor": event.actor_id,
        "happened_at": event.happened_at,
        "subject": {"type": event.subject_type, "id": event.subject_id},
    }
    if "entry" in said:
        beside |= {"entry": event.entry_id, "request": event.request_id}
    return {name: (json.loads(canonical(value)), said[name]) for name, value in beside.items()}


def _row_problems(events: list[AuditEvent], checked: Checked, unseen: Unseen) -> Iterator[str]:
    """The rows of these events against those of the database."""
    written: dict[str, list[tuple[AuditEvent, dict[str, Any]]]] = {}
    for event in events:
        for row in json.loads(event.payload)["rows"]:
            written.setdefault(row["table"], []).append((event, row["fields"]))
            unseen.get(row["table"], set()).discard(row["fields"]["id"])
    for label, contents in written.items():
        model = apps.get_model(label)
        stored = model._default_manager.in_bulk([UUID(fields["id"]) for _event, fields in contents])
        for event, fields in contents:
            checked.rows += 1
            row = stored.get(UUID(fields["id"]))
            where = f"event {event.sequence} ({event.action}): {model.__name__} {fields['id']}"
            if row is None:
                yield f"{where} is not there any more"
            elif changed := _changed(row, fields):
                yield f"{where} was changed: {', '.join(changed)}"


def _changed(row: Model, fields: dict[str, Any]) -> list[str]:
    """The columns that are not as they were written. Those that may move prove nothing; one that came since, or went,
    is not compared."""
    free = MUTABLE_COLUMNS.get(row._meta.label, ())
    now = json.loads(canonical(content_of(row)))["fields"]
    may_move = {name for each in free for name in (each, f"{each}_id")}
    return [
        name for name, value in fields.items() if name in now and name not in may_move and not _same(now[name], value)
    ]


def _same(now: object, written: object) -> bool:
    """Early payloads name a moment in the facility's zone: the same moment is the same."""
    if now == written:
        return True
    try:
        return datetime.fromisoformat(str(now)) == datetime.fromisoformat(str(written))
    except (ValueError, TypeError):
        return False


def clinical_models() -> list[type[ClinicalRow]]:
    return [model for model in apps.get_models() if issubclass(model, ClinicalRow)]
