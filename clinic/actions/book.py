"""The cabinet's book leaves Vigil as a file: that it did is in the audit, with the digest of what was handed out, and
in the list of who saw what."""

import hashlib
from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.access import demand
from clinic.models import Facility, RecordAccess, User
from clinic.rules.book import Period
from clinic.rules.roles import Permission


@transaction.atomic
def export_book(
    *, facility: Facility, period: Period, what: str, content: bytes, names: bool, roles: str, by: User, now: datetime
) -> RecordAccess:
    """Who took the book of which days away; ``names``: with those of the patients. Twice is two."""
    demand(by, Permission.BOOK, facility.pk, at=now)
    if names:
        demand(by, Permission.READ_CHART, facility.pk, at=now)
        demand(by, Permission.EXPORT, facility.pk, at=now)

    taken = RecordAccess.objects.create(
        facility=facility,
        person=by,
        kind=RecordAccess.Kind.EXPORTED,
        at=now,
        roles=roles,
        what=what,
        digest=hashlib.sha256(content).hexdigest(),
    )
    audit.record(
        action="export_book",
        facility=facility,
        by=by,
        now=now,
        subject=facility,
        rows=(taken,),
        details={"first": period.first, "last": period.last, "names": names},
    )
    return taken
