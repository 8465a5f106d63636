"""The patient's enrolment in a programme, at a facility."""

from django.db import models

from clinic.constraints import ProtectedForeignKey, state_known
from clinic.models.entry import ClinicalRow
from clinic.models.patient import Patient


class EnrolmentStatus(models.TextChoices):
    ENROLLED = "ENROLLED"
    WITHDRAWN = "WITHDRAWN"


class Enrolment(ClinicalRow):
    """From ``occurred_at`` on this patient is enrolled in the programme here, or no longer; the latest counts."""

    patient = ProtectedForeignKey(Patient, related_name="enrolments")
    program_code = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=EnrolmentStatus.choices)
    rems_identifier = models.CharField(max_length=40, blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("status", EnrolmentStatus.values, name="enrolment_status_known"),
        ]
        indexes = [models.Index(fields=("patient", "program_code", "occurred_at"), name="enrolment_latest")]
