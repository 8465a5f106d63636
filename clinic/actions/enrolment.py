"""The patient is enrolled in a programme at a facility."""

from datetime import date, datetime

from django.db import transaction

from clinic.access import demand, demand_own_patient, roles_of
from clinic.actions.document import document_rows
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.inspection import CheckedFile
from clinic.models import Enrolment, EnrolmentStatus, Facility, Patient, User
from clinic.rules.enrolment import form_refusals
from clinic.rules.refusals import reason_refusals
from clinic.rules.roles import Permission, Role


@repeatable
@transaction.atomic
def record_enrolment(
    *,
    patient: Patient,
    facility: Facility,
    program_code: str,
    status: EnrolmentStatus = EnrolmentStatus.ENROLLED,
    rems_identifier: str = "",
    patient_signed_date: date | None = None,
    prescriber_signed_date: date | None = None,
    prescriber: User | None = None,
    file: CheckedFile | None = None,
    reason: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> Enrolment:
    """The REMS enrolled this patient here, by a form that both signed, or the enrolment was withdrawn; the latest row
    counts. Raises ActionRefused (FIELD)."""
    demand(by, Permission.REGISTER, facility.pk, at=now)
    demand_own_patient(patient, facility)
    action = "record_enrolment"
    if first := first_result(Enrolment, facility=facility, entry=entry, action=action, by=by, subject=patient):
        return first

    if status == EnrolmentStatus.ENROLLED:
        signs_here = prescriber is not None and Role.PRESCRIBER in roles_of(prescriber, at=now).get(facility.pk, ())
        refuse(
            *form_refusals(
                patient_signed_date=patient_signed_date,
                prescriber_signed_date=prescriber_signed_date,
                has_prescriber=signs_here,
                today=now.astimezone(facility.zone).date(),
            )
        )
    else:
        refuse(*reason_refusals(reason))

    paper = document_rows(facility=facility, file=file, entry=entry, by=by, now=now) if file else ()
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
        patient_signed_date=patient_signed_date,
        prescriber_signed_date=prescriber_signed_date,
        prescriber=prescriber,
        document=paper[0] if paper else None,
        reason=reason.strip(),
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=patient, rows=(enrolment, *paper))
    return enrolment
