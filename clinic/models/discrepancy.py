"""Discrepancies of the cabinet: opened, followed step by step, and closed with a reason and a signature."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.models.entry import ClinicalRow, SignedRow
from clinic.models.facility import Facility
from clinic.models.stock import Device
from clinic.rules.discrepancy import DiscrepancyCause, DiscrepancyFacts, DiscrepancyStepKind, Done
from clinic.rules.signature import Meaning


def _of_discrepancy(name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        fields=("discrepancy", "facility"), to="clinic.Discrepancy", to_fields=("id", "facility"), name=name
    )


def _of_device(name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        fields=("device", "facility"), to="clinic.Device", to_fields=("id", "facility"), name=name
    )


class Discrepancy(ClinicalRow):
    """Something does not agree; ``occurred_at`` is when that came to light, from which its clocks run. It names devices
    (``DiscrepancyDevice``), or, from a count, a lot and by how many the count differs from the book."""

    cause = models.CharField(max_length=12)
    text = models.TextField()
    program_code = models.CharField(max_length=40, blank=True)
    lot = models.CharField(max_length=30, blank=True)
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
        ]
        indexes = [models.Index(fields=("facility", "occurred_at"), name="discrepancy_of_day")]


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
            _of_device("discrepancy_names_device_of_facility"),
        ]


class DiscrepancyStep(ClinicalRow):
    """What was done about it: ``occurred_at`` is when. ``text``: where it was found, why it was judged so, how the
    notice went; ``reference``: of Form 106."""

    discrepancy = ProtectedForeignKey(Discrepancy, db_constraint=False, related_name="steps")
    kind = models.CharField(max_length=16)
    text = models.TextField(blank=True)
    reference = models.CharField(max_length=60, blank=True)
    device = ProtectedForeignKey(Device, null=True, db_constraint=False, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("kind", list(DiscrepancyStepKind), name="discrepancy_step_kind_known"),
            models.CheckConstraint(
                condition=(Q(kind="FORM_106") & ~Q(reference="")) | (~Q(kind="FORM_106") & ~Q(text="")),
                name="discrepancy_step_says_something",
            ),
            models.CheckConstraint(condition=Q(device=None) | Q(kind="FOUND"), name="discrepancy_step_found_device"),
            _of_discrepancy("discrepancy_step_of_same_facility"),
            _of_device("discrepancy_step_device_of_facility"),
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
        Discrepancy.objects.select_related("facility", "performed_by", "closure__performed_by")
        .prefetch_related("devices__device", "steps__performed_by", "steps__device")
        .order_by("-occurred_at", "-id")
    )


def discrepancies_of(facility: Facility) -> QuerySet[Discrepancy]:
    """Open ones first, the newest first."""
    is_open = Q(closure=None)
    rows = discrepancies_with_context().filter(facility=facility)
    return rows.alias(open=models.Case(models.When(is_open, then=0), default=1)).order_by("open", "-occurred_at", "-id")


def open_discrepancies(facility: Facility) -> QuerySet[Discrepancy]:
    return discrepancies_with_context().filter(facility=facility, closure=None)


def steps_of(discrepancy: Discrepancy) -> list[DiscrepancyStep]:
    """In the order in which they happened; of one minute, in which they were entered."""
    return sorted(discrepancy.steps.all(), key=lambda step: (step.occurred_at, step.pk))


def facts_of(discrepancy: Discrepancy) -> DiscrepancyFacts:
    return DiscrepancyFacts(
        cause=DiscrepancyCause(discrepancy.cause),
        discovered_at=discrepancy.occurred_at,
        device_ids=frozenset(named.device_id for named in discrepancy.devices.all()),
        steps=tuple(
            Done(DiscrepancyStepKind(step.kind), step.occurred_at, step.device_id) for step in steps_of(discrepancy)
        ),
        closed=hasattr(discrepancy, "closure"),
    )


def in_question(device_ids: Iterable[UUID]) -> list[Device]:
    """Those of these devices that an open discrepancy names and that are not found again."""
    found = DiscrepancyStep.objects.filter(discrepancy=OuterRef("discrepancy"), device=OuterRef("device"))
    named = DiscrepancyDevice.objects.filter(~Exists(found), discrepancy__closure=None, device__in=list(device_ids))
    return list(Device.objects.filter(pk__in=named.values("device")).order_by("number"))
