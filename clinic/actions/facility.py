"""Organisations and facilities come into being; the system records it, before anyone holds a role there."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic import audit
from clinic.actions.entry import refuse
from clinic.models import AuditChain, Cabinet, Facility, Organisation, User
from clinic.models.cabinet import FIRST_CABINET
from clinic.rules.enrolment import Setting
from clinic.rules.refusals import field_refusal, reason_refusals


@transaction.atomic
def open_facility(
    *,
    organisation: Organisation,
    name: str,
    setting: Setting,
    time_zone: str,
    address: str = "",
    phone: str = "",
    by: User | None,
    now: datetime,
) -> Facility:
    """A facility with its own audit chain and a cabinet. Nobody's role opens one: ``by`` is None, the system. Raises
    PermissionDenied, and ActionRefused for an unknown time zone or a name used before."""
    if by is not None:
        raise PermissionDenied("facilities are opened by the system")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        refuse(field_refusal("time_zone", "unknown_zone", value=time_zone))
    refuse(*reason_refusals(name, name="name"))
    taken = Facility.objects.filter(organisation=organisation, name=name).exists()
    refuse(*((field_refusal("name", "taken", value=name),) if taken else ()))

    facility = Facility.objects.create(
        organisation=organisation, name=name, setting=setting.value, time_zone=time_zone, address=address, phone=phone
    )
    AuditChain.objects.get_or_create(facility=None)
    AuditChain.objects.create(facility=facility)
    cabinet = Cabinet.objects.create(facility=facility, name=FIRST_CABINET)
    rows = (organisation, facility, cabinet)
    audit.record(action="open_facility", facility=facility, by=by, now=now, subject=facility, rows=rows)
    return facility
