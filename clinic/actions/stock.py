"""Devices come into the cabinet."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from clinic.access import demand, demand_own_patient
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Device, Facility, Patient, User
from clinic.rules.refusals import ActionRefused, field_refusal, reason_refusals
from clinic.rules.roles import Permission
from clinic.rules.stock import StockKind


@repeatable
def receive_device(
    *,
    facility: Facility,
    program_code: str,
    number: str,
    lot: str,
    expires_date: date,
    patient: Patient | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Device:
    """One device under the clinic's own number; with a ``patient`` it was delivered for that patient alone."""
    demand(by, Permission.MANAGE_SITE, facility.pk, at=now)
    if patient is not None:
        demand_own_patient(patient, facility)
    refuse(*reason_refusals(number, name="number"))
    if entry.occurred_at is not None and entry.occurred_at > now:
        refuse(field_refusal("occurred_time", "future", at=entry.occurred_at, now=now))
    try:
        with transaction.atomic():
            if first := first_result(Device, facility=facility, entry=entry, action="receive_device", by=by):
                return first
            device = row(
                Device,
                facility=facility,
                entry=entry,
                by=by,
                now=now,
                program_code=program_code,
                number=number.strip(),
                lot=lot.strip(),
                expires_date=expires_date,
                kind=(StockKind.PATIENT_SPECIFIC if patient else StockKind.BULK).value,
                patient=patient,
            )
            write(
                action="receive_device", facility=facility, entry=entry, by=by, now=now, subject=device, rows=(device,)
            )
            return device
    except IntegrityError as error:
        if "device_number_once_in_facility" not in str(error):
            raise
        raise ActionRefused((field_refusal("number", "taken", value=number),)) from error
