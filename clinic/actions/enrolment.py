"""The patient is enrolled in a programme at a facility."""

from datetime import datetime

from django.db import transaction

from clinic.access import demand, demand_own_patient
from clinic.actions.entry import Submission, first_result, repeatable, row, write
from clinic.models import Enrolment, EnrolmentStatus, Facility, Patient, User
from clinic.rules.roles import Permission


@repeatable
@transaction.atomic
def record_enrolment(
    *,
    patient: Patient,
    facility: Facility,
    program_code: str,
    status: EnrolmentStatus = EnrolmentStatus.ENROLLED,
    rems_identifier: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> Enrolment:
    """The REMS enrolled this patient here, or the enrolment was withdrawn; the latest row counts."""
    demand(by, Permission.REGISTER, facility.pk, at=now)
    demand_own_patient(patient, facility)
    action = "record_enrolment"
    if first := first_result(Enrolment, facility=facility, entry=entry, action=action, by=by, subject=patient):
        return first

    enrolment = row(
        Enrolment,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        patient=patient,
        program_code=program_code,
        status=status,
        rems_identifier=rems_identifier.strip(),
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=patient, rows=(enrolment,))
    return enrolment
