"""What is written down about a course: treatment tried before, treatment besides, the payer's authorisation, and the
benefit at the end of induction. No gate waits for any of it; what was wrong is taken back and stays."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.models import Correction, SignedRow
from clinic.rules.signature import Meaning
from sessions_app.models.course import Antidepressant, Course, CourseRow
from sessions_app.rules.authorisation import AuthorisationFacts
from sessions_app.rules.benefit_review import Benefit
from sessions_app.rules.treatment import TreatmentKind
from sessions_app.rules.trial import Adequate, TrialClass, TrialFacts, TrialResponse


def _one_of(values: type[StrEnum]) -> Any:
    return models.CharField(max_length=20, choices=[(value.value, value.value) for value in values])


class Trial(CourseRow):
    """A treatment tried before this course. Weeks and dose as far as they are known."""

    drug = models.CharField(max_length=80)
    drug_class = _one_of(TrialClass)
    dose = models.CharField(max_length=60, blank=True)
    weeks = models.PositiveSmallIntegerField(null=True)
    this_episode = models.BooleanField()
    adequate = _one_of(Adequate)
    response = _one_of(TrialResponse)
    why_stopped = models.CharField(max_length=200, blank=True)

    class Meta(CourseRow.Meta):
        abstract = False
        constraints = [
            *CourseRow.Meta.constraints,
            state_known("drug_class", list(TrialClass), name="trial_class_known"),
            state_known("adequate", list(Adequate), name="trial_adequate_known"),
            state_known("response", list(TrialResponse), name="trial_response_known"),
            models.CheckConstraint(condition=~Q(drug=""), name="trial_has_drug"),
        ]

    @property
    def facts(self) -> TrialFacts:
        return TrialFacts(
            self.drug,
            TrialClass(self.drug_class),
            Adequate(self.adequate),
            TrialResponse(self.response),
            self.this_episode,
        )


class Treatment(CourseRow):
    """What the patient takes or does besides; ``from_date`` empty: since before, nobody knows when."""

    kind = _one_of(TreatmentKind)
    name = models.CharField(max_length=80)
    dose = models.CharField(max_length=60, blank=True)
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)

    class Meta(CourseRow.Meta):
        abstract = False
        constraints = [
            *CourseRow.Meta.constraints,
            models.UniqueConstraint(fields=("id", "course", "facility"), name="treatment_of_course"),
            state_known("kind", list(TreatmentKind), name="treatment_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="treatment_has_name"),
            models.CheckConstraint(
                condition=Q(from_date__isnull=True) | Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")),
                name="treatment_ends_not_before_it_begins",
            ),
        ]


class TreatmentEnd(CourseRow):
    """It was stopped, and why; another dose is another treatment."""

    treatment = ProtectedForeignKey(Treatment, db_constraint=False, related_name="+")
    to_date = models.DateField()
    why = models.CharField(max_length=200, blank=True)

    class Meta(CourseRow.Meta):
        abstract = False
        constraints = [
            *CourseRow.Meta.constraints,
            CompositeForeignKey(
                fields=("treatment", "course", "facility"),
                to="sessions_app.Treatment",
                to_fields=("id", "course", "facility"),
                name="treatment_end_of_same_course",
            ),
        ]


class BenefitReview(SignedRow, CourseRow):
    """The prescriber's evaluation at the end of induction: is there benefit, and how does it go on?"""

    MEANING = Meaning.DECIDED

    benefit = _one_of(Benefit)
    plan = models.TextField()

    class Meta(CourseRow.Meta):
        abstract = False
        constraints = [
            *CourseRow.Meta.constraints,
            state_known("benefit", list(Benefit), name="benefit_review_benefit_known"),
            models.CheckConstraint(condition=~Q(plan=""), name="benefit_review_has_plan"),
        ]


class Authorisation(CourseRow):
    """A payer takes it over, from a day to a day, both included; ``sessions`` empty: as many as there are."""

    payer = models.CharField(max_length=80)
    number = models.CharField(max_length=60, blank=True)
    from_date = models.DateField()
    to_date = models.DateField()
    sessions = models.PositiveSmallIntegerField(null=True)

    class Meta(CourseRow.Meta):
        abstract = False
        constraints = [
            *CourseRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(payer=""), name="authorisation_has_payer"),
            models.CheckConstraint(
                condition=Q(to_date__gte=F("from_date")), name="authorisation_ends_not_before_it_begins"
            ),
        ]

    @property
    def facts(self) -> AuthorisationFacts:
        return AuthorisationFacts(self.from_date, self.to_date, self.sessions)


# An antidepressant that the indication requires ends so: the gate asks that one is recorded.
TAKEN_BACK_HERE: tuple[type[CourseRow], ...] = (
    *(Trial, Treatment, TreatmentEnd, BenefitReview, Authorisation),
    Antidepressant,
)


def course_row_of(course: Course, row_id: UUID) -> CourseRow | None:
    """One of this course's rows that can be taken back, whether or not it was."""
    rows = (model._default_manager.filter(course=course, pk=row_id).first() for model in TAKEN_BACK_HERE)
    return next((row for row in rows if row), None)


def treatment_of(course: Course, treatment_id: UUID) -> Treatment | None:
    return Treatment.objects.filter(course=course, pk=treatment_id).first()


def end_of_treatment(treatment: Treatment) -> TreatmentEnd | None:
    """The word in force that it ended."""
    taken_back = Correction.objects.filter(row_id=OuterRef("pk"))
    return TreatmentEnd.objects.filter(~Exists(taken_back), treatment=treatment).order_by("occurred_at", "id").last()
