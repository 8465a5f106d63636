"""Scores of a course, the alerts that they open, and a prescriber's plan for each (docs/decisions/0042)."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, RowTrigger, state_known
from clinic.models import ClinicalRow, Correction, Facility, SignedRow, Tablet
from clinic.prepared import Prepared
from clinic.rules.signature import Meaning
from sessions_app.models.course import Course, CourseRow
from sessions_app.models.dosing_session import DosingSession
from sessions_app.rules.instrument import AlertCause, AnsweredBy, Instrument, Risk, Timing, parse_instrument

INSTRUMENTS = Path(__file__).parent.parent / "instruments"
# In the order in which they are offered.
_ORDER = ("phq9", "gad7", "cssrs", "madrs", "hama", "cadss")


@cache
def instruments() -> dict[str, Instrument]:
    """Every instrument by its code. They come with the code; a score keeps the version that it was asked by."""
    return {code: parse_instrument((INSTRUMENTS / f"{code}.toml").read_text(encoding="utf-8")) for code in _ORDER}


def _of_session(name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        fields=("dosing_session", "facility"),
        to="sessions_app.DosingSession",
        to_fields=("id", "facility"),
        name=f"{name}_session_of_same_facility",
    )


class TabletHandover(ClinicalRow):
    """A nurse handed this tablet to the patient, to answer these questionnaires on it; ``performed_by`` handed it over,
    and whatever is answered there is entered in their name, as the patient's."""

    course = ProtectedForeignKey(Course, db_constraint=False, related_name="+")
    dosing_session = ProtectedForeignKey(DosingSession, db_constraint=False, related_name="+")
    tablet = ProtectedForeignKey(Tablet, db_constraint=False, related_name="+")
    instruments = ArrayField(models.CharField(max_length=12))
    timing = models.CharField(max_length=12)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            CompositeForeignKey(
                fields=("course", "facility"),
                to="sessions_app.Course",
                to_fields=("id", "facility"),
                name="tablet_handover_course_of_same_facility",
            ),
            CompositeForeignKey(
                fields=("facility", "tablet"),
                to="clinic.Tablet",
                to_fields=("facility", "id"),
                name="tablet_handover_tablet_of_same_facility",
            ),
            _of_session("tablet_handover"),
            models.UniqueConstraint(fields=("id", "course", "facility"), name="tablet_handover_of_course"),
            state_known("timing", list(Timing), name="tablet_handover_timing_known"),
            models.CheckConstraint(condition=~Q(instruments=[]), name="tablet_handover_asks_something"),
        ]


class Score(ClinicalRow):
    """One questionnaire as answered at ``occurred_at``: an item left out is null, and then there is no ``total``. Not
    read with what is charted on a session: an alert stands for what of it concerns a gate."""

    class AskedAt(models.TextChoices):
        BEFORE_DOSE = "BEFORE_DOSE", _("before the dose")
        AT_READINESS = "AT_READINESS", _("when ready to leave")
        NEXT_VISIT = "NEXT_VISIT", _("at the next visit")
        OTHER = "OTHER", _("at another time")

    class By(models.TextChoices):
        STAFF = "STAFF", _("staff")
        PATIENT = "PATIENT", _("the patient")

    course = ProtectedForeignKey(Course, db_constraint=False, related_name="+")
    dosing_session = ProtectedForeignKey(DosingSession, null=True, db_constraint=False, related_name="+")
    instrument = models.CharField(max_length=12)
    version = models.CharField(max_length=8)
    language = models.CharField(max_length=2, default="en")
    timing = models.CharField(max_length=12, choices=AskedAt.choices)
    answered_by = models.CharField(max_length=8, choices=By.choices)
    items = ArrayField(models.PositiveSmallIntegerField(null=True), default=list)
    total = models.PositiveSmallIntegerField(null=True)
    risk = models.CharField(max_length=8, blank=True)
    handover = ProtectedForeignKey(TabletHandover, null=True, db_constraint=False, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            CompositeForeignKey(
                fields=("course", "facility"),
                to="sessions_app.Course",
                to_fields=("id", "facility"),
                name="score_course_of_same_facility",
            ),
            _of_session("score"),
            CompositeForeignKey(
                fields=("handover", "course", "facility"),
                to="sessions_app.TabletHandover",
                to_fields=("id", "course", "facility"),
                name="score_handover_of_course",
            ),
            models.UniqueConstraint(
                fields=("handover", "instrument"),
                condition=Q(handover__isnull=False),
                name="score_once_per_handover",
            ),
            models.CheckConstraint(
                condition=Q(answered_by="PATIENT", handover__isnull=False)
                | Q(answered_by="STAFF", handover__isnull=True),
                name="score_of_the_patient_has_its_tablet",
            ),
            models.UniqueConstraint(fields=("id", "course", "facility"), name="score_of_course"),
            state_known("timing", list(Timing), name="score_timing_known"),
            state_known("answered_by", list(AnsweredBy), name="score_answered_by_known"),
            state_known("risk", ["", *Risk], name="score_risk_known"),
            RowTrigger(function="vigil_score_adds_up", name="score_adds_up", when="at the end"),
        ]
        indexes = [models.Index(fields=("course", "occurred_at"), name="score_by_course")]


class SafetyAlert(CourseRow):
    """A score wants a prescriber's plan before the patient is released. With ``dosing_session`` it was opened there;
    else between sessions. It is over with a plan, or with its score taken back."""

    HOLDS_THE_PERSON = True

    score = ProtectedForeignKey(Score, db_constraint=False, related_name="alerts")
    dosing_session = ProtectedForeignKey(DosingSession, null=True, db_constraint=False, related_name="+")
    order = models.PositiveIntegerField(null=True)
    cause = models.CharField(max_length=16)

    class Meta(CourseRow.Meta):
        abstract = False
        constraints = [
            *CourseRow.Meta.constraints,
            _of_session("safety_alert"),
            CompositeForeignKey(
                fields=("score", "course", "facility"),
                to="sessions_app.Score",
                to_fields=("id", "course", "facility"),
                name="safety_alert_score_of_course",
            ),
            models.UniqueConstraint(fields=("score",), name="safety_alert_once_per_score"),
            models.UniqueConstraint(fields=("id", "course", "facility"), name="safety_alert_of_course"),
            state_known("cause", list(AlertCause), name="safety_alert_cause_known"),
        ]
        indexes = [models.Index(fields=("course",), name="safety_alert_by_course")]


class SafetyPlan(SignedRow, CourseRow):
    """What the prescriber will do about one alert; the gate takes it as the decision on it. Another may follow. It is
    of the course whose session the alert held, which need not be the one where it arose."""

    MEANING = Meaning.DECIDED
    HOLDS_THE_PERSON = True

    alert = ProtectedForeignKey(SafetyAlert, related_name="plans")
    dosing_session = ProtectedForeignKey(DosingSession, null=True, db_constraint=False, related_name="+")
    order = models.PositiveIntegerField(null=True)
    plan = models.TextField()

    class Meta(CourseRow.Meta):
        abstract = False
        constraints = [
            *CourseRow.Meta.constraints,
            _of_session("safety_plan"),
            models.CheckConstraint(condition=~Q(plan=""), name="safety_plan_said"),
            RowTrigger(function="vigil_plan_of_the_same_person", name="safety_plan_alert_of_person"),
        ]
        indexes = [models.Index(fields=("course",), name="safety_plan_by_course")]

    @property
    def subject_id(self) -> UUID:
        """Its signature is found from every session of the course."""
        return self.course_id


def in_force() -> Any:
    """Of rows that nobody took back."""
    return ~Exists(Correction.objects.filter(row_id=OuterRef("pk")))


def scores_of(courses: Iterable[Course]) -> list[Score]:
    """Every score of these courses in force, in order of time."""
    rows = Score.objects.filter(in_force(), course__in=list(courses))
    return list(rows.select_related("performed_by", "recorded_by").order_by("occurred_at", "id"))


def _unanswered() -> "models.QuerySet[SafetyAlert]":
    plans = SafetyPlan.objects.filter(in_force(), alert=OuterRef("pk"))
    return SafetyAlert.objects.filter(in_force(), ~Exists(plans)).select_related(
        "score", "course__patient", "dosing_session"
    )


def _unanswered_at(facility_id: UUID) -> "models.QuerySet[SafetyAlert]":
    return _unanswered().filter(facility=facility_id).order_by("occurred_at", "id")


_UNANSWERED_AT = Prepared(_unanswered_at, facility_id=UUID)


def unanswered_alerts(facility: Facility) -> list[SafetyAlert]:
    """Alerts of this facility that no prescriber answered, the oldest first, whether or not somebody sits here."""
    return list(_UNANSWERED_AT.instances(facility_id=facility.pk))


def alerts_of_courses(course_ids: Iterable[UUID]) -> list[SafetyAlert]:
    """Those of these courses that nobody answered."""
    return list(_unanswered().filter(course__in=list(course_ids)).order_by("occurred_at", "id"))


def alerts_with_context() -> "models.QuerySet[SafetyAlert]":
    return SafetyAlert.objects.select_related(
        "facility", "course__patient", "course__facility", "score__performed_by", "dosing_session__facility"
    )


def scores_with_context() -> "models.QuerySet[Score]":
    return Score.objects.select_related("facility", "course__patient", "course__facility", "dosing_session")


def scores_of_session(dosing_session: DosingSession) -> list[Score]:
    rows = Score.objects.filter(in_force(), dosing_session=dosing_session).select_related("performed_by")
    return list(rows.order_by("occurred_at", "id"))


def scores_by_session(sessions: Iterable[DosingSession]) -> dict[UUID | None, list[tuple[Score, Correction | None]]]:
    """Every score of these sessions, in order of time, with what took it back."""
    rows = Score.objects.filter(dosing_session__in=list(sessions)).select_related("performed_by")
    scores = list(rows.order_by("occurred_at", "id"))
    taken_back = {row.row_id: row for row in Correction.objects.filter(row_id__in=[score.pk for score in scores])}
    found: dict[UUID | None, list[tuple[Score, Correction | None]]] = {}
    for score in scores:
        found.setdefault(score.dosing_session_id, []).append((score, taken_back.get(score.pk)))
    return found


def plans_of(alert: SafetyAlert) -> list[SafetyPlan]:
    """The oldest first."""
    rows = SafetyPlan.objects.filter(in_force(), alert=alert).select_related("performed_by")
    return list(rows.order_by("occurred_at", "id"))


def session_to_answer(alert: SafetyAlert, *, facilities: Iterable[UUID]) -> DosingSession | None:
    """Where somebody of these facilities answers it: on the session of this person that is open there, else on the one
    where it arose."""
    here = DosingSession.objects.of_patient(alert.course.patient).open().filter(facility__in=list(facilities))
    return here.select_related("facility", "course").first() or alert.dosing_session


def session_answered(alert: SafetyAlert, entry_id: UUID | None, *, facilities: Iterable[UUID]) -> DosingSession | None:
    """The same, but for a form that was sent before: on the session it was answered on, whatever is open by now."""
    sent = plans_with_context().filter(alert=alert, entry_id=entry_id).first() if entry_id else None
    return sent.dosing_session if sent else session_to_answer(alert, facilities=facilities)


def plans_with_context() -> "models.QuerySet[SafetyPlan]":
    return SafetyPlan.objects.select_related(
        *("facility", "course__patient", "course__facility", "performed_by"),
        *("dosing_session__facility", "dosing_session__course"),
    )


def handovers_with_context() -> "models.QuerySet[TabletHandover]":
    return TabletHandover.objects.select_related("facility", "performed_by", "dosing_session__course")
