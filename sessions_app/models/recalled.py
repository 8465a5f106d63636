"""Who had a device of a recalled lot, and where every device of it is."""

from django.db.models import Exists, OuterRef, QuerySet

from clinic.models import Cabinet, Correction, Device, Recall, StockMovement
from clinic.models.cabinet import cabinets_of, newest_of
from sessions_app.models.dosing import DeviceAdministration


def devices_of_lot(recall: Recall) -> QuerySet[Device]:
    lot = {"facility": recall.facility_id, "program_code": recall.program_code, "lot__iexact": recall.lot}
    return Device.objects.filter(**lot).select_related("patient").order_by("number")


def whereabouts(recall: Recall) -> list[tuple[Device, StockMovement, Cabinet | None]]:
    """Every device of the lot, with the step that led to where it is, and the cabinet where that is one."""
    devices = list(devices_of_lot(recall))
    newest = newest_of(devices)
    cabinets = {cabinet.pk: cabinet for cabinet in cabinets_of(recall.facility_id)}
    return [(device, newest[device.pk], cabinets.get(newest[device.pk].to_id)) for device in devices]


def given_of_lot(recall: Recall) -> QuerySet[DeviceAdministration]:
    """Every time one of it was handed to somebody, as it stands; the last first."""
    voided = Correction.objects.filter(row_id=OuterRef("pk"))
    rows = DeviceAdministration.objects.filter(~Exists(voided), device__in=devices_of_lot(recall))
    people = ("device", "dosing_session__patient", "performed_by")
    return rows.select_related(*people).order_by("-occurred_at", "-pk")
