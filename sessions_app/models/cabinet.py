"""What is where in a facility's cabinets, and what became of a device: as the pages of the cabinet read it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import TruncDate

from clinic.models import Cabinet, Device, Evidence, Facility, StockMovement
from clinic.models.cabinet import cabinets_of, devices_at
from clinic.models.discrepancy import DiscrepancyDevice
from clinic.rules.cabinet import WAYS, Move, Place
from clinic.rules.requirements import Requirement
from clinic.rules.stock import StockKind
from sessions_app.models.dosing_session import DosingSession, sessions_with_context
from sessions_app.models.program import newest_versions, policies_in_force
from sessions_app.rules.program import Program

MOST_STEPS = 25
_LINE = ("device__program_code", "device__kind", "device__lot", "device__expires_date", "device__gtin")
_WHOSE = ("device__patient", "device__patient__first_name", "device__patient__last_name")


@dataclass(frozen=True)
class CabinetView:
    """One facility's cabinets at a moment."""

    facility: Facility
    cabinets: list[Cabinet]
    lines: list[dict[str, Any]]
    steps: list[StockMovement]
    taken: list[tuple[StockMovement, DosingSession]]
    programs: dict[str, Program]
    places: dict[str, int]


def cabinet_view(facility: Facility) -> CabinetView:
    here = StockMovement.objects.newest().filter(facility=facility)
    taken = list(here.leading_to(Place.DRAWN).select_related("device").order_by("occurred_at"))
    sessions = sessions_with_context().in_bulk({step.to_id for step in taken}) if taken else {}
    return CabinetView(
        facility=facility,
        cabinets=list(cabinets_of(facility)),
        lines=lines_of(facility, "to_id"),
        steps=steps_of(facility),
        taken=[(step, sessions[step.to_id]) for step in taken if step.to_id in sessions],
        programs=programs_at(facility),
        places={row["to_place"]: row["n"] for row in here.values("to_place").annotate(n=Count("pk")).order_by()},
    )


def lines_of(facility: Facility, *apart: str) -> list[dict[str, Any]]:
    """What is in the cabinets: alike devices as one line, with how many and of which packs; a named patient's, which
    have a use-by, by the day they came. ``apart``: what besides tells them apart."""
    rows = StockMovement.objects.newest().filter(facility=facility).leading_to(Place.CABINET)
    came = TruncDate("device__occurred_at", tzinfo=facility.zone)
    rows = rows.annotate(received_date=Case(When(device__kind=StockKind.PATIENT_SPECIFIC, then=came)))
    alike = rows.values(*_LINE, *_WHOSE, "received_date", *apart).annotate(
        count=Count("pk"), serials=ArrayAgg("device__serial", distinct=True, default=[])
    )
    order = ("device__kind", "device__patient__last_name", "device__expires_date", "device__lot", "device__gtin")
    return list(alike.order_by(*order, "received_date"))


def steps_of(facility: Facility) -> list[StockMovement]:
    """The newest steps of any device, the newest first."""
    rows = StockMovement.objects.filter(facility=facility).select_related("device", "performed_by", "witness")
    newest = list(rows.order_by("-pk")[:MOST_STEPS])
    return sorted(newest, key=lambda step: (step.recorded_at, step.device_id, step.step), reverse=True)


def programs_at(facility: Facility) -> dict[str, Program]:
    """Each programme as this facility's policy tightens it."""
    policies = policies_in_force(facility)
    versions = newest_versions()
    return {code: policies[code].program if code in policies else version.program for code, version in versions.items()}


def dea_number_of(facility: Facility) -> str:
    """The registration of this location, as it was shown last; empty where nobody showed one."""
    shown = Evidence.objects.filter(facility=facility, requirement=Requirement.DEA_REGISTRATION).order_by("-pk").first()
    return shown.number if shown else ""


def devices_to(facility: Facility, kind: Move) -> QuerySet[Device]:
    """Those with which this may happen now, from the cabinet's page: with a session only what it missed at its end."""
    devices = devices_at(*WAYS[kind][0]).filter(facility=facility)
    if Place.DRAWN in WAYS[kind][0]:
        newest = StockMovement.objects.newest().filter(device=OuterRef("pk"), to_place=Place.DRAWN)
        devices = devices.annotate(session=Subquery(newest.values("to_id")[:1]))
        open_ones = DiscrepancyDevice.objects.filter(device=OuterRef("pk"), discrepancy__closure=None)
        missed = open_ones.filter(discrepancy__for_session_id=OuterRef("session"))
        devices = devices.filter(Q(session=None) | Exists(missed))
    return devices.select_related("patient").order_by("expires_date", "number")


def devices_here(facility: Facility) -> QuerySet[Device]:
    """Every device this facility ever received."""
    return Device.objects.filter(facility=facility).select_related("facility", "patient")


def device_story(device: Device) -> list[StockMovement]:
    """Every step, with what stands beside it."""
    related = ("performed_by", "witness", "delivery__supplier", "delivery__document")
    return list(StockMovement.objects.filter(device=device).select_related(*related).order_by("step"))


def sessions_in(steps: list[StockMovement]) -> dict[UUID, DosingSession]:
    """The sessions that these steps led to."""
    ids = {step.to_id for step in steps if step.place in (Place.DRAWN, Place.ADMINISTERED, Place.FAILED)}
    return sessions_with_context().in_bulk(ids) if ids else {}
