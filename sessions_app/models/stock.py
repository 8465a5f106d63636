"""Devices of the cabinet as the session sees them."""

from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from clinic.models import Correction, Device, Facility, Patient
from clinic.models.patient import records_of
from clinic.rules.pack import PackCode
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
    return _seen(device, patient=patient, given=use.administration is not None and use.voided_by is None)


def _seen(device: Device, *, patient: Patient, given: bool) -> StockDevice:
    return StockDevice(
        number=device.number,
        expires_date=device.expires_date,
        kind=StockKind(device.kind),
        for_this_patient=device.patient is not None and device.patient.person_id == patient.person_id,
        received_date=device.occurred_at.astimezone(device.facility.zone).date(),
        given=given,
    )


def _given() -> Exists:
    """Given to somebody; one whose use was voided is back."""
    voided = Correction.objects.filter(row_id=OuterRef("pk"))
    return Exists(DeviceAdministration.objects.filter(~Exists(voided), device=OuterRef("pk")))


def devices_at_hand(facility_id: UUID) -> QuerySet[Device]:
    """In the cabinet: received and given to nobody."""
    return Device.objects.filter(~_given(), facility=facility_id)


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


class Scanned(NamedTuple):
    """What this clinic received of a scanned code: the pack itself, in its order, and what was typed in without a
    code, of the same lot and last day."""

    pack: list[StockDevice]
    alike: list[StockDevice]


def scanned_devices(dosing_session: DosingSession, code: PackCode) -> Scanned:
    """Devices of a scanned code as the start gate sees them for this session's patient."""
    of_label = devices_of(dosing_session).filter(lot=code.lot, expires_date=code.expires_date)
    rows = of_label.filter(Q(gtin=code.gtin, serial=code.serial) | Q(gtin=None)).annotate(is_given=_given())
    found = Scanned([], [])
    for row in rows.select_related("patient").order_by("pack_place", "number"):
        seen = _seen(row, patient=dosing_session.patient, given=row.is_given)
        (found.pack if row.gtin else found.alike).append(seen)
    return found


def cabinet(facility: Facility) -> list[dict[str, Any]]:
    """Devices at hand, alike ones as one line: for whom, lot, last day, product, how many, of which packs, the first
    received when."""
    keys = (
        "program_code",
        "kind",
        "patient__first_name",
        "patient__last_name",
        "patient",
        "expires_date",
        "lot",
        "gtin",
    )
    alike = devices_at_hand(facility.pk).values(*keys).annotate(count=Count("pk"), received_at=Min("occurred_at"))
    alike = alike.annotate(serials=ArrayAgg("serial", distinct=True, default=[]))
    return list(alike.order_by("kind", "patient__last_name", "expires_date", "lot", "gtin"))
