"""Devices of the cabinet as the session sees them."""

from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from clinic.models import Correction, Device, Facility, Patient
from clinic.models.patient import records_of
from clinic.rules.stock import StockDevice, StockKind
from sessions_app.models.dosing import DeviceAdministration
from sessions_app.models.dosing_session import DosingSession


class EarlierUse(NamedTuple):
    """The last use of a device and the correction that voided it; both None when it was never given."""

    administration: DeviceAdministration | None
    voided_by: Correction | None


def earlier_use(device: Device) -> EarlierUse:
    used = DeviceAdministration.objects.filter(device=device)
    last = used.exclude(pk__in=used.filter(previous_use__isnull=False).values("previous_use")).first()
    return EarlierUse(last, Correction.objects.filter(row_id=last.pk).first() if last else None)


def stock_device(device: Device, *, patient: Patient, use: EarlierUse) -> StockDevice:
    """The device as the start gate sees it for this patient. ``use`` is read once, by who also writes the next."""
    return StockDevice(
        number=device.number,
        expires_date=device.expires_date,
        kind=StockKind(device.kind),
        for_this_patient=device.patient is not None and device.patient.person_id == patient.person_id,
        received_date=device.occurred_at.astimezone(device.facility.zone).date(),
        given=use.administration is not None and use.voided_by is None,
    )


def devices_at_hand(facility_id: UUID) -> QuerySet[Device]:
    """In the cabinet: received and given to nobody; one whose use was voided is back."""
    voided = Correction.objects.filter(row_id=OuterRef("pk"))
    given = DeviceAdministration.objects.filter(~Exists(voided), device=OuterRef("pk"))
    return Device.objects.filter(~Exists(given), facility=facility_id)


def devices_for(dosing_session: DosingSession) -> QuerySet[Device]:
    """Devices at hand for this patient: this programme's, not given to anyone, the patient's own first."""
    at_hand = devices_at_hand(dosing_session.facility_id).filter(program_code=dosing_session.program_code)
    records = records_of([dosing_session.patient.person_id])
    own = at_hand.filter(Q(patient__in=records) | Q(patient=None))
    return own.select_related("facility").order_by("-kind", "expires_date", "number")


def devices_of(dosing_session: DosingSession) -> QuerySet[Device]:
    """Every device this clinic ever received for the programme, whatever became of it."""
    scope = {"facility": dosing_session.facility_id, "program_code": dosing_session.program_code}
    return Device.objects.filter(**scope).select_related("facility")


def cabinet(facility: Facility) -> list[dict[str, Any]]:
    """Devices at hand, alike ones as one line: for whom, lot, last day, how many, the first received when."""
    keys = ("program_code", "kind", "patient__first_name", "patient__last_name", "patient", "expires_date", "lot")
    alike = devices_at_hand(facility.pk).values(*keys).annotate(count=Count("pk"), received_at=Min("occurred_at"))
    return list(alike.order_by("kind", "patient__last_name", "expires_date", "lot"))
