"""What the cabinet's ledger says of the devices of some sessions of one patient, as far as it is nobody else's: their
steps, the discrepancies that concern them, and the events that wrote both."""

from collections.abc import Sequence
from functools import cached_property

from django.db.models import Q, QuerySet

from clinic.models import AuditEvent, Discrepancy, Entry, Facility, StockMovement
from clinic.models.audit import OF_THE_CABINET
from clinic.models.discrepancy import discrepancies_with_context
from clinic.rules.cabinet import Place
from sessions_app.models.dosing_session import DosingSession

# Where a device is that a session has, or had.
OF_A_SESSION = [place.value for place in (Place.DRAWN, Place.ADMINISTERED, Place.FAILED)]


class CabinetRecord:
    """Read for all ``sessions`` at once."""

    def __init__(self, facility: Facility, sessions: Sequence[DosingSession]) -> None:
        self.facility, self.keys = facility, [session.pk for session in sessions]

    @cached_property
    def steps(self) -> list[StockMovement]:
        """Of every device that was with one of them ever; without those that another session made, or undid."""
        with_them = StockMovement.objects.filter(to_id__in=self.keys)
        steps = StockMovement.objects.filter(facility=self.facility, device__in=with_them.values("device"))
        led = Q(to_place__in=OF_A_SESSION) & ~Q(to_id__in=self.keys)
        left = Q(from_place__in=OF_A_SESSION) & ~Q(from_id__in=self.keys)
        people = ("device", "performed_by", "witness", "delivery__supplier")
        return list(steps.exclude(led | left).select_related(*people).order_by("device__number", "step"))

    def steps_of(self, session: DosingSession) -> list[StockMovement]:
        """Of the devices that this one had, up to where another took one: device by device."""
        devices = {step.device_id for step in self.steps if session.pk in (step.from_id, step.to_id)}
        others = set(self.keys) - {session.pk}
        return [step for step in self.steps if step.device_id in devices and not {step.from_id, step.to_id} & others]

    @cached_property
    def discrepancies(self) -> list[Discrepancy]:
        """That arose with one of them, or with none, and name one of their devices. The oldest first."""
        if not self.steps:
            return []
        named = Q(for_session_id=None, devices__device__in={step.device_id for step in self.steps})
        rows = discrepancies_with_context().filter(facility=self.facility)
        return list(rows.filter(Q(for_session_id__in=self.keys) | named).distinct().order_by("occurred_at", "id"))

    def discrepancies_of(self, session: DosingSession) -> list[Discrepancy]:
        devices = {step.device_id for step in self.steps_of(session)}
        return [
            each
            for each in self.discrepancies
            if each.for_session_id == session.pk
            or (each.for_session_id is None and devices & {named.device_id for named in each.devices.all()})
        ]

    def events(self) -> QuerySet[AuditEvent]:
        """That wrote these rows, and are about the cabinet. A device that was here before there was a ledger has its
        first steps in an event about all of them (decision 0037), which is not among these."""
        rows = [*self.steps, *self.discrepancies]
        for each in self.discrepancies:
            rows += [*each.devices.all(), *each.steps.all(), *([each.closure] if hasattr(each, "closure") else [])]
        entries = {row.entry_id for row in rows}
        about = Entry.objects.filter(facility=self.facility, entry_id__in=entries).values("subject_id")
        events = AuditEvent.objects.filter(subject_type__in=OF_THE_CABINET, entry_id__in=entries)
        return events.filter(subject_id__in=about)
