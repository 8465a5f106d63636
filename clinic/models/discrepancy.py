"""Discrepancies of the cabinet: opened, followed step by step, and closed with a reason and a signature."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, both_or_neither, state_known
from clinic.models.cabinet import StockMovement, devices_at
from clinic.models.entry import ClinicalRow, SignedRow
from clinic.models.facility import Facility
from clinic.models.stock import Device, ndc_in
from clinic.rules.cabinet import Place
from clinic.rules.count import Lot
from clinic.rules.discrepancy import DiscrepancyCause, DiscrepancyFacts, DiscrepancyStepKind, Done
from clinic.rules.signature import Meaning
from clinic.rules.stock import StockKind

# Where a device is that nobody can lay hands on; with a session only where that has ended.
MISSING = (Place.LOST, Place.DRAWN)


def _of_discrepancy(name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        fields=("discrepancy", "facility"), to="clinic.Discrepancy", to_fields=("id", "facility"), name=name
    )


class Discrepancy(ClinicalRow):
    """Something does not agree; ``occurred_at`` is when that came to light, from which its clocks run. It names devices
    (``DiscrepancyDevice``), or, from a count, a lot and by how many the count differs from the book. ``cabinet``: where
    it was counted, or they were; empty where that is more than one."""

    cause = models.CharField(max_length=12)
    text = models.TextField()
    cabinet = ProtectedForeignKey("clinic.Cabinet", null=True, db_constraint=False, related_name="discrepancies")
    count = ProtectedForeignKey("clinic.Count", null=True, db_constraint=False, related_name="discrepancies")
    stock_kind = models.CharField(max_length=16, blank=True)
    program_code = models.CharField(max_length=40, blank=True)
    lot = models.CharField(max_length=30, blank=True)
    ndc = models.CharField(max_length=10, blank=True)
    difference = models.SmallIntegerField(null=True, help_text="counted less expected")
    for_session_id = models.UUIDField(null=True, help_text="the dosing session its devices were drawn for")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("cause", list(DiscrepancyCause), name="discrepancy_cause_known"),
            models.CheckConstraint(condition=~Q(text=""), name="discrepancy_says_something"),
            models.CheckConstraint(
                condition=Q(difference=None, lot="") | (Q(difference__isnull=False, cause="COUNT") & ~Q(lot="")),
                name="discrepancy_of_a_lot_is_counted",
            ),
            models.CheckConstraint(condition=Q(difference=None) | ~Q(difference=0), name="discrepancy_differs"),
            models.UniqueConstraint(fields=("id", "facility"), name="discrepancy_of_facility"),
            state_known("stock_kind", ["", *StockKind], name="discrepancy_stock_kind_known"),
            both_or_neither("count", "difference", name="discrepancy_of_a_count_differs"),
            models.UniqueConstraint(
                fields=("count", "program_code", "lot", "stock_kind", "ndc"), name="discrepancy_once_per_lot_of_a_count"
            ),
            CompositeForeignKey(
                fields=("cabinet", "facility"),
                to="clinic.Cabinet",
                to_fields=("id", "facility"),
                name="discrepancy_cabinet_of_same_facility",
            ),
            CompositeForeignKey(
                fields=("count", "facility"),
                to="clinic.Count",
                to_fields=("id", "facility"),
                name="discrepancy_count_of_same_facility",
            ),
        ]
        indexes = [models.Index(fields=("facility", "occurred_at"), name="discrepancy_of_day")]

    @property
    def of(self) -> Lot:
        """What was counted, where a count found it."""
        return Lot(self.program_code, self.lot, StockKind(self.stock_kind), self.ndc)


class DiscrepancyDevice(ClinicalRow):
    """A device that is in question."""

    discrepancy = ProtectedForeignKey(Discrepancy, db_constraint=False, related_name="devices")
    device = ProtectedForeignKey(Device, db_constraint=False, related_name="discrepancies")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("discrepancy", "device"), name="discrepancy_names_device_once"),
            _of_discrepancy("discrepancy_device_of_same_facility"),
            CompositeForeignKey(
                fields=("device", "facility"),
                to="clinic.Device",
                to_fields=("id", "facility"),
                name="discrepancy_names_device_of_facility",
            ),
        ]


class DiscrepancyStep(ClinicalRow):
    """What was done about it: ``occurred_at`` is when. ``text``: why it was judged so, how the notice went;
    ``reference``: of Form 106. Where a device was found again is the ledger's."""

    discrepancy = ProtectedForeignKey(Discrepancy, db_constraint=False, related_name="steps")
    kind = models.CharField(max_length=16)
    text = models.TextField(blank=True)
    reference = models.CharField(max_length=60, blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("kind", list(DiscrepancyStepKind), name="discrepancy_step_kind_known"),
            models.CheckConstraint(
                condition=(Q(kind="FORM_106") & ~Q(reference="")) | (~Q(kind="FORM_106") & ~Q(text="")),
                name="discrepancy_step_says_something",
            ),
            _of_discrepancy("discrepancy_step_of_same_facility"),
        ]


class DiscrepancyClosure(SignedRow, ClinicalRow):
    """It is settled, and why. It stays in the history, and what comes to light later is added to it."""

    MEANING = Meaning.RECORDED

    discrepancy = models.OneToOneField(Discrepancy, models.PROTECT, db_constraint=False, related_name="closure")
    reason = models.TextField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="discrepancy_closure_has_reason"),
            _of_discrepancy("discrepancy_closure_of_same_facility"),
        ]


def discrepancies_with_context() -> QuerySet[Discrepancy]:
    return (
        Discrepancy.objects.select_related("facility", "cabinet", "performed_by", "closure__performed_by")
        .prefetch_related("devices__device", "steps__performed_by")
        .order_by("-occurred_at", "-id")
    )


def discrepancies_of(facility: Facility) -> QuerySet[Discrepancy]:
    """Open ones first, the newest first."""
    rows = discrepancies_with_context().filter(facility=facility)
    is_open = models.Case(models.When(closure=None, then=0), default=1)
    return rows.alias(open=is_open).order_by("open", "-occurred_at", "-id")


def steps_of(discrepancy: Discrepancy) -> list[DiscrepancyStep]:
    """In the order in which they happened; of one minute, in which they were entered."""
    return sorted(discrepancy.steps.all(), key=lambda step: (step.occurred_at, step.pk))


def missing_of(discrepancies: Iterable[Discrepancy]) -> dict[UUID, StockMovement]:
    """By device: the step that led where nobody can lay hands on it, of those that these discrepancies name."""
    named = [each.device_id for discrepancy in discrepancies for each in discrepancy.devices.all()]
    if not named:
        return {}
    rows = StockMovement.objects.newest().leading_to(*MISSING).filter(device__in=named)
    return {row.device_id: row for row in rows}


def is_missing(discrepancy: Discrepancy, last: StockMovement | None) -> bool:
    """``last``: where a device is that it names. With another session it is not missing."""
    if last is None or last.place not in MISSING:
        return False
    return last.place is Place.LOST or last.to_id == discrepancy.for_session_id


def facts_of(discrepancy: Discrepancy, missing: Mapping[UUID, StockMovement]) -> DiscrepancyFacts:
    """``missing``: of this discrepancy and maybe of others."""
    named = [each.device_id for each in discrepancy.devices.all()]
    gone = [step for device_id in named if (step := missing.get(device_id)) and is_missing(discrepancy, step)]
    return DiscrepancyFacts(
        cause=DiscrepancyCause(discrepancy.cause),
        discovered_at=discrepancy.occurred_at,
        named=len(named),
        missing=len(gone),
        adrift=sum(step.place is Place.DRAWN for step in gone),
        differs=discrepancy.difference or 0,
        steps=tuple(Done(DiscrepancyStepKind(step.kind), step.occurred_at) for step in steps_of(discrepancy)),
        closed=hasattr(discrepancy, "closure"),
    )


def may_be_missing(discrepancy: Discrepancy) -> QuerySet[Device]:
    """Of a count that found fewer than the book has: the devices of that lot in that cabinet; of one product, where it
    was counted by product."""
    lot = {"program_code": discrepancy.program_code, "lot__iexact": discrepancy.lot, "kind": discrepancy.stock_kind}
    here = devices_at(Place.CABINET, where=discrepancy.cabinet_id)
    devices = here.filter(facility=discrepancy.facility_id, **lot).order_by("number")
    return devices.alias(ndc=ndc_in("gtin")).filter(ndc=discrepancy.ndc) if discrepancy.ndc else devices


def in_question(devices: Iterable[Device]) -> list[DiscrepancyDevice]:
    """Where open discrepancies name these devices."""
    named = DiscrepancyDevice.objects.filter(discrepancy__closure=None, device__in=[each.pk for each in devices])
    return list(named.select_related("discrepancy").order_by("pk"))


def missed(devices: Iterable[Device]) -> set[tuple[UUID, UUID | None]]:
    """By device and session: that session is over, and an open discrepancy says that it had the device."""
    return {(each.device_id, each.discrepancy.for_session_id) for each in in_question(devices)}
