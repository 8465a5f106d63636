"""The only writer of AuditEvent: what was done, by whom, with the canonical content of every row written."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from clinic.models import AuditChain, AuditEvent, Facility, User


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: the same content always gives the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
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
    """A row as it was written: every column but the database's own stamp."""
    fields = {field.attname: field.value_from_object(row) for field in row._meta.concrete_fields}
    fields.pop("recorded_at", None)
    return {"table": row._meta.label, "fields": fields}


def record(
    *,
    action: str,
    facility: Facility | None,
    by: User | None,
    now: datetime,
    subject: Model,
    rows: Iterable[Model],
    entry_id: UUID | None = None,
    request_id: str = "",
    details: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Append one event to the facility's chain (``facility`` None: the system's), in the caller's transaction.

    The chain's counter row is locked here, last of all locks, so that sequences have no gaps and a facility
    waits only for itself. Raises RuntimeError outside a transaction: an event without its rows proves nothing.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit event is written in the transaction of what it records")
    payload = canonical(
        {
            "action": action,
            "actor": by.pk if by else None,
            "facility": facility.pk if facility else None,
            "happened_at": now,
            "subject": {"type": subject._meta.label, "id": subject.pk},
            "rows": [content_of(row) for row in rows],
            "details": dict(details or {}),
        }
    )
    chain = AuditChain.objects.select_for_update().get(facility=facility)
    chain.last_sequence += 1
    chain.save(update_fields=["last_sequence"])
    return AuditEvent.objects.create(
        chain=chain,
        sequence=chain.last_sequence,
        action=action,
        actor=by,
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        entry_id=entry_id,
        request_id=request_id,
        happened_at=now,
        payload=payload,
        digest=hashlib.sha256(payload.encode()).hexdigest(),
    )
