"""Checks and signs."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.models import Correction
from clinic.prepared import Prepared
from sessions_app.models.dosing_session import SessionRow
from sessions_app.rules.facts import CheckKind, SignEventKind


class NotObtained(models.TextChoices):
    """Why a measure has no value."""

    REFUSED = "REFUSED", _("refused")
    DEVICE_FAILED = "DEVICE_FAILED", _("device failed")


def _absent_or(name: Any) -> models.CharField:
    return models.CharField(max_length=14, choices=NotObtained.choices, blank=True, verbose_name=name)


class Check(SessionRow):
    """One set of readings at one minute. A measure is a value, *not obtained* with a reason, or was not asked."""

    kind = models.CharField(max_length=10)
    systolic_mmhg = models.PositiveSmallIntegerField(null=True)
    diastolic_mmhg = models.PositiveSmallIntegerField(null=True)
    blood_pressure_not_obtained = _absent_or(_("blood pressure not obtained"))
    pulse_bpm = models.PositiveSmallIntegerField(null=True)
    pulse_not_obtained = _absent_or(_("pulse not obtained"))
    spo2_percent = models.PositiveSmallIntegerField(null=True)
    spo2_not_obtained = _absent_or(_("SpO2 not obtained"))
    note = models.TextField(blank=True)
    confirmed_unlikely = ArrayField(models.CharField(max_length=40), default=list)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known("kind", list(CheckKind), name="check_kind_known"),
            models.UniqueConstraint(fields=("id", "dosing_session", "occurred_at"), name="check_taken_at"),
            models.UniqueConstraint(fields=("id", "dosing_session", "facility"), name="check_of_session"),
            models.CheckConstraint(
                condition=Q(systolic_mmhg__isnull=True, diastolic_mmhg__isnull=True)
                | Q(systolic_mmhg__gt=F("diastolic_mmhg"), blood_pressure_not_obtained=""),
                name="check_diastolic_below_systolic",
            ),
            models.CheckConstraint(
                condition=Q(spo2_percent__isnull=True) | Q(spo2_percent__lte=100, spo2_not_obtained=""),
                name="check_spo2_at_most_100",
            ),
            models.CheckConstraint(
                condition=Q(pulse_bpm__isnull=True) | Q(pulse_not_obtained=""), name="check_pulse_or_reason"
            ),
        ]


def _near(session_id: UUID, check_id: UUID, since: datetime, until: datetime) -> models.QuerySet[Check]:
    taken_back = Correction.objects.filter(row_id=models.OuterRef("pk"))
    around = Check.objects.filter(dosing_session=session_id, occurred_at__gte=since, occurred_at__lte=until)
    others = around.filter(~models.Exists(taken_back)).exclude(pk=check_id)
    return others.select_related("performed_by").order_by("occurred_at", "order")


_NEAR = Prepared(_near, session_id=UUID, check_id=UUID, since=datetime, until=datetime)


def checks_near(check: Check, within: timedelta) -> list[Check]:
    """The others in force on that session at about its time, as they are now: whoever charted meanwhile is there."""
    between = {"since": check.occurred_at - within, "until": check.occurred_at + within}
    return list(_NEAR.instances(session_id=check.dosing_session_id, check_id=check.pk, **between))


class CheckRow(SessionRow):
    """Base of rows charted with a check, of the same session."""

    check_row = ProtectedForeignKey(Check, null=True, db_constraint=False, related_name="%(class)ss")

    class Meta(SessionRow.Meta):
        abstract = True
        constraints = [
            *SessionRow.Meta.constraints,
            CompositeForeignKey(
                fields=("check_row", "dosing_session", "facility"),
                to="sessions_app.Check",
                to_fields=("id", "dosing_session", "facility"),
                name="%(class)s_check_of_session",
            ),
        ]


class SignObservation(CheckRow):
    """One sign of the programme as observed at one check: present, absent, or not obtained with a reason."""

    code = models.CharField(max_length=40)
    present = models.BooleanField(null=True)
    score = models.SmallIntegerField(null=True)
    not_obtained = _absent_or(_("not obtained"))

    class Meta(CheckRow.Meta):
        abstract = False
        constraints = [
            *CheckRow.Meta.constraints,
            models.UniqueConstraint(fields=("check_row", "code"), name="sign_observation_once_per_check"),
            models.CheckConstraint(condition=Q(check_row__isnull=False), name="sign_observation_has_check"),
            models.CheckConstraint(
                condition=Q(present__isnull=False, not_obtained="")
                | (Q(present__isnull=True, score__isnull=True) & ~Q(not_obtained="")),
                name="sign_observation_answer_or_reason",
            ),
        ]


class SignEvent(CheckRow):
    """A sign or symptom began, or was gone. Onset and resolution are two rows."""

    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)

    class Meta(CheckRow.Meta):
        abstract = False
        constraints = [
            *CheckRow.Meta.constraints,
            state_known("kind", list(SignEventKind), name="sign_event_kind_known"),
        ]


class SeriousEvent(SessionRow):
    """Something serious happened; unresolved until a prescriber's decision is bound to it."""

    what = models.TextField()

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(what=""), name="serious_event_said"),
            models.UniqueConstraint(fields=("id", "dosing_session", "facility"), name="serious_event_of_session"),
        ]


class MedicineGiven(SessionRow):
    """A medicine given on site: what, how much, by which route. ``performed_by`` gave it."""

    class Route(models.TextChoices):
        ORAL = "ORAL", _("by mouth")
        SUBLINGUAL = "SUBLINGUAL", _("under the tongue")
        INTRAMUSCULAR = "INTRAMUSCULAR", _("into a muscle")
        INTRAVENOUS = "INTRAVENOUS", _("into a vein")
        SUBCUTANEOUS = "SUBCUTANEOUS", _("under the skin")
        INHALED = "INHALED", _("inhaled")
        NASAL = "NASAL", _("nasal")
        OTHER = "OTHER", _("other")

    drug = models.CharField(max_length=80)
    dose = models.CharField(max_length=40)
    route = models.CharField(max_length=14, choices=Route.choices)
    note = models.TextField(blank=True)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known(
                "route",
                ("ORAL", "SUBLINGUAL", "INTRAMUSCULAR", "INTRAVENOUS", "SUBCUTANEOUS", "INHALED", "NASAL", "OTHER"),
                name="medicine_given_route_known",
            ),
            models.CheckConstraint(condition=~Q(drug="") & ~Q(dose=""), name="medicine_given_says_what_and_how_much"),
        ]
