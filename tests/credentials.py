"""Credentials of a test's people."""

from datetime import date, datetime

from clinic.actions.credential import record_credential
from clinic.models import Credential, User
from clinic.rules.credentials import CredentialKind
from tests.factories import OPENING, Cast, entry


def give_credential(
    cast: Cast, holder: User, kind: CredentialKind, last_day: date | None, now: datetime = OPENING
) -> Credential:
    return record_credential(
        holder=holder,
        facility=cast.facility,
        kind=kind,
        number="AB1234563",
        issued_by="",
        expires_date=last_day,
        entry=entry(),
        by=cast.ada,
        now=now,
    )
