"""Whom devices come from and go back to, and under which paper."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey
from clinic.models.document import Document
from clinic.models.entry import ClinicalRow
from clinic.models.facility import Facility


class Supplier(ClinicalRow):
    """A distributor, pharmacy or reverse distributor, with its address and DEA registration as they were told. The
    newest row of a name counts; receipts keep the one they came with."""

    name = models.CharField(max_length=120)
    address = models.TextField()
    dea_number = models.CharField(max_length=9)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("id", "facility"), name="supplier_of_facility"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(address=""), name="supplier_has_name_and_address"),
            models.CheckConstraint(condition=Q(dea_number__regex=r"^[A-Z][A-Z9][0-9]{7}$"), name="supplier_dea_shape"),
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(ClinicalRow):
    """What came from a supplier, or went to a reverse distributor, under one paper: ``invoice`` is its number,
    ``document`` the proof of delivery where it was kept."""

    supplier = ProtectedForeignKey(Supplier, db_constraint=False, related_name="+")
    invoice = models.CharField(max_length=60)
    document = ProtectedForeignKey(Document, null=True, db_constraint=False, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("id", "facility"), name="delivery_of_facility"),
            models.CheckConstraint(condition=~Q(invoice=""), name="delivery_has_invoice"),
            CompositeForeignKey(
                fields=("supplier", "facility"),
                to="clinic.Supplier",
                to_fields=("id", "facility"),
                name="delivery_supplier_of_same_facility",
            ),
            CompositeForeignKey(
                fields=("document", "facility"),
                to="clinic.Document",
                to_fields=("id", "facility"),
                name="delivery_document_of_same_facility",
                deferred=True,
            ),
        ]


def suppliers_of(facility: Facility) -> models.QuerySet[Supplier]:
    """Each as it was told last."""
    later = Supplier.objects.filter(facility=facility, name=OuterRef("name"), pk__gt=OuterRef("pk"))
    return Supplier.objects.filter(~Exists(later), facility=facility).order_by("name")


def deliveries_since(facility: Facility, at: datetime) -> models.QuerySet[Delivery]:
    """What came or went since then, the newest first."""
    return Delivery.objects.filter(facility=facility, occurred_at__gte=at).select_related("supplier").order_by("-pk")
