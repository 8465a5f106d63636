"""A device that a session had and did not use, and what became of it in the cabinet."""

from datetime import datetime
from typing import Any

from clinic.actions import cabinet
from clinic.actions.delivery import Arrival
from clinic.actions.discrepancy import close_discrepancy, follow_discrepancy
from clinic.models import Correction, Device, Discrepancy
from clinic.models.cabinet import cabinets_of
from clinic.rules.discrepancy import DiscrepancyStepKind
from sessions_app.actions.cabinet import put_back_devices, take_devices
from sessions_app.models import DeviceAdministration
from tests.clinic.actions.cabinet_attempts import a_supplier
from tests.factories import NINE, Cast, Walk, entry, minutes
from tests.files import a_file


def back_in_the_cabinet(cast: Cast, walk: Walk, other: Walk, *, now: datetime) -> None:
    """The device that was charted twice: ``other`` takes it and puts it back, it is lost and found, and goes back to
    the distributor under a paper."""
    voided = Correction.objects.filter(subject_id=walk.dosing_session.pk).values("row_id")
    device = Device.objects.get(pk=DeviceAdministration.objects.get(pk__in=voided).device_id)
    for act in (take_devices, put_back_devices):
        act(devices=[device], **other.envelope(NINE + minutes(30)))
    said: dict[str, Any] = {"by": cast.nora, "now": now}
    of_it: dict[str, Any] = {"facility": cast.facility, "devices": [device], **said}
    cabinet.report_lost(reason="Not in its drawer.", entry=entry(), **of_it)
    found = Discrepancy.objects.get()
    note: dict[str, Any] = {"kind": DiscrepancyStepKind.NOTE, "text": "Looked under the chair."}
    follow_discrepancy(discrepancy=found, **note, entry=entry(), **said)
    where = cabinets_of(cast.facility)[0]
    cabinet.report_found(cabinet=where, reason="Behind the drawer.", entry=entry(), **of_it)
    close_discrepancy(discrepancy=found, reason="It had slipped down.", entry=entry(), **said)
    cabinet.return_devices(delivery=Arrival(a_supplier(cast), "R-77", a_file("R-77.pdf")), entry=entry(), **of_it)
