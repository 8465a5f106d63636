"""Devices come into the cabinet."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from clinic.access import demand, demand_own_patient
from clinic.actions.cabinet import cabinet_at, witness_refusals
from clinic.actions.delivery import Arrival
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Cabinet, Delivery, Device, Facility, Patient, StockMovement, User
from clinic.models.cabinet import first_step
from clinic.models.stock import numbers_in_use, places_of_pack, received_pack
from clinic.rules.cabinet import Move
from clinic.rules.pack import PackCode, Product, label_refusals, pack_refusal, receiving_refusals
from clinic.rules.refusals import ActionRefused, field_refusal, reason_refusals
from clinic.rules.roles import Permission
from clinic.rules.stock import StockKind, numbers_from, tidy_lot

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
    cabinet: Cabinet | None = None,
    delivery: Delivery | Arrival | None = None,
    witness: User | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> list[Device]:
    """Devices that came together, under the clinic's own numbers from ``number`` on; with a ``patient`` they were
    delivered for that patient alone. ``product``: what their pack is, None where nobody knows; ``code``: that of the
    pack, where it was scanned. They are put into ``cabinet``, or the first there is. ``delivery``: under which paper
    they came; None for what was here before. Raises ActionRefused (PACK, FIELD)."""
    demand(by, Permission.STOCK, facility.pk, at=now)
    place = cabinet_at(facility, cabinet)
    if patient is not None:
        demand_own_patient(patient, facility)
    refuse(*reason_refusals(number, name="number"))
    if entry.occurred_at is not None and entry.occurred_at > now:
        refuse(field_refusal("occurred_time", "future", at=entry.occurred_at, now=now))
    if not 0 < devices <= MOST_AT_ONCE:
        refuse(field_refusal("devices", "impossible", value=devices, low=1, high=MOST_AT_ONCE))
    numbers, lot = numbers_from(number.strip(), devices), tidy_lot(lot)
    if not numbers:
        refuse(field_refusal("number", "not_counted_on", count=devices))
    try:
        with transaction.atomic():
            if first := first_result(Device, facility=facility, entry=entry, action="receive_devices", by=by):
                return list(Device.objects.filter(facility=facility, entry_id=first.entry_id).order_by("pk"))

            # Counted first: of two who take one pack in, both then say the same places, and the database takes one.
            places = places_of_pack(facility, code) if code else 0
            if code is not None:
                today, received = now.astimezone(facility.zone).date(), received_pack(facility, code)
                refuse(*receiving_refusals(code, product=product, received=received, today=today))
                refuse(*label_refusals(code, product=product, lot=lot, expires_date=expires_date, devices=devices))

            refuse(*witness_refusals(kind=Move.RECEIVED, witness=witness, facility=facility, by=by, now=now))
            said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now}
            gtin = code.gtin if code else product.gtin if product else None
            rows = [
                row(
                    Device,
                    **said,
                    program_code=program_code,
                    number=each,
                    lot=lot,
                    expires_date=expires_date,
                    kind=(StockKind.PATIENT_SPECIFIC if patient else StockKind.BULK).value,
                    patient=patient,
                    gtin=gtin,
                    serial=code.serial if code else None,
                    pack_place=at if code else None,
                )
                for at, each in enumerate(numbers, start=1 + places)
            ]
            papers: tuple[Any, ...] = delivery.rows(**said) if isinstance(delivery, Arrival) else ()
            under = papers[0] if papers else delivery
            into: dict[str, Any] = {"cabinet": place, "delivery": under}
            steps = [row(StockMovement, **said, **first_step(each, **into), witness=witness) for each in rows]
            write(action="receive_devices", subject=rows[0], rows=[*rows, *steps, *papers], **said)
            return rows
    except IntegrityError as error:
        if "device_pack_received_once" in str(error) and code is not None:
            raise ActionRefused((pack_refusal("received", numbers=received_pack(facility, code)),)) from error
        if "device_number_once_in_facility" not in str(error):
            raise
        taken = numbers_in_use(facility, numbers)
        raise ActionRefused((field_refusal("number", "taken", value=", ".join(taken)),)) from error
