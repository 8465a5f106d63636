"""The patient is treated elsewhere from some day on, and the REMS was told before it."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.access import demand, demand_own_patient
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Correction, Enrolment, EnrolmentStatus, Facility, Patient, PatientTransfer, User
from clinic.rules.enrolment import call_off_refusals, transfer_refusals
from clinic.rules.local_time import day_span
from clinic.rules.refusals import ActionRefused, Refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.alarm import raise_or_clear
from sessions_app.actions.session_entry import lock_watched
from sessions_app.models import DosingSession
from sessions_app.models.patient_transfer import enrolment_at
from sessions_app.rules.alarms import AlarmCode


@repeatable
@transaction.atomic
def record_patient_transfer(
    *,
    patient: Patient,
    facility: Facility,
    program_code: str,
    to_facility: Facility | None = None,
    to_place: str = "",
    from_date: date,
    rems_told_date: date,
    rems_told_how: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> PatientTransfer:
    """From ``from_date`` on the enrolment here counts no more, and the facility that takes over sees the patient.
    Raises ActionRefused (FIELD). A session that is open stays as it is; it gets an alarm."""
    demand(by, Permission.REGISTER, facility.pk, at=now)
    demand_own_patient(patient, facility)
    here = DosingSession.objects.for_facility(facility).of_patient(patient).filter(program_code=program_code)
    watched = lock_watched(here)
    action = "record_patient_transfer"
    if first := first_result(PatientTransfer, facility=facility, entry=entry, action=action, by=by, subject=patient):
        return first

    enrolled = enrolment_at(patient, facility, program_code)
    refuse(
        *transfer_refusals(
            from_date=from_date,
            rems_told_date=rems_told_date,
            today=now.astimezone(facility.zone).date(),
            leads_somewhere=bool(to_facility) != bool(to_place.strip()),
            leads_elsewhere=to_facility != facility,
            same_organisation=to_facility is None or to_facility.organisation_id == facility.organisation_id,
            enrolled=enrolled is not None,
        )
    )

    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now, "patient": patient}
    ends, _next_day = day_span(from_date, facility.zone)
    if enrolled is not None:
        ends = max(ends, enrolled.occurred_at)  # enrolled on that day, or written down late: this word is the last
    word = row(Enrolment, **said, program_code=program_code, status=EnrolmentStatus.TRANSFERRED.value, occurred_at=ends)
    transfer = row(
        PatientTransfer,
        **said,
        program_code=program_code,
        organisation_id=facility.organisation_id,
        to_facility=to_facility,
        to_place=to_place.strip(),
        from_date=from_date,
        rems_told_date=rems_told_date,
        rems_told_how=rems_told_how,
        enrolment=word,
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=patient, rows=(transfer, word))
    raise_or_clear(watched=watched, code=AlarmCode.ENROLMENT, request_id=entry.request_id, by=by, now=now)
    return transfer


@repeatable
@transaction.atomic
def call_off_transfer(
    *, transfer: PatientTransfer, reason: str, entry: Submission, by: User, now: datetime
) -> Correction:
    """Before its day: the patient stays, and the enrolment here never ended. Raises ActionRefused (ALREADY_VOIDED,
    TRANSFER_BEGUN, FIELD)."""
    facility, patient = transfer.facility, transfer.patient
    demand(by, Permission.REGISTER, facility.pk, at=now)
    action = "call_off_transfer"
    if first := first_result(Correction, facility=facility, entry=entry, action=action, by=by, subject=patient):
        return first

    if Correction.objects.filter(row_id=transfer.pk).exists():
        raise ActionRefused((Refusal("ALREADY_VOIDED"),))
    today = now.astimezone(facility.zone).date()
    refuse(*call_off_refusals(from_date=transfer.from_date, today=today), *reason_refusals(reason))

    rows = [
        row(
            Correction,
            facility=facility,
            entry=entry,
            by=by,
            now=now,
            row_kind=type(taken_back).__name__,
            row_id=taken_back.pk,
            subject_id=patient.pk,
            reason=reason.strip(),
        )
        for taken_back in (transfer, transfer.enrolment)
    ]
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=patient, rows=rows)
    return rows[0]
