"""The enrolment of a patient on paper: who signed, what is known, and lines where nothing is."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.models import Enrolment, Facility, Patient, PatientContact
from clinic.presenters.time import calendar_day
from sessions_app.presenters.pdf.paper import BLANK, Head, Story, gap, note, pairs, part, title, to_bytes
from sessions_app.presenters.pdf.patient_story import made_line, whose
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.program import Program


def enrolment_pdf(
    patient: Patient,
    facility: Facility,
    program: Program,
    enrolment: Enrolment | None,
    contact: PatientContact | None,
    reader: Reader,
    *,
    viewer: Any,
) -> bytes:
    name = _("Enrolment of a patient, %(program)s REMS") % {"program": program.label}
    head = Head(title=name, whose=whose(patient, facility), made=made_line(reader, viewer))

    def story() -> Story:
        return [
            title(name, 0),
            note(_("Our own wording, not an official form: check it against the REMS's current form.")),
            *part(_("Patient"), pairs(_patient(patient, contact))),
            *part(_("Setting"), pairs(_setting(facility))),
            *part(_("Signed by the patient"), pairs(_signed_by_patient(patient, enrolment))),
            *part(_("Signed by the prescriber"), pairs(_signed_by_prescriber(enrolment))),
            *part(_("As recorded here"), pairs(_recorded(enrolment, reader))),
            gap(),
            note(_("A line stands where nothing is recorded.")),
        ]

    return to_bytes(story, head)


def _known(value: object) -> object:
    return value or BLANK


def _patient(patient: Patient, contact: PatientContact | None) -> list[tuple[str, object]]:
    reach = contact or PatientContact()
    return [
        (_("First name"), patient.first_name),
        (_("Middle initial"), _known(patient.middle_initial)),
        (_("Last name"), patient.last_name),
        (_("Date of birth"), calendar_day(patient.birth_date)),
        (_("Sex"), patient.get_sex_display()),
        (_("MRN"), patient.mrn),
        (_("Address"), _known(reach.address)),
        (_("Phone"), _known(patient.phone)),
        (_("Emergency contact"), _known(", ".join(filter(None, (reach.contact_name, reach.contact_relation))))),
        (_("Phone of the contact"), _known(reach.contact_phone)),
    ]


def _setting(facility: Facility) -> list[tuple[str, object]]:
    return [
        (_("Name"), facility.name),
        (_("Address"), _known(facility.address)),
        (_("Phone"), _known(facility.phone)),
    ]


def _day(day: Any) -> object:
    return calendar_day(day) if day else BLANK


def _signed_by_patient(patient: Patient, enrolment: Enrolment | None) -> list[tuple[str, object]]:
    signed = enrolment.patient_signed_date if enrolment else None
    return [(_("Name"), patient.full_name), (_("Signature"), BLANK), (_("Day"), _day(signed))]


def _signed_by_prescriber(enrolment: Enrolment | None) -> list[tuple[str, object]]:
    signed, prescriber = (enrolment.prescriber_signed_date, enrolment.prescriber) if enrolment else (None, None)
    return [(_("Name"), _known(prescriber)), (_("Signature"), BLANK), (_("Day"), _day(signed))]


def _recorded(enrolment: Enrolment | None, reader: Reader) -> list[tuple[str, object]]:
    if enrolment is None:
        return [(_("Stands"), _("not enrolled"))]
    words = {"ENROLLED": _("enrolled"), "WITHDRAWN": _("withdrawn"), "TRANSFERRED": _("transferred")}
    entered = calendar_day(enrolment.occurred_at.astimezone(reader.zone).date())
    return [
        (_("Stands"), words[enrolment.status]),
        (_("REMS number"), _known(enrolment.rems_identifier)),
        (_("Entered"), f"{entered}, {enrolment.performed_by}"),
        (_("Reason"), enrolment.reason),
    ]
