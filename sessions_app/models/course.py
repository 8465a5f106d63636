"""A patient's course of treatment under one programme at one facility."""

from collections.abc import Iterable
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey
from clinic.models import ClinicalRow, Consent, Patient, SignedRow
from clinic.models.patient import records_of
from clinic.rules.signature import Meaning


class Course(ClinicalRow):
    """Why this patient is treated here. ``first_dose_elsewhere_date`` counts towards the weeks of the course, the last
    one towards the interval to the next; how many doses were given before, and where, is only told."""

    patient = ProtectedForeignKey(Patient, related_name="courses")
    program_code = models.CharField(max_length=40)
    indication = models.CharField(max_length=20)
    first_dose_elsewhere_date = models.DateField(null=True)
    last_dose_elsewhere_date = models.DateField(null=True)
    doses_elsewhere = models.PositiveSmallIntegerField(null=True)
    treated_where = models.CharField(max_length=120, blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("id", "facility", "patient"), name="course_of_patient_at_facility"),
            models.UniqueConstraint(fields=("id", "facility"), name="course_of_facility"),
            models.CheckConstraint(
                condition=Q(first_dose_elsewhere_date__isnull=False) | Q(doses_elsewhere=None, treated_where=""),
                name="course_elsewhere_has_its_first_dose",
            ),
            models.CheckConstraint(
                condition=Q(last_dose_elsewhere_date__isnull=True)
                | Q(
                    first_dose_elsewhere_date__isnull=False,
                    last_dose_elsewhere_date__gte=models.F("first_dose_elsewhere_date"),
                ),
                name="course_elsewhere_ends_not_before_it_begins",
            ),
        ]
        indexes = [models.Index(fields=("facility", "patient"), name="course_by_patient")]


class CourseRow(ClinicalRow):
    """Base of rows about a course, of the course's own facility. What ``HOLDS_THE_PERSON`` counts for every session of
    theirs, on whichever course."""

    HOLDS_THE_PERSON = False

    course = ProtectedForeignKey(Course, db_constraint=False, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = True
        constraints = [
            *ClinicalRow.Meta.constraints,
            CompositeForeignKey(
                fields=("course", "facility"),
                to="sessions_app.Course",
                to_fields=("id", "facility"),
                name="%(class)s_course_of_same_facility",
            ),
        ]


class OffLabelJustification(SignedRow, CourseRow):
    """An off-label course needs a rationale, the patient's informed consent and the prescriber, who wrote this
    row (domain.md section 1, [D])."""

    MEANING = Meaning.JUSTIFIED

    rationale = models.TextField()
    consented_at = models.DateTimeField()

    class Meta(CourseRow.Meta):
        abstract = False
        constraints = [
            *CourseRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(rationale=""), name="off_label_justification_has_rationale"),
        ]

    def consent_stands(self, newest: Consent | None, zone: ZoneInfo) -> bool:
        """Not taken back since the consent that this row tells of: by ``newest``, the person's last word about
        off-label use, on a later day, or on the same day and entered later."""
        if newest is None or newest.given:
            return True
        told = (self.consented_at.astimezone(zone).date(), self.occurred_at, self.pk)
        return (newest.on_date, newest.occurred_at, newest.pk) < told


class Antidepressant(SignedRow, CourseRow):
    """An oral antidepressant the patient takes during this course; required for MDSI [P]."""

    MEANING = Meaning.DECIDED

    drug = models.CharField(max_length=80)

    class Meta(CourseRow.Meta):
        abstract = False
        constraints = [*CourseRow.Meta.constraints]


def courses_with_context() -> models.QuerySet[Course]:
    """Courses with what every page of theirs shows, in one query."""
    return Course.objects.select_related("facility", "patient")


def courses_of(patient: Patient, *, facility_ids: Iterable[UUID]) -> models.QuerySet[Course]:
    """This person's courses at these facilities, by whichever record, newest first."""
    records = records_of([patient.person_id])
    return courses_with_context().filter(patient__in=records, facility__in=list(facility_ids)).order_by("-id")
