"""What is counted, kept beside the record: one line for each session with a dose, made of its rows by one statement,
and for each day how many devices went which way (models/insight/keeping.py). No record: nobody signs it, no event holds
it, and it may be deleted at any time, since whoever counts next makes it again (docs/decisions/0047)."""

from django.db import models

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey
from clinic.models import Facility, Patient
from sessions_app.models.dosing_session import DosingSession


class SessionLine(models.Model):
    """Minutes are whole ones since the last device that delivered a spray."""

    dosing_session = models.OneToOneField(
        DosingSession, models.PROTECT, primary_key=True, db_constraint=False, related_name="+"
    )
    facility = ProtectedForeignKey(Facility, db_index=False, related_name="+")
    patient = ProtectedForeignKey(Patient, related_name="+")
    program_code = models.CharField(max_length=40)
    day = models.DateField(help_text="of the first dose, by the facility's calendar")
    first_at = models.DateTimeField()
    state = models.CharField(max_length=20)
    devices = models.PositiveSmallIntegerField()
    sedation = models.BooleanField()
    dissociation = models.BooleanField()
    sedation_gone = models.IntegerField(null=True)
    dissociation_gone = models.IntegerField(null=True)
    measured = models.BooleanField(help_text="blood pressure before the first dose and after it")
    raised = models.BooleanField()
    serious = models.BooleanField()
    minimum_stay_minutes = models.PositiveIntegerField(null=True)
    stayed = models.IntegerField(null=True, help_text="to the release")
    ready = models.IntegerField(null=True, help_text="to the assessment")
    occupied_seconds = models.IntegerField(null=True, help_text="from check-in to leaving; none while they are here")
    peak_checked = models.BooleanField()
    extra_asked = models.BooleanField()
    extra_made = models.BooleanField()
    three_readings = models.BooleanField()
    same_three = models.BooleanField()
    all_round = models.BooleanField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    days_to_form = models.IntegerField(null=True)

    class Meta:
        constraints = [
            CompositeForeignKey(
                fields=("dosing_session", "facility"),
                to="sessions_app.DosingSession",
                to_fields=("id", "facility"),
                name="session_line_session_of_same_facility",
            ),
        ]
        indexes = [models.Index(fields=("facility", "day"), name="session_line_of_facility")]


class StockDay(models.Model):
    """How many devices went one way on a day, by the facility's calendar and the cabinet's ledger."""

    facility = ProtectedForeignKey(Facility, db_index=False, related_name="+")
    day = models.DateField()
    from_place = models.CharField(max_length=12)
    to_place = models.CharField(max_length=12)
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("facility", "day", "from_place", "to_place"), name="stock_day_way_once")
        ]


class LinesUntil(models.Model):
    """Up to which event of its chain the lines and days of a facility say what the record says, and by which
    ``statement``: its SHA-256, with the numbers of the policies that it asked by."""

    facility = models.OneToOneField(Facility, models.PROTECT, primary_key=True, related_name="+")
    sequence = models.BigIntegerField()
    statement = models.CharField(max_length=64)
