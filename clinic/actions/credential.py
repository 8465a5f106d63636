"""What people showed: licences, DEA registrations, REMS training. A newer entry takes the place of the one before."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic.access import demand, forget_roles
from clinic.actions.document import document_rows
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.inspection import CheckedFile
from clinic.models import Credential, Facility, RoleAssignment, User
from clinic.rules.credentials import CredentialKind, number_refusals
from clinic.rules.roles import Permission


@repeatable
@transaction.atomic
def record_credential(
    *,
    holder: User,
    facility: Facility,
    kind: CredentialKind,
    number: str,
    issued_by: str,
    expires_date: date | None,
    file: CheckedFile | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Credential:
    """What an administrator saw of one of their people, themselves included: it is shown as entered by its holder.
    ``expires_date`` is the last day, over already or still to come; None: it has no end. Everything before stays to be
    read. What it takes away or gives back, it does from this moment."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    if first := first_result(
        Credential, facility=facility, entry=entry, action="record_credential", by=by, subject=holder
    ):
        return first
    if not RoleAssignment.objects.filter(user=holder, facility=facility, ended_at__isnull=True).exists():
        raise PermissionDenied("nobody of their staff")

    number = number.strip().upper() if kind is CredentialKind.DEA else number.strip()
    refuse(*number_refusals(kind, number))

    papers = (
        document_rows(facility=facility, file=file, entry=entry, by=by, now=now, opened_with=Permission.MANAGE_FACILITY)
        if file
        else ()
    )
    credential = row(
        Credential,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        holder=holder,
        kind=kind.value,
        number=number,
        issued_by=issued_by.strip(),
        expires_date=expires_date,
        document=papers[0] if papers else None,
    )
    write(
        action="record_credential",
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        subject=holder,
        rows=(credential, *papers),
        details={"by_themselves": by == holder},
    )
    forget_roles(holder)
    return credential
