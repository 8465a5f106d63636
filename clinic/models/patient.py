"""Patients belong to an organisation; they were registered at one of its facilities. Two records may be one person."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Concat, Lower
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, RowTrigger, both_or_neither, state_known
from clinic.models.entry import ClinicalRow
from clinic.models.facility import Organisation
from clinic.rules.patient import Identity


class Sex(models.TextChoices):
    """As the monitoring form asks it."""

    MALE = "MALE", _("male")
    FEMALE = "FEMALE", _("female")
    OTHER = "OTHER", _("other")


class Language(models.TextChoices):
    """What a patient reads; the staff's pages are in English."""

    EN = "en", _("English")
    ES = "es", _("Spanish")


# What a search by name or number reads; an index holds this very expression. The blanks begin every word.
SEARCHED_TEXT = Lower(Concat(Value(" "), "first_name", Value(" "), "last_name", Value(" "), "mrn"))


IDENTITY = ("first_name", "middle_initial", "last_name", "birth_date", "sex", "phone", "paper_language")


class Patient(ClinicalRow):
    """A person under treatment. The medical record number is unique in the organisation. ``same_person_as`` is the
    record that is kept where this one is a duplicate of it, and ``link`` the row that says so; whatever was written
    on either stays where it is, and is read as one."""

    organisation = ProtectedForeignKey(Organisation, related_name="patients")
    mrn = models.CharField(_("medical record number"), max_length=30)
    first_name = models.CharField(_("first name"), max_length=60)
    middle_initial = models.CharField(_("middle initial"), max_length=1, blank=True)
    last_name = models.CharField(_("last name"), max_length=60)
    birth_date = models.DateField(_("born"))
    sex = models.CharField(_("sex"), max_length=6, choices=Sex.choices)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    paper_language = models.CharField(max_length=2, choices=Language.choices, default=Language.EN)
    same_person_as = ProtectedForeignKey("self", null=True, db_constraint=False, related_name="duplicates")
    link = ProtectedForeignKey("clinic.PatientLink", null=True, db_constraint=False, related_name="+")
    details = ProtectedForeignKey("clinic.PatientDetails", null=True, db_constraint=False, related_name="+")

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
            state_known("paper_language", Language.values, name="patient_paper_language_known"),
            both_or_neither("same_person_as", "link", name="patient_same_person_by_link"),
            CompositeForeignKey(
                fields=("link", "id", "same_person_as"),
                to="clinic.PatientLink",
                to_fields=("id", "duplicate", "kept"),
                name="patient_link_is_its_own",
            ),
            # Who somebody is says the newest row about it, word by word.
            CompositeForeignKey(
                fields=("details", "id", *IDENTITY),
                to="clinic.PatientDetails",
                to_fields=("id", "patient", *IDENTITY),
                name="patient_is_as_in_details",
            ),
            RowTrigger(
                function="vigil_patient_as_written",
                name="patient_changes_with_its_details",
                event="UPDATE",
                when="after",
            ),
        ]
        indexes = [
            models.Index(fields=("organisation", "last_name", "first_name"), name="patient_by_name"),
            models.Index(fields=("organisation", "birth_date"), name="patient_by_birth_date"),
            GinIndex(OpClass(SEARCHED_TEXT, name="gin_trgm_ops"), name="patient_by_words"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}.{self.last_name[:1]}."

    @property
    def person_id(self) -> UUID:
        """The record that stands for this person: another one where this is a duplicate."""
        return self.same_person_as_id or self.pk


class PatientLink(ClinicalRow):
    """Two records are one person: ``kept`` stands for both from now on. Undone by a Correction."""

    organisation = ProtectedForeignKey(Organisation, related_name="+")
    duplicate = ProtectedForeignKey(Patient, db_constraint=False, related_name="links")
    kept = ProtectedForeignKey(Patient, db_constraint=False, related_name="+")
    reason = models.TextField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            *(
                CompositeForeignKey(
                    fields=(field, "organisation"),
                    to=to,
                    to_fields=("id", "organisation"),
                    name=f"patient_link_{field}_of_organisation",
                )
                for field, to in (
                    ("facility", "clinic.Facility"),
                    ("duplicate", "clinic.Patient"),
                    ("kept", "clinic.Patient"),
                )
            ),
            models.CheckConstraint(condition=~Q(duplicate=F("kept")), name="patient_link_of_two"),
            models.CheckConstraint(condition=~Q(reason=""), name="patient_link_has_reason"),
            models.UniqueConstraint(fields=("id", "duplicate", "kept"), name="patient_link_target"),
        ]


def person_of(patient: str) -> Coalesce:
    """In a query: the record that stands for the person of this foreign key."""
    return Coalesce(f"{patient}__same_person_as", patient)


def records_of(person_ids: Iterable[UUID]) -> models.QuerySet[Patient]:
    """Every record of these persons: the one that is kept, and its duplicates."""
    ids = person_ids if isinstance(person_ids, list) else list(person_ids)
    return Patient.objects.filter(Q(pk__among=ids) | Q(same_person_as__among=ids))


def known_identities(organisation_id: UUID, *, birth_date: date) -> list[Identity]:
    """Everybody in the organisation who was born on that day, each record that is kept."""
    born = Patient.objects.filter(organisation=organisation_id, birth_date=birth_date, same_person_as=None)
    return [identity_of(patient) for patient in born.order_by("last_name", "first_name", "pk")]


def identity_of(patient: Patient) -> Identity:
    """Who a record says this is."""
    return Identity(patient.pk, patient.first_name, patient.last_name, patient.birth_date, patient.phone)


class Counselling(ClinicalRow):
    """The patient was counselled in this organisation before the first dose."""

    patient = ProtectedForeignKey(Patient, related_name="counsellings")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [*ClinicalRow.Meta.constraints]
