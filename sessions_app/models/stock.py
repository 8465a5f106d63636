"""Devices of the cabinet as the session sees them."""

from django.db.models import Exists, OuterRef, QuerySet

from clinic.models import Correction, Device, Patient
from clinic.rules.stock import StockDevice, StockKind
from sessions_app.models.dosing import DeviceAdministration
from sessions_app.models.dosing_session import DosingSession


def earlier_use(device: Device) -> tuple[DeviceAdministration | None, Correction | None]:
    """The last use of this device and the correction that voided it; both None when it was never given."""
    used = DeviceAdministration.objects.filter(device=device)
    last = used.exclude(pk__in=used.filter(previous_use__isnull=False).values("previous_use")).first()
    return last, Correction.objects.filter(row_id=last.pk).first() if last else None


def stock_device(device: Device, *, patient: Patient) -> StockDevice:
    """The device as the start gate sees it for this patient."""
    last, voided_by = earlier_use(device)
    return StockDevice(
        number=device.number,
        expires_date=device.expires_date,
        kind=StockKind(device.kind),
        for_this_patient=device.patient_id == patient.pk,
        received_date=device.occurred_at.astimezone(device.facility.zone).date(),
        given=last is not None and voided_by is None,
    )


def devices_for(dosing_session: DosingSession) -> QuerySet[Device]:
    """Devices at hand for this patient: this programme's, not given to anyone, the patient's own first."""
    voided = Correction.objects.filter(row_id=OuterRef("pk"))
    given = DeviceAdministration.objects.filter(~Exists(voided), device=OuterRef("pk"))
    at_hand = Device.objects.filter(
        ~Exists(given), facility=dosing_session.facility_id, program_code=dosing_session.program_code
    )
    own = at_hand.filter(patient=dosing_session.patient_id) | at_hand.filter(patient__isnull=True)
    return own.select_related("facility").order_by("-kind", "expires_date", "number")
