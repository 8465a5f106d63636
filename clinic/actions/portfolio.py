"""What leaves Vigil as a file leaves a mark in the audit."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.access import demand
from clinic.models import AuditChain, Facility, User
from clinic.rules.roles import Permission


@transaction.atomic
def export_portfolio(
    *, facilities: Sequence[Facility], content: str, asked: Mapping[str, str], by: User, now: datetime
) -> None:
    """Who took the list of which facilities, how it was asked for, and the digest of what was handed out. One event in
    the system's own chain, as the list is of several facilities."""
    for facility in facilities:
        demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)

    AuditChain.objects.get_or_create(facility=None)
    audit.record(
        action="export_portfolio",
        facility=None,
        by=by,
        now=now,
        subject=by,
        rows=(),
        details={
            "facilities": [facility.pk for facility in facilities],
            "asked": dict(asked),
            "digest": hashlib.sha256(content.encode()).hexdigest(),
        },
    )
