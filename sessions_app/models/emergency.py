"""An emergency at a chair: what, who was called, and how it ended."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from sessions_app.models.dosing_session import SessionRow
from sessions_app.models.monitoring import SeriousEvent


class Emergency(SessionRow):
    """From ``occurred_at`` on. It is a serious event too, so that the discharge gate holds until a prescriber has
    disposed of it, or the patient was transferred."""

    class Kind(models.TextChoices):
        UNRESPONSIVE = "UNRESPONSIVE", _("does not respond")
        BREATHING = "BREATHING", _("breathing")
        CHEST_PAIN = "CHEST_PAIN", _("chest pain")
        BLOOD_PRESSURE = "BLOOD_PRESSURE", _("blood pressure")
        SEIZURE = "SEIZURE", _("seizure")
        FALL = "FALL", _("fall")
        AGITATION = "AGITATION", _("agitation or self-harm")
        ALLERGY = "ALLERGY", _("allergic reaction")
        OTHER = "OTHER", _("other")

    kind = models.CharField(max_length=16, choices=Kind.choices)
    what = models.TextField(blank=True)
    serious_event = ProtectedForeignKey(SeriousEvent, db_constraint=False, related_name="+")

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known(
                "kind",
                (
                    "UNRESPONSIVE",
                    "BREATHING",
                    "CHEST_PAIN",
                    "BLOOD_PRESSURE",
                    "SEIZURE",
                    "FALL",
                    "AGITATION",
                    "ALLERGY",
                    "OTHER",
                ),
                name="emergency_kind_known",
            ),
            models.UniqueConstraint(fields=("id", "dosing_session", "facility"), name="emergency_of_session"),
            CompositeForeignKey(
                fields=("serious_event", "dosing_session", "facility"),
                to="sessions_app.SeriousEvent",
                to_fields=("id", "dosing_session", "facility"),
                name="emergency_serious_event_of_session",
            ),
            models.CheckConstraint(condition=~Q(kind="OTHER") | ~Q(what=""), name="emergency_other_said"),
        ]


class EmergencyRow(SessionRow):
    """Base of rows about one emergency, of the same session."""

    emergency = ProtectedForeignKey(Emergency, db_constraint=False, related_name="+")

    class Meta(SessionRow.Meta):
        abstract = True
        constraints = [
            *SessionRow.Meta.constraints,
            CompositeForeignKey(
                fields=("emergency", "dosing_session", "facility"),
                to="sessions_app.Emergency",
                to_fields=("id", "dosing_session", "facility"),
                name="%(class)s_emergency_of_session",
            ),
        ]


class EmergencyCall(EmergencyRow):
    """Somebody was called."""

    class Whom(models.TextChoices):
        AMBULANCE = "AMBULANCE", _("ambulance (911)")
        PRESCRIBER = "PRESCRIBER", _("prescriber")
        COLLEAGUE = "COLLEAGUE", _("colleague")
        CONTACT = "CONTACT", _("emergency contact")
        OTHER = "OTHER", _("somebody else")

    whom = models.CharField(max_length=12, choices=Whom.choices)
    name = models.CharField(max_length=120, blank=True)

    class Meta(EmergencyRow.Meta):
        abstract = False
        constraints = [
            *EmergencyRow.Meta.constraints,
            state_known(
                "whom",
                ("AMBULANCE", "PRESCRIBER", "COLLEAGUE", "CONTACT", "OTHER"),
                name="emergency_call_whom_known",
            ),
        ]


class EmergencyEnd(EmergencyRow):
    """It is over: back in monitoring, the patient was transferred, or the session ended another way (the patient
    ran off, was never dosed, ...). Said once."""

    class How(models.TextChoices):
        MONITORING = "MONITORING", _("back in monitoring")
        TRANSFERRED = "TRANSFERRED", _("transferred")
        WITH_SESSION = "WITH_SESSION", _("with the session")

    how = models.CharField(max_length=12, choices=How.choices)
    note = models.TextField(blank=True)

    class Meta(EmergencyRow.Meta):
        abstract = False
        constraints = [
            *EmergencyRow.Meta.constraints,
            state_known("how", ("MONITORING", "TRANSFERRED", "WITH_SESSION"), name="emergency_end_how_known"),
            models.UniqueConstraint(fields=("emergency",), name="emergency_ends_once"),
        ]
