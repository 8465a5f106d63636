"""Credentials of a test's people, as if somebody had entered them."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.actions.entry import row, write
from clinic.models import Credential, User
from clinic.rules.credentials import CredentialKind
from tests.factories import OPENING, Cast, entry


def give_credential(
    cast: Cast, holder: User, kind: CredentialKind, last_day: date | None, now: datetime = OPENING
) -> Credential:
    said: dict[str, Any] = {"facility": cast.facility, "entry": entry(), "by": cast.ada, "now": now}
    made = row(Credential, **said, holder=holder, kind=kind.value, number="55-0142", expires_date=last_day)
    with transaction.atomic():
        write(action="record_credential", subject=holder, rows=(made,), **said)
    return made
