"""Devices come into the cabinet."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from clinic.access import demand, demand_own_patient
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Device, Facility, Patient, User
from clinic.models.stock import numbers_in_use, received_pack
from clinic.rules.pack import PackCode, Product, label_refusals, pack_refusal, receiving_refusals
from clinic.rules.refusals import ActionRefused, field_refusal, reason_refusals
from clinic.rules.roles import Permission
from clinic.rules.stock import StockKind, numbers_from

MOST_AT_ONCE = 50  # [D] devices of one entry


@repeatable
def receive_devices(
    *,
    facility: Facility,
    program_code: str,
    number: str,
    lot: str,
    expires_date: date,
    devices: int = 1,
    patient: Patient | None = None,
    code: PackCode | None = None,
    product: Product | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> list[Device]:
    """Devices that came together, under the clinic's own numbers from ``number`` on; with a ``patient`` they were
    delivered for that patient alone. ``code`` is that of their pack where it was scanned, ``product`` what the
    programme calls it. Raises ActionRefused (PACK, FIELD)."""
    demand(by, Permission.MANAGE_SITE, facility.pk, at=now)
    if patient is not None:
        demand_own_patient(patient, facility)
    refuse(*reason_refusals(number, name="number"))
    if entry.occurred_at is not None and entry.occurred_at > now:
        refuse(field_refusal("occurred_time", "future", at=entry.occurred_at, now=now))
    if not 0 < devices <= MOST_AT_ONCE:
        refuse(field_refusal("devices", "impossible", value=devices, low=1, high=MOST_AT_ONCE))
    numbers, lot = numbers_from(number.strip(), devices), lot.strip()
    if not numbers:
        refuse(field_refusal("number", "not_counted_on", count=devices))
    try:
        with transaction.atomic():
            if first := first_result(Device, facility=facility, entry=entry, action="receive_devices", by=by):
                return list(Device.objects.filter(facility=facility, entry_id=first.entry_id).order_by("pk"))

            if code is not None:
                today, received = now.astimezone(facility.zone).date(), received_pack(facility, code)
                refuse(*receiving_refusals(code, product=product, received=received, today=today))
                refuse(*label_refusals(code, product=product, lot=lot, expires_date=expires_date, devices=devices))

            rows = [
                row(
                    Device,
                    facility=facility,
                    entry=entry,
                    by=by,
                    now=now,
                    program_code=program_code,
                    number=each,
                    lot=lot,
                    expires_date=expires_date,
                    kind=(StockKind.PATIENT_SPECIFIC if patient else StockKind.BULK).value,
                    patient=patient,
                    **({"gtin": code.gtin, "serial": code.serial, "pack_place": place} if code else {}),
                )
                for place, each in enumerate(numbers, start=1)
            ]
            write(action="receive_devices", facility=facility, entry=entry, by=by, now=now, subject=rows[0], rows=rows)
            return rows
    except IntegrityError as error:
        if "device_pack_received_once" in str(error) and code is not None:
            raise ActionRefused((pack_refusal("received", numbers=received_pack(facility, code)),)) from error
        if "device_number_once_in_facility" not in str(error):
            raise
        taken = numbers_in_use(facility, numbers)
        raise ActionRefused((field_refusal("number", "taken", value=", ".join(taken)),)) from error
