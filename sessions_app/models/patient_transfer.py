"""Where a patient was, or will be, treated."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from clinic.models import Correction, Enrolment, Facility, Patient, PatientTransfer
from clinic.models.enrolment import enrolments_in_force
from clinic.models.patient import records_of


def transfers_in_force() -> QuerySet[PatientTransfer]:
    """Those that were not called off."""
    return PatientTransfer.objects.filter(~Exists(Correction.objects.filter(row_id=OuterRef("pk"))))


def enrolment_at(patient: Patient, facility: Facility, program_code: str) -> Enrolment | None:
    """The latest word in force, on whichever record, also one that counts from a later day; None unless it enrols."""
    words = enrolments_in_force().filter(patient__in=records_of([patient.person_id]), facility=facility)
    latest = words.filter(program_code=program_code).order_by("occurred_at", "id").last()
    return latest if latest is not None and latest.status == "ENROLLED" else None


def transfers_of(patient: Patient, facility_ids: list[UUID]) -> list[PatientTransfer]:
    """From or to one of these facilities, the newest first."""
    rows = transfers_in_force().filter(patient__in=records_of([patient.person_id]))
    rows = rows.filter(facility__in=facility_ids) | rows.filter(to_facility__in=facility_ids)
    return list(rows.select_related("facility", "to_facility", "performed_by").order_by("-from_date", "-id"))


def transfer_of(patient: Patient, facility: Facility, transfer_id: UUID) -> PatientTransfer | None:
    """One from this facility, whether or not it was called off."""
    rows = PatientTransfer.objects.filter(patient__in=records_of([patient.person_id]), facility=facility)
    return rows.select_related("facility", "to_facility", "patient", "enrolment").filter(pk=transfer_id).first()


def sister_facilities(facility: Facility) -> QuerySet[Facility]:
    """The others of the organisation."""
    return Facility.objects.filter(organisation=facility.organisation_id).exclude(pk=facility.pk).order_by("name")
