"""What the REMS said of a facility is written down. The app certifies nobody."""

from datetime import date, datetime

from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import AuthorizedRepresentative, Certification, Facility, User
from clinic.rules.certification import CertificationStatus
from clinic.rules.refusals import field_refusal, reason_refusals
from clinic.rules.roles import Permission


@repeatable
@transaction.atomic
def designate_representative(
    *, facility: Facility, program_code: str, name: str, entry: Submission, by: User, now: datetime
) -> AuthorizedRepresentative:
    """A new Authorized Representative: new dosing stops until the REMS confirms the facility under this one."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    action = "designate_representative"
    if first := first_result(AuthorizedRepresentative, facility=facility, entry=entry, action=action, by=by):
        return first

    refuse(*reason_refusals(name, name="name"))

    representative = row(
        AuthorizedRepresentative,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        program_code=program_code,
        name=name.strip(),
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(representative,))
    return representative


@repeatable
@transaction.atomic
def record_confirmation(
    *,
    representative: AuthorizedRepresentative,
    confirmation_date: date,
    confirmation_identifier: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Certification:
    """The REMS's own confirmation, by date and identifier, of the facility under this representative."""
    facility = representative.facility
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    action = "record_confirmation"
    if first := first_result(Certification, facility=facility, entry=entry, action=action, by=by):
        return first

    refuse(*reason_refusals(confirmation_identifier, name="confirmation_identifier"))
    today = now.astimezone(facility.zone).date()
    refuse(*(() if confirmation_date <= today else (field_refusal("confirmation_date", "future_day"),)))

    certification = row(
        Certification,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        program_code=representative.program_code,
        status=CertificationStatus.CERTIFIED.value,
        authorized_representative=representative,
        confirmation_date=confirmation_date,
        confirmation_identifier=confirmation_identifier.strip(),
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(certification,))
    return certification


@repeatable
@transaction.atomic
def record_stop(
    *,
    facility: Facility,
    program_code: str,
    status: CertificationStatus,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Certification:
    """The facility is suspended or has withdrawn: nobody new is dosed from this moment."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    action = "record_stop"
    if first := first_result(Certification, facility=facility, entry=entry, action=action, by=by):
        return first

    refuse(*reason_refusals(reason))
    refuse(*((field_refusal("status", "not_a_stop"),) if status is CertificationStatus.CERTIFIED else ()))

    certification = row(
        Certification,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        program_code=program_code,
        status=status.value,
        reason=reason.strip(),
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(certification,))
    return certification
