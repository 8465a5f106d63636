"""What leads to the release, and the release itself with the constraints that hold even against plain SQL."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, RowTrigger, state_known
from clinic.models import SignedRow
from clinic.rules.signature import Meaning
from sessions_app.models.dosing import DeviceAdministration, DeviceTimeConfirmation
from sessions_app.models.dosing_session import SessionRow
from sessions_app.models.monitoring import Check


class Deviation(SignedRow, SessionRow):
    """A licensed person's account of what did not go by the rule; ``bound_ids`` are the rows it is about."""

    MEANING = Meaning.EXAMINED

    code = models.CharField(max_length=40)
    bound_ids = ArrayField(models.UUIDField(), default=list)
    reason = models.TextField()
    examined = models.BooleanField(default=False)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="deviation_has_reason"),
        ]

    def needs_signature(self) -> bool:
        """Only where it rests on a prescriber's examination."""
        return self.examined


class StayExtension(SessionRow):
    """The prescriber lengthened this stay (hepatic impairment, ...). Nobody may shorten it."""

    stay_minutes = models.PositiveIntegerField()
    reason = models.TextField()

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="stay_extension_has_reason"),
        ]


class ReadinessAssessment(SignedRow, SessionRow):
    """A licensed monitor finds the patient ready to leave."""

    MEANING = Meaning.ASSESSED

    note = models.TextField(blank=True)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.UniqueConstraint(fields=("id", "dosing_session", "occurred_at"), name="readiness_assessed_at"),
        ]


class InstructionsGiven(SessionRow):
    """No driving or hazardous work until the next day after restful sleep; continuing symptoms; whom to call."""

    class How(models.TextChoices):
        PRINTED = "PRINTED", _("printed")
        HANDED_OVER = "HANDED_OVER", _("handed over")

    how = models.CharField(max_length=12, choices=How.choices)
    language = models.CharField(max_length=2, default="en", help_text="of the sheet that was given")

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known("how", ("PRINTED", "HANDED_OVER"), name="instructions_given_how_known"),
        ]


def _minutes(field: str) -> ExpressionWrapper:
    return ExpressionWrapper(F(field) * timedelta(minutes=1), output_field=DurationField())


class Discharge(SessionRow):
    """The release. Through composite keys it carries its session's numbers, the device the stay counts from, the
    final check and the assessment, and checks compare them. ``occurred_at`` is when monitoring was completed and
    the gate judged; ``departed_at`` when the patient left."""

    minimum_stay_minutes = models.PositiveIntegerField()
    final_check_window_minutes = models.PositiveIntegerField()
    stay_minutes = models.PositiveIntegerField(help_text="as tightened or lengthened, never shortened")
    anchor_device = ProtectedForeignKey(DeviceAdministration, db_constraint=False, related_name="+")
    anchor_counted_at = models.DateTimeField(null=True)
    time_confirmation = ProtectedForeignKey(DeviceTimeConfirmation, null=True, db_constraint=False, related_name="+")
    anchor_confirmed_at = models.DateTimeField(null=True)
    final_check = ProtectedForeignKey(Check, db_constraint=False, related_name="+")
    final_check_at = models.DateTimeField()
    assessment = ProtectedForeignKey(ReadinessAssessment, db_constraint=False, related_name="+")
    assessed_at = models.DateTimeField()
    departed_at = models.DateTimeField()
    handed_over_to = models.CharField(max_length=120)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.UniqueConstraint(fields=("id", "dosing_session", "facility"), name="discharge_of_session"),
            CompositeForeignKey(
                fields=("dosing_session", "facility", "minimum_stay_minutes", "final_check_window_minutes"),
                to="sessions_app.DosingSession",
                to_fields=("id", "facility", "minimum_stay_minutes", "final_check_window_minutes"),
                name="discharge_numbers_of_session",
            ),
            CompositeForeignKey(
                fields=("anchor_device", "dosing_session", "facility"),
                to="sessions_app.DeviceAdministration",
                to_fields=("id", "dosing_session", "facility"),
                name="discharge_device_of_session",
            ),
            CompositeForeignKey(
                fields=("anchor_device", "anchor_counted_at"),
                to="sessions_app.DeviceAdministration",
                to_fields=("id", "counted_at"),
                name="discharge_anchor_is_counted_time",
            ),
            CompositeForeignKey(
                fields=("time_confirmation", "anchor_device", "anchor_confirmed_at"),
                to="sessions_app.DeviceTimeConfirmation",
                to_fields=("id", "administration", "counted_at"),
                name="discharge_anchor_is_confirmed_time",
            ),
            CompositeForeignKey(
                fields=("final_check", "dosing_session", "final_check_at"),
                to="sessions_app.Check",
                to_fields=("id", "dosing_session", "occurred_at"),
                name="discharge_final_check_of_session",
            ),
            CompositeForeignKey(
                fields=("assessment", "dosing_session", "assessed_at"),
                to="sessions_app.ReadinessAssessment",
                to_fields=("id", "dosing_session", "occurred_at"),
                name="discharge_assessment_of_session",
            ),
            models.CheckConstraint(
                condition=Q(
                    anchor_counted_at__isnull=False, time_confirmation__isnull=True, anchor_confirmed_at__isnull=True
                )
                | Q(anchor_counted_at__isnull=True, time_confirmation__isnull=False, anchor_confirmed_at__isnull=False),
                name="discharge_has_one_anchor",
            ),
            models.CheckConstraint(
                condition=Q(stay_minutes__gte=F("minimum_stay_minutes")), name="discharge_stay_never_shortened"
            ),
            models.CheckConstraint(
                condition=Q(
                    occurred_at__gte=Coalesce("anchor_counted_at", "anchor_confirmed_at") + _minutes("stay_minutes")
                ),
                name="discharge_not_before_minimum_stay",
            ),
            models.CheckConstraint(
                condition=Q(
                    final_check_at__gte=Coalesce("anchor_counted_at", "anchor_confirmed_at")
                    + _minutes("stay_minutes")
                    - _minutes("final_check_window_minutes")
                ),
                name="discharge_final_check_late_enough",
            ),
            models.CheckConstraint(
                condition=Q(assessed_at__gte=F("final_check_at")), name="discharge_assessed_after_final_check"
            ),
            models.CheckConstraint(condition=~Q(handed_over_to=""), name="discharge_handed_over_to_someone"),
            RowTrigger(function="vigil_refuse_future_release", name="discharge_not_in_the_future"),
            RowTrigger(function="vigil_release_as_charted", name="discharge_as_charted", when="after"),
            RowTrigger(function="vigil_release_answers_alerts", name="discharge_answers_alerts", when="after"),
        ]


class Impairment(models.TextChoices):
    YES = "YES", _("impaired")
    NO = "NO", _("not impaired")
    UNKNOWN = "UNKNOWN", _("not known")


class LeftEarly(SessionRow):
    """The patient left before the gate opened. Never counts as compliant; the filing is still due."""

    last_seen_at = models.DateTimeField()
    found_gone_at = models.DateTimeField()
    impaired = models.CharField(max_length=8, choices=Impairment.choices)
    prescriber_told = models.CharField(max_length=200)
    contact_told = models.CharField(max_length=200)
    last_check = ProtectedForeignKey(Check, null=True, db_constraint=False, related_name="+")

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            CompositeForeignKey(
                fields=("last_check", "dosing_session", "facility"),
                to="sessions_app.Check",
                to_fields=("id", "dosing_session", "facility"),
                name="leftearly_last_check_of_session",
            ),
            state_known("impaired", Impairment.values, name="leftearly_impaired_known"),
        ]


class Transfer(SessionRow):
    """Somebody else took over: a hospital, another unit, or the patient died."""

    class Destination(models.TextChoices):
        HOSPITAL = "HOSPITAL", _("hospital")
        OTHER_UNIT = "OTHER_UNIT", _("other unit")
        DEATH = "DEATH", _("death")

    destination = models.CharField(max_length=10, choices=Destination.choices)
    place = models.CharField(max_length=120, blank=True)
    handed_over = models.TextField()

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known("destination", ("HOSPITAL", "OTHER_UNIT", "DEATH"), name="transfer_destination_known"),
        ]
