"""Who waits for a place in the diary."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, QuerySet

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey
from clinic.models import ClinicalRow, Facility, Patient
from clinic.models.patient import records_of
from sessions_app.models.course import CourseRow
from sessions_app.models.dosing_session import DosingSession
from sessions_app.rules.diary import Wish


class Waiting(CourseRow):
    """A course that would come sooner, or at another time, should a place get free; no weekdays: any."""

    first_date = models.DateField()
    last_date = models.DateField()
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    earliest = models.TimeField(null=True)
    latest = models.TimeField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta(CourseRow.Meta):
        abstract = False
        constraints = [
            *CourseRow.Meta.constraints,
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="waiting_ends_after_it_begins"),
            models.UniqueConstraint(fields=("id", "facility"), name="waiting_of_facility"),
        ]
        indexes = [models.Index(fields=("facility", "last_date"), name="waiting_to_come")]

    @property
    def wish(self) -> Wish:
        return Wish(self.first_date, self.last_date, frozenset(self.weekdays), self.earliest, self.latest)


class WaitingEnd(ClinicalRow):
    """A place was found, which is ``dosing_session``, or they wait no more, for the reason said."""

    waiting = models.OneToOneField(Waiting, models.PROTECT, db_constraint=False, related_name="end")
    dosing_session = ProtectedForeignKey(DosingSession, null=True, db_constraint=False, related_name="+")
    reason = models.TextField(blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            CompositeForeignKey(
                fields=("waiting", "facility"),
                to="sessions_app.Waiting",
                to_fields=("id", "facility"),
                name="waiting_end_of_same_facility",
            ),
            CompositeForeignKey(
                fields=("dosing_session", "facility"),
                to="sessions_app.DosingSession",
                to_fields=("id", "facility"),
                name="waiting_end_session_of_same_facility",
            ),
            models.CheckConstraint(
                condition=Q(dosing_session__isnull=False) | ~Q(reason=""), name="waiting_end_says_why"
            ),
        ]


def waits_with_context() -> QuerySet[Waiting]:
    return Waiting.objects.select_related("facility", "course__patient__same_person_as", "course__facility")


def waits_of(patient: Patient, facility_ids: Iterable[UUID]) -> QuerySet[Waiting]:
    """What this person still waits for at these facilities, on whichever record."""
    here = waits_with_context().filter(facility__in=list(facility_ids), end=None)
    return here.filter(course__patient__in=records_of([patient.person_id])).order_by("first_date", "id")


def waiting_at(facility: Facility) -> QuerySet[Waiting]:
    """Those who still wait, the longest first."""
    return waits_with_context().filter(facility=facility, end=None).order_by("occurred_at", "id")
