"""Somebody read what is not of their facilities, as it could not wait; and what an administrator there said of it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.models.entry import ClinicalRow
from clinic.models.facility import Facility
from clinic.models.patient import Patient


class BreakGlass(ClinicalRow):
    """``performed_by`` may read this one patient at ``facility`` from ``occurred_at`` until ``until``, and nothing
    else there."""

    patient = ProtectedForeignKey(Patient, related_name="+")
    reason = models.TextField()
    until = models.DateTimeField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="break_glass_has_reason"),
            models.CheckConstraint(condition=Q(until__gt=F("occurred_at")), name="break_glass_ends"),
            models.UniqueConstraint(fields=("id", "facility"), name="break_glass_of_facility"),
        ]
        indexes = [models.Index(fields=("performed_by", "until"), name="break_glass_of_person")]


class BreakGlassReview(ClinicalRow):
    """Somebody else, who runs the facility, looked at why. Once."""

    class Verdict(models.TextChoices):
        JUSTIFIED = "JUSTIFIED", _("There was a reason")
        NOT_JUSTIFIED = "NOT_JUSTIFIED", _("There was none")

    break_glass = models.OneToOneField(BreakGlass, models.PROTECT, db_constraint=False, related_name="review")
    verdict = models.CharField(max_length=14, choices=Verdict.choices)
    note = models.TextField(blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("verdict", ("JUSTIFIED", "NOT_JUSTIFIED"), name="break_glass_review_verdict_known"),
            CompositeForeignKey(
                fields=("break_glass", "facility"),
                to="clinic.BreakGlass",
                to_fields=("id", "facility"),
                name="break_glass_review_of_same_facility",
            ),
        ]


def other_facilities(facility: Facility, *, but: Iterable[UUID]) -> QuerySet[Facility]:
    """The rest of the organisation."""
    places = Facility.objects.filter(organisation=facility.organisation_id)
    return places.exclude(pk__in=list(but)).order_by("name")


def glass_of(
    person_id: UUID, patient_ids: list[UUID], *, facility_id: UUID | None = None, at: datetime
) -> BreakGlass | None:
    """The one that lets this person read one of these records now; of several the one that lasts longest."""
    broken = BreakGlass.objects.filter(performed_by=person_id, patient__in=patient_ids)
    broken = broken.filter(facility=facility_id) if facility_id else broken
    now = broken.filter(occurred_at__lte=at, until__gt=at).select_related("facility", "patient")
    return now.order_by("-until").first()


def broken_at(facility: Facility) -> QuerySet[BreakGlass]:
    """Every one at this facility, those nobody reviewed first, then the newest."""
    reviewed = Exists(BreakGlassReview.objects.filter(break_glass=OuterRef("pk")))
    known = BreakGlass.objects.filter(facility=facility).annotate(reviewed=reviewed)
    return known.select_related("performed_by", "patient", "review__performed_by").order_by("reviewed", "-occurred_at")


def unreviewed_at(facility: Facility) -> int:
    return BreakGlass.objects.filter(facility=facility, review__isnull=True).count()
