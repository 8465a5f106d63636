"""A patient is registered at a facility, for its whole organisation."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Facility, Language, Patient, Sex, User
from clinic.models.patient import known_identities
from clinic.rules.patient import Identity, duplicate_refusals
from clinic.rules.refusals import ActionRefused, field_refusal, reason_refusals
from clinic.rules.roles import Permission


@repeatable
def register_patient(
    *,
    facility: Facility,
    mrn: str,
    first_name: str,
    last_name: str,
    birth_date: date,
    sex: Sex,
    middle_initial: str = "",
    phone: str = "",
    paper_language: str = Language.EN,
    asked_about: frozenset[UUID] | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Patient:
    """A new patient of the facility's organisation. Raises ActionRefused when the number is taken there, and once
    (MAY_BE_KNOWN) where somebody known may be the same: ``asked_about`` are those whom a person has looked at, None
    where there is nobody to ask."""
    demand(by, Permission.REGISTER, facility.pk, at=now)
    today = now.astimezone(facility.zone).date()
    refuse(*(() if birth_date <= today else (field_refusal("birth_date", "future_day"),)))
    for name, value in (("mrn", mrn), ("first_name", first_name), ("last_name", last_name)):
        refuse(*reason_refusals(value, name=name))
    try:
        with transaction.atomic():
            if first := first_result(Patient, facility=facility, entry=entry, action="register_patient", by=by):
                return first
            typed = Identity(None, first_name, last_name, birth_date, phone)
            if asked_about is not None:
                taken = Patient.objects.filter(organisation=facility.organisation_id, mrn=mrn.strip()).exists()
                refuse(*((field_refusal("mrn", "taken", value=mrn),) if taken else ()))
                known = known_identities(facility.organisation_id, birth_date=birth_date)
                refuse(*duplicate_refusals(typed, known, asked_about=asked_about))
            patient = row(
                Patient,
                facility=facility,
                entry=entry,
                by=by,
                now=now,
                organisation_id=facility.organisation_id,
                mrn=mrn.strip(),
                first_name=first_name.strip(),
                middle_initial=middle_initial.strip(),
                last_name=last_name.strip(),
                birth_date=birth_date,
                sex=sex,
                phone=phone.strip(),
                paper_language=paper_language,
            )
            write(
                action="register_patient",
                facility=facility,
                entry=entry,
                by=by,
                now=now,
                subject=patient,
                rows=(patient,),
            )
            return patient
    except IntegrityError as error:
        if "patient_mrn_once_in_organisation" not in str(error):
            raise
        raise ActionRefused((field_refusal("mrn", "taken", value=mrn),)) from error
