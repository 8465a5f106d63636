"""What is asked before the dose."""

from django.db import models
from django.db.models import Q

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from sessions_app.models.course import CourseRow
from sessions_app.models.dosing_session import DosingSession, SessionRow
from sessions_app.rules.facts import Intake, IntakeAnswer, WayHomeKind


class Topic(models.TextChoices):
    CONTRAINDICATION = "CONTRAINDICATION"
    ANYTHING_NEW = "ANYTHING_NEW"
    MEDICINE = "MEDICINE"


class Answer(CourseRow):
    """One yes/no answer to a question of the programme: the contraindications (for the course), "anything new?"
    and the medicine classes (for the day)."""

    dosing_session = ProtectedForeignKey(DosingSession, null=True, db_constraint=False, related_name="+")
    order = models.PositiveIntegerField(null=True)
    topic = models.CharField(max_length=20, choices=Topic.choices)
    code = models.CharField(max_length=40)
    answer = models.BooleanField()

    class Meta(CourseRow.Meta):
        abstract = False
        constraints = [
            *CourseRow.Meta.constraints,
            CompositeForeignKey(
                fields=("dosing_session", "facility"),
                to="sessions_app.DosingSession",
                to_fields=("id", "facility"),
                name="answer_session_of_same_facility",
            ),
            state_known("topic", Topic.values, name="answer_topic_known"),
        ]
        indexes = [models.Index(fields=("course", "topic"), name="answer_of_course")]


class IntakeReport(SessionRow):
    """When the patient last ate, drank or used a nasal spray: a time, none, or not known."""

    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Intake])
    answer = models.CharField(max_length=8, choices=[(value.value, value.value) for value in IntakeAnswer])
    last_at = models.DateTimeField(null=True)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known("kind", list(Intake), name="intake_report_kind_known"),
            models.CheckConstraint(
                condition=Q(answer=IntakeAnswer.AT, last_at__isnull=False)
                | Q(answer__in=(IntakeAnswer.NONE, IntakeAnswer.UNKNOWN), last_at__isnull=True),
                name="intake_report_time_with_answer",
            ),
        ]


class EnrolmentVerification(SessionRow):
    """Enrolment was verified for this dose: by whom, when, and by portal or telephone."""

    class How(models.TextChoices):
        PORTAL = "PORTAL"
        TELEPHONE = "TELEPHONE"

    how = models.CharField(max_length=10, choices=How.choices)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known("how", ("PORTAL", "TELEPHONE"), name="enrolment_verification_how_known"),
        ]


class WayHomeArrangement(SessionRow):
    """Who takes the patient home, and that the patient will not drive. The newest in force counts."""

    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in WayHomeKind])
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=30)
    relation = models.CharField(max_length=60, blank=True)
    will_not_drive = models.BooleanField()

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known("kind", list(WayHomeKind), name="way_home_arrangement_kind_known"),
        ]
