"""What is known of somebody leaves Vigil as a file: that it did is in the audit, with the digest of what was handed
out, and in the list of who saw what."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.access import demand
from clinic.models import Facility, RecordAccess, User
from clinic.rules.roles import Permission


@transaction.atomic
def export_accesses(
    *, facility: Facility, content: str, what: str, asked: Mapping[str, str], roles: str, by: User, now: datetime
) -> RecordAccess:
    """Who took the list of who opened whose record, and how it was asked for."""
    demand(by, Permission.REVIEW, facility.pk, at=now)

    taken = RecordAccess.objects.create(
        facility=facility,
        person=by,
        kind=RecordAccess.Kind.EXPORTED,
        at=now,
        roles=roles,
        what=what,
        digest=hashlib.sha256(content.encode()).hexdigest(),
    )
    audit.record(
        action="export_accesses",
        facility=facility,
        by=by,
        now=now,
        subject=facility,
        rows=(taken,),
        details={"asked": dict(asked)},
    )
    return taken
