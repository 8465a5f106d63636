"""Devices of the cabinet as the session sees them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.models import Device, StockMovement
from clinic.models.cabinet import devices_at, newest_of
from clinic.models.patient import records_of
from clinic.models.recall import is_recalled, recalled_among
from clinic.models.stock import kept
from clinic.prepared import Prepared
from clinic.rules.cabinet import GIVEN, GONE, Place
from clinic.rules.pack import PackCode
from clinic.rules.stock import StockDevice, StockKind
from sessions_app.models.dosing_session import DosingSession


def stock_device(device: Device, *, dosing_session: DosingSession, last: StockMovement, recalled: bool) -> StockDevice:
    """The device as the start gate sees it for this session. ``last``: the step that led to where it is, read once by
    who also writes the next. ``recalled``: its lot is."""
    place, patient = last.place, dosing_session.patient
    return StockDevice(
        number=device.number,
        expires_date=device.expires_date,
        kind=StockKind(device.kind),
        for_this_patient=device.patient is not None and device.patient.person_id == patient.person_id,
        received_date=device.occurred_at.astimezone(device.facility.zone).date(),
        given=place in GIVEN,
        drawn_elsewhere=place is Place.DRAWN and last.to_id != dosing_session.pk,
        gone=place in GONE,
        recalled=recalled,
    )


def devices_at_hand(facility_id: UUID) -> QuerySet[Device]:
    """In a cabinet of this facility."""
    return devices_at(Place.CABINET).filter(facility=facility_id)


def devices_drawn(dosing_session: DosingSession) -> QuerySet[Device]:
    """Taken for this session, and neither given nor put back."""
    return devices_at(Place.DRAWN, where=dosing_session.pk).select_related("facility").order_by("number")


def _steps(session_id: UUID) -> QuerySet[StockMovement]:
    here = StockMovement.objects.filter(to_id=session_id)
    steps = StockMovement.objects.filter(device__in=here.values("device"))
    mine = steps.filter(Q(to_id=session_id) | Q(from_id=session_id))
    return mine.select_related("device", "performed_by").order_by("recorded_at", "device", "step")


_STEPS = Prepared(_steps, session_id=UUID)


def session_steps(dosing_session: DosingSession) -> list[StockMovement]:
    """Every step that led a device to this session, or from it, in the order in which they were entered."""
    return list(_STEPS.instances(session_id=dosing_session.pk))


def still_drawn(steps: Iterable[StockMovement], dosing_session: DosingSession) -> list[Device]:
    """Of a session's steps: the devices that it has, neither given nor put back."""
    last = {step.device_id: step for step in sorted(steps, key=lambda step: step.step)}
    held = [step.device for step in last.values() if step.place is Place.DRAWN and step.to_id == dosing_session.pk]
    return sorted(held, key=lambda device: device.number)


def devices_for(dosing_session: DosingSession) -> QuerySet[Device]:
    """Devices this patient may be handed: what was taken for this session first, then this programme's in a cabinet,
    the patient's own first; none of a recalled lot."""
    steps = StockMovement.objects.newest().filter(device=OuterRef("pk"))
    taken = steps.filter(to_place=Place.DRAWN, to_id=dosing_session.pk)
    devices = Device.objects.filter(facility=dosing_session.facility_id, program_code=dosing_session.program_code)
    devices = devices.annotate(is_taken=Exists(taken)).filter(~is_recalled())
    devices = devices.filter(Q(is_taken=True) | Exists(steps.filter(to_place=Place.CABINET)))
    records = records_of([dosing_session.patient.person_id])
    own = devices.filter(Q(patient__in=records) | Q(patient=None))
    return own.select_related("facility").order_by("-is_taken", "-kind", "expires_date", "number")


def devices_of(dosing_session: DosingSession) -> QuerySet[Device]:
    """Every device this clinic ever received for the programme, whatever became of it."""
    scope = {"facility": dosing_session.facility_id, "program_code": dosing_session.program_code}
    return Device.objects.filter(**scope).select_related("facility")


class Scanned(NamedTuple):
    """What this clinic received of a scanned code: the pack itself, in its order, and what was typed in without a
    code, of the same lot and last day."""

    pack: list[StockDevice]
    alike: list[StockDevice]


def devices_to_take(dosing_session: DosingSession) -> QuerySet[Device]:
    """Of those that this patient may be handed, what is still in a cabinet."""
    return devices_for(dosing_session).exclude(pk__in=devices_drawn(dosing_session).values("pk"))


def scanned_devices(dosing_session: DosingSession, code: PackCode, *, in_cabinet: bool = False) -> Scanned:
    """Devices of a scanned code as the start gate sees them for this session's patient; ``in_cabinet``: what was taken
    for this session already counts as away."""
    of_label = kept(devices_of(dosing_session)).filter(lot__iexact=code.lot, expires_date=code.expires_date)
    typed = Q(serial=None) & (Q(gtin=None) | Q(gtin=code.product_gtin))
    rows = of_label.filter(Q(gtin=code.gtin, serial=code.serial) | typed).select_related("patient")
    found, devices = Scanned([], []), list(rows.order_by("pack_place", "number"))
    newest, recalled = newest_of(devices), bool(recalled_among(devices))  # they are of one lot
    # What was taken for this session goes before what is still in the cabinet.
    for row in sorted(devices, key=lambda row: newest[row.pk].to_id != dosing_session.pk):
        seen = stock_device(row, dosing_session=dosing_session, last=newest[row.pk], recalled=recalled)
        if in_cabinet and newest[row.pk].place is Place.DRAWN:
            seen = replace(seen, drawn_elsewhere=True)
        (found.pack if row.serial else found.alike).append(seen)
    return found
