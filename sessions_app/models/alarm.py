"""Something a person must look at, and who did."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from sessions_app.models.dosing_session import SessionRow


class Alarm(SessionRow):
    """Raised by the record itself (a late reading that would have closed a gate, the prescriber gone, ...) or by the
    clock (a check due, ...). ``key`` says what it is about within its session: whoever finds it first raises it, and
    nobody raises it twice. Empty for alarms of one moment."""

    code = models.CharField(max_length=40)
    key = models.CharField(max_length=120, blank=True)
    params = models.JSONField(default=dict)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.UniqueConstraint(fields=("id", "dosing_session", "facility"), name="alarm_of_session"),
            models.UniqueConstraint(fields=("dosing_session", "key"), condition=~Q(key=""), name="alarm_raised_once"),
        ]


class AlarmStep(SessionRow):
    """Somebody has it, nobody did and the prescriber is told, or its cause is gone."""

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "ACKNOWLEDGED", _("acknowledged")
        ESCALATED = "ESCALATED", _("escalated")
        CLEARED = "CLEARED", _("cleared")

    alarm = ProtectedForeignKey(Alarm, db_constraint=False, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    params = models.JSONField(default=dict)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known("kind", ("ACKNOWLEDGED", "ESCALATED", "CLEARED"), name="alarm_step_kind_known"),
            CompositeForeignKey(
                fields=("alarm", "dosing_session", "facility"),
                to="sessions_app.Alarm",
                to_fields=("id", "dosing_session", "facility"),
                name="alarm_step_alarm_of_session",
            ),
            models.UniqueConstraint(
                fields=("alarm", "kind"), condition=~Q(kind="ACKNOWLEDGED"), name="alarm_step_said_once"
            ),
        ]
