"""Patients belong to an organisation; they were registered at one of its facilities."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.models.entry import ClinicalRow
from clinic.models.facility import Organisation


class Sex(models.TextChoices):
    """As the monitoring form asks it."""

    MALE = "MALE", _("male")
    FEMALE = "FEMALE", _("female")
    OTHER = "OTHER", _("other")


class Patient(ClinicalRow):
    """A person under treatment. The medical record number is unique in the organisation."""

    organisation = ProtectedForeignKey(Organisation, related_name="patients")
    mrn = models.CharField(_("medical record number"), max_length=30)
    first_name = models.CharField(_("first name"), max_length=60)
    middle_initial = models.CharField(_("middle initial"), max_length=1, blank=True)
    last_name = models.CharField(_("last name"), max_length=60)
    birth_date = models.DateField(_("born"))
    sex = models.CharField(_("sex"), max_length=6, choices=Sex.choices)
    phone = models.CharField(_("phone"), max_length=30, blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("organisation", "mrn"), name="patient_mrn_once_in_organisation"),
            models.UniqueConstraint(fields=("id", "organisation"), name="patient_of_organisation"),
            CompositeForeignKey(
                fields=("facility", "organisation"),
                to="clinic.Facility",
                to_fields=("id", "organisation"),
                name="patient_registered_in_own_organisation",
            ),
            state_known("sex", Sex.values, name="patient_sex_known"),
        ]
        indexes = [models.Index(fields=("organisation", "last_name", "first_name"), name="patient_by_name")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}.{self.last_name[:1]}."


class Counselling(ClinicalRow):
    """The patient was counselled in this organisation before the first dose."""

    patient = ProtectedForeignKey(Patient, related_name="counsellings")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [*ClinicalRow.Meta.constraints]
