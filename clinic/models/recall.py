"""Recalls: lots of which nothing is given any more."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Upper

from clinic.constraints import CompositeForeignKey, RowTrigger
from clinic.models.entry import ClinicalRow
from clinic.models.facility import Facility
from clinic.models.stock import Device


class Recall(ClinicalRow):
    """A lot is recalled; ``reference``: where it is said."""

    program_code = models.CharField(max_length=40)
    lot = models.CharField(max_length=30)
    reference = models.CharField(max_length=120)
    note = models.TextField(blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(lot="") & ~Q(reference=""), name="recall_says_lot_and_reference"),
            models.UniqueConstraint(fields=("id", "facility"), name="recall_of_facility"),
            RowTrigger(function="vigil_recall_meets_draws", name="recall_meets_draws", when="after"),
        ]
        indexes = [models.Index(fields=("facility", "program_code", "lot"), name="recall_of_lot")]


class RecallWithdrawal(ClinicalRow):
    """It does not hold after all: another lot was meant, or whoever recalled it took it back."""

    recall = models.OneToOneField(Recall, models.PROTECT, db_constraint=False, related_name="withdrawal")
    reason = models.TextField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="recall_withdrawal_has_reason"),
            CompositeForeignKey(
                fields=("recall", "facility"),
                to="clinic.Recall",
                to_fields=("id", "facility"),
                name="recall_withdrawal_of_same_facility",
            ),
        ]


def recalls_with_context() -> QuerySet[Recall]:
    return Recall.objects.select_related("facility", "performed_by", "withdrawal__performed_by")


def recalls_of(facility: Facility) -> QuerySet[Recall]:
    """The newest first."""
    return recalls_with_context().filter(facility=facility).order_by("-occurred_at", "-id")


def in_force() -> QuerySet[Recall]:
    return Recall.objects.filter(withdrawal=None)


def is_recalled() -> Exists:
    """Of a device in a query."""
    same = {name: OuterRef(name) for name in ("facility", "program_code")}
    return Exists(in_force().alias(upper=Upper("lot")).filter(**same, upper=Upper(OuterRef("lot"))))


def recalled_among(devices: Iterable[Device]) -> set[tuple[str, str]]:
    """Of these devices, all of one facility, the lots that are recalled, each with its programme."""
    rows = Device.objects.filter(is_recalled(), pk__in=[device.pk for device in devices])
    return set(rows.values_list("program_code", "lot").distinct())
