"""What is known of a patient beside treatment is written down; the newest word counts, every earlier one stays."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.access import demand, demand_own_patient
from clinic.actions.document import document_rows
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.inspection import CheckedFile
from clinic.models import Allergy, Consent, Correction, Facility, Patient, PatientContact, PatientDetails, Sex, User
from clinic.models.patient import IDENTITY
from clinic.models.patient_record import allergies_of
from clinic.rules.patient import allergy_refusals, contact_refusals
from clinic.rules.refusals import ActionRefused, Refusal, field_refusal, reason_refusals
from clinic.rules.roles import Permission


@repeatable
@transaction.atomic
def record_allergy(
    *,
    patient: Patient,
    facility: Facility,
    substance: str = "",
    reaction: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> Allergy:
    """A substance and what it did; without one, no allergy is known. Raises ActionRefused (FIELD)."""
    _demand(patient, facility, by, now)
    action = "record_allergy"
    if first := first_result(Allergy, facility=facility, entry=entry, action=action, by=by, subject=patient):
        return first

    known = [allergy.substance for allergy in allergies_of(patient) if allergy.substance]
    refuse(*allergy_refusals(substance, reaction, known=known))

    allergy = row(
        Allergy,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        patient=patient,
        substance=substance.strip(),
        reaction=reaction.strip(),
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=patient, rows=(allergy,))
    return allergy


@repeatable
@transaction.atomic
def take_back_allergy(
    *, allergy: Allergy, facility: Facility, reason: str, entry: Submission, by: User, now: datetime
) -> Correction:
    """It is none, or was charted wrongly. Raises ActionRefused (ALREADY_VOIDED, FIELD)."""
    patient = allergy.patient
    _demand(patient, facility, by, now)
    action = "take_back_allergy"
    if first := first_result(Correction, facility=facility, entry=entry, action=action, by=by, subject=patient):
        return first

    if Correction.objects.filter(row_id=allergy.pk).exists():
        raise ActionRefused((Refusal("ALREADY_VOIDED"),))
    refuse(*reason_refusals(reason))

    taken_back = row(
        Correction,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        row_kind=Allergy.__name__,
        row_id=allergy.pk,
        subject_id=patient.pk,
        reason=reason.strip(),
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=patient, rows=(taken_back,))
    return taken_back


@repeatable
@transaction.atomic
def record_contact(
    *,
    patient: Patient,
    facility: Facility,
    address: str = "",
    email: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    contact_relation: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> PatientContact:
    """Address, e-mail and emergency contact, as they are from now on. Raises ActionRefused (FIELD)."""
    _demand(patient, facility, by, now)
    action = "record_contact"
    if first := first_result(PatientContact, facility=facility, entry=entry, action=action, by=by, subject=patient):
        return first

    said: dict[str, Any] = {
        "address": address.strip(),
        "email": email.strip(),
        "contact_name": contact_name.strip(),
        "contact_phone": contact_phone.strip(),
        "contact_relation": contact_relation.strip(),
    }
    refuse(*contact_refusals(**said))

    contact = row(PatientContact, facility=facility, entry=entry, by=by, now=now, patient=patient, **said)
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=patient, rows=(contact,))
    return contact


@repeatable
@transaction.atomic
def record_consent(
    *,
    patient: Patient,
    facility: Facility,
    kind: str,
    given: bool,
    on_date: date,
    file: CheckedFile | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Consent:
    """The patient agreed on that day, or took it back; with the signed paper where there is one. Raises ActionRefused
    (FIELD)."""
    _demand(patient, facility, by, now)
    action = "record_consent"
    if first := first_result(Consent, facility=facility, entry=entry, action=action, by=by, subject=patient):
        return first

    today = now.astimezone(facility.zone).date()
    refuse(*(() if kind in Consent.Kind.values else (field_refusal("kind", "unknown"),)))
    refuse(*(() if on_date <= today else (field_refusal("on_date", "future_day"),)))

    # Off-label use is told by the chart alone, and so is its paper.
    opened_with = Permission.READ_CHART if kind == Consent.Kind.OFF_LABEL else Permission.VIEW
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now}
    paper = document_rows(**said, file=file, opened_with=opened_with) if file else ()
    consent = row(
        Consent,
        **said,
        patient=patient,
        kind=kind,
        given=given,
        on_date=on_date,
        document=paper[0] if paper else None,
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=patient, rows=(consent, *paper))
    return consent


@repeatable
@transaction.atomic
def correct_details(
    *,
    patient: Patient,
    facility: Facility,
    first_name: str,
    last_name: str,
    birth_date: date,
    sex: Sex,
    middle_initial: str = "",
    phone: str = "",
    paper_language: str,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> PatientDetails:
    """Who the patient is, as it is from now on; what it was stays, and who said so. Raises ActionRefused (FIELD)."""
    _demand(patient, facility, by, now)
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    action = "correct_details"
    if first := first_result(PatientDetails, facility=facility, entry=entry, action=action, by=by, subject=patient):
        return first

    said: dict[str, Any] = {
        "first_name": first_name.strip(),
        "middle_initial": middle_initial.strip(),
        "last_name": last_name.strip(),
        "birth_date": birth_date,
        "sex": sex,
        "phone": phone.strip(),
        "paper_language": paper_language,
    }
    was = {name: getattr(patient, name) for name in IDENTITY}
    today = now.astimezone(facility.zone).date()
    refuse(*(() if birth_date <= today else (field_refusal("birth_date", "future_day"),)))
    for name in ("first_name", "last_name"):
        refuse(*reason_refusals(str(said[name]), name=name))
    refuse(*(() if said != was else (field_refusal("reason", "nothing_entered"),)), *reason_refusals(reason))

    common: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now}
    details = row(PatientDetails, **common, patient=patient, **said, reason=reason.strip())
    rows = [details]
    if patient.details_id is None:
        as_registered = row(PatientDetails, **common, patient=patient, **was, occurred_at=patient.occurred_at)
        as_registered.performed_by_id = patient.performed_by_id
        rows.append(as_registered)
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=patient, rows=rows)
    for name, value in (*said.items(), ("details", details)):
        setattr(patient, name, value)
    patient.save(update_fields=["details", *IDENTITY])
    return details


def _demand(patient: Patient, facility: Facility, by: User, now: datetime) -> None:
    demand(by, Permission.REGISTER, facility.pk, at=now)
    demand_own_patient(patient, facility)
