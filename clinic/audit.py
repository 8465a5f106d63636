"""The only writer of AuditEvent: what was done, by whom, with the canonical content of every row written."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet

from clinic.canonical import canonical, content_of
from clinic.models import AuditChain, AuditEvent, Facility, User
from clinic.prepared import Prepared
from clinic.rules.chain import link_of, sha256_of, start_of
from clinic.writing import insert, update


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

    The chain's row is locked here, last of all locks, so that sequences have no gaps and a facility
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
            "entry": entry_id,
            "request": request_id,
            "subject": {"type": subject._meta.label, "id": subject.pk},
            "rows": [content_of(row) for row in rows],
            "details": dict(details or {}),
        }
    )
    digest = sha256_of(payload)
    chain = next(_CHAIN.instances(facility_id=facility.pk)) if facility else _chain_of_the_system()
    previous = chain.last_link or start_of(chain.pk)
    chain.last_sequence += 1
    chain.last_link = link_of(previous=previous, sequence=chain.last_sequence, digest=digest)
    update(chain, ("last_sequence", "last_link"))
    event = AuditEvent(
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
        digest=digest,
        link=chain.last_link,
    )
    insert([event])
    return event


def _chain(facility_id: UUID) -> QuerySet[AuditChain]:
    return AuditChain.objects.filter(facility=facility_id).select_for_update()


_CHAIN = Prepared(_chain, facility_id=UUID)


def _chain_of_the_system() -> AuditChain:
    return AuditChain.objects.select_for_update().get(facility=None)
