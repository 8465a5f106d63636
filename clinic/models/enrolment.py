"""The patient's enrolment in a programme, at a facility; and where the patient is treated from some day on."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, both_or_neither, state_known
from clinic.models.entry import ClinicalRow, Correction
from clinic.models.patient import Patient


class EnrolmentStatus(models.TextChoices):
    ENROLLED = "ENROLLED"
    WITHDRAWN = "WITHDRAWN"
    TRANSFERRED = "TRANSFERRED"


class Enrolment(ClinicalRow):
    """From ``occurred_at`` on this patient is enrolled in the programme here, or no longer; the latest counts. The
    form is signed by the patient and by a prescriber, each on a day (domain.md section 2, [P])."""

    patient = ProtectedForeignKey(Patient, related_name="enrolments")
    program_code = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=EnrolmentStatus.choices)
    rems_identifier = models.CharField(max_length=40, blank=True)
    patient_signed_date = models.DateField(null=True)
    prescriber_signed_date = models.DateField(null=True)
    prescriber = ProtectedForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="+")
    document = ProtectedForeignKey("clinic.Document", null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("status", EnrolmentStatus.values, name="enrolment_status_known"),
            both_or_neither("patient_signed_date", "prescriber_signed_date", name="enrolment_signed_by_both"),
            both_or_neither("prescriber_signed_date", "prescriber", name="enrolment_prescriber_signed"),
        ]
        indexes = [models.Index(fields=("patient", "program_code", "occurred_at"), name="enrolment_latest")]


def enrolments_in_force() -> models.QuerySet[Enrolment]:
    """Every word about enrolment that was not taken back."""
    return Enrolment.objects.filter(~Exists(Correction.objects.filter(row_id=OuterRef("pk"))))


class PatientTransfer(ClinicalRow):
    """From ``from_date`` on the patient is treated elsewhere: at a facility of the organisation, or at a place that is
    named. The REMS was told before that day. ``enrolment`` is the word that ends the enrolment here on it."""

    class How(models.TextChoices):
        PORTAL = "PORTAL", _("by portal")
        TELEPHONE = "TELEPHONE", _("by telephone")

    patient = ProtectedForeignKey(Patient, related_name="transfers")
    program_code = models.CharField(max_length=40)
    to_facility = ProtectedForeignKey("clinic.Facility", null=True, related_name="+")
    to_place = models.CharField(max_length=120, blank=True)
    organisation = ProtectedForeignKey("clinic.Organisation", related_name="+")
    from_date = models.DateField()
    rems_told_date = models.DateField()
    rems_told_how = models.CharField(max_length=10, choices=How.choices)
    enrolment = ProtectedForeignKey(Enrolment, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            *(
                CompositeForeignKey(
                    fields=(field, "organisation"),
                    to=to,
                    to_fields=("id", "organisation"),
                    name=f"patient_transfer_{field}_of_organisation",
                )
                for field, to in (
                    ("facility", "clinic.Facility"),
                    ("to_facility", "clinic.Facility"),
                    ("patient", "clinic.Patient"),
                )
            ),
            models.CheckConstraint(
                condition=Q(to_facility=None) & ~Q(to_place="") | Q(to_facility__isnull=False, to_place=""),
                name="patient_transfer_leads_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(to_facility=None) | ~Q(to_facility=F("facility")), name="patient_transfer_leads_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(rems_told_date__lt=F("from_date")), name="patient_transfer_told_in_advance"
            ),
            state_known("rems_told_how", ("PORTAL", "TELEPHONE"), name="patient_transfer_told_how_known"),
        ]
