"""What a clinic keeps of a patient beside treatment: allergies, whom to reach and where, consent, who they are."""

from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clinic.constraints import ProtectedForeignKey, state_known
from clinic.models.entry import ClinicalRow, Correction
from clinic.models.patient import IDENTITY, Language, Patient, Sex, records_of


class Allergy(ClinicalRow):
    """A substance and what it did; without one, the answer is that none is known. No row in force: not asked."""

    patient = ProtectedForeignKey(Patient, related_name="allergies")
    substance = models.CharField(max_length=80, blank=True)
    reaction = models.CharField(max_length=120, blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(substance="") | Q(reaction=""), name="allergy_reaction_to_something"),
        ]


def allergies_in_force() -> models.QuerySet[Allergy]:
    """Those that were not taken back, the oldest first."""
    taken_back = Correction.objects.filter(row_id=OuterRef("pk"))
    rows = Allergy.objects.filter(~Exists(taken_back)).select_related("facility", "performed_by")
    return rows.order_by("occurred_at", "id")


def allergies_of(patient: Patient) -> list[Allergy]:
    """Those in force on whichever record of this person, the oldest first; substances before the word that none is
    known, which says nothing beside them."""
    found = list(allergies_in_force().filter(patient__in=records_of([patient.person_id])))
    return [allergy for allergy in found if allergy.substance] or found[-1:]


def allergy_of(patient: Patient, allergy_id: UUID) -> Allergy | None:
    """One of this person's, whether or not it was taken back."""
    rows = Allergy.objects.filter(patient__in=records_of([patient.person_id]), pk=allergy_id)
    return rows.select_related("patient").first()


class PatientContact(ClinicalRow):
    """Where the patient lives, their own e-mail, and whom to reach in an emergency; the newest counts, as a whole."""

    patient = ProtectedForeignKey(Patient, related_name="contacts")
    address = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    contact_relation = models.CharField(max_length=60, blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(contact_name="", contact_phone="", contact_relation="")
                | (~Q(contact_name="") & ~Q(contact_phone="")),
                name="patient_contact_can_be_reached",
            ),
        ]


def contact_of(patient: Patient) -> PatientContact | None:
    """The newest, on whichever record of this person."""
    rows = PatientContact.objects.filter(patient__in=records_of([patient.person_id]))
    return rows.select_related("facility", "performed_by").order_by("occurred_at", "id").last()


class Consent(ClinicalRow):
    """The patient agreed to something on a day, or took it back; the newest of each kind counts."""

    class Kind(models.TextChoices):
        TREATMENT = "TREATMENT", _("treatment")
        OFF_LABEL = "OFF_LABEL", _("off-label use")
        PHOTO = "PHOTO", _("photo")
        CONTACT = "CONTACT", _("speaking with the emergency contact")
        REMINDERS = "REMINDERS", _("reminders of appointments by e-mail")

    patient = ProtectedForeignKey(Patient, related_name="consents")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    given = models.BooleanField()
    on_date = models.DateField()
    document = ProtectedForeignKey("clinic.Document", null=True, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("kind", ("TREATMENT", "OFF_LABEL", "PHOTO", "CONTACT", "REMINDERS"), name="consent_kind_known"),
        ]


def consents_in_force() -> models.QuerySet[Consent]:
    """Every word about consent that stands, the newest last: by the day it tells of, then as they were entered."""
    taken_back = Correction.objects.filter(row_id=OuterRef("pk"))
    return Consent.objects.filter(~Exists(taken_back)).order_by("on_date", "occurred_at", "id")


def consents_of(patient: Patient) -> list[Consent]:
    """The newest of each kind, on whichever record of this person."""
    rows = consents_in_force().filter(patient__in=records_of([patient.person_id]))
    rows = rows.select_related("facility", "performed_by", "document__performed_by")
    newest = {consent.kind: consent for consent in rows}
    return [newest[kind] for kind in Consent.Kind.values if kind in newest]


class PatientDetails(ClinicalRow):
    """Who the patient is, from this row on; the record itself holds the newest, and every earlier one stays here."""

    patient = ProtectedForeignKey(Patient, db_constraint=False, related_name="details_history")
    first_name = models.CharField(max_length=60)
    middle_initial = models.CharField(max_length=1, blank=True)
    last_name = models.CharField(max_length=60)
    birth_date = models.DateField()
    sex = models.CharField(max_length=6, choices=Sex.choices)
    phone = models.CharField(max_length=30, blank=True)
    paper_language = models.CharField(max_length=2, choices=Language.choices, default=Language.EN)
    reason = models.TextField(blank=True, help_text="empty: as registered")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("id", "patient", *IDENTITY), name="patient_details_as_written"),
            state_known("sex", Sex.values, name="patient_details_sex_known"),
            state_known("paper_language", Language.values, name="patient_details_paper_language_known"),
        ]


def earlier_details(patient: Patient) -> list[PatientDetails]:
    """Who the record said this was before, the newest first; nothing where it was never corrected."""
    if patient.details_id is None:
        return []
    rows = PatientDetails.objects.filter(patient=patient).select_related("facility", "performed_by")
    return list(rows.order_by("-occurred_at", "-id"))
