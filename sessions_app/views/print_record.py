"""Papers that are taken as PDF: the whole record of a session, a patient's enrolment, what the Authorized
Representative attested."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.limits import limited
from clinic.models import Facility, Patient
from clinic.rules.roles import Permission
from sessions_app.models import DosingSession
from sessions_app.models.certification import CertificationOverview
from sessions_app.models.patient_history import PatientHistory
from sessions_app.models.program import programs_by_code
from sessions_app.models.whole_record import WholeRecord
from sessions_app.presenters.archive import Made, record_pdf
from sessions_app.presenters.pdf.attestation_story import attestation_pdf
from sessions_app.presenters.pdf.enrolment_story import enrolment_pdf
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import STEPS
from sessions_app.views.certification import program_or_404
from sessions_app.views.paper_file import Paper, hand_out
from sessions_app.views.scope import of_facility, of_patient, of_session


@of_session(STEPS["record-pdf"])
@limited("paper")
def session_record(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    now, patient, facility = clock.now(), dosing_session.patient, dosing_session.facility
    by: Any = request.user
    record = WholeRecord(patient, facility, dosing_session=dosing_session)
    content = record_pdf(record, Made(now, by), programs_by_code())
    paper = Paper(_("Record of one session"), f"session-{dosing_session.pk}", content, (patient,))
    return hand_out(request, facility, paper, now=now)


@of_patient(Permission.VIEW)
@limited("paper")
def enrolment_form(request: HttpRequest, patient: Patient, facility: Facility, program_code: str) -> HttpResponse:
    """Nothing that was charted stands on it: whoever sees the patient's page may print it."""
    now, program = clock.now(), program_or_404(program_code)
    history = PatientHistory(patient, [facility], at=now)
    enrolment = next((row for row in history.enrolments if row.program_code == program_code), None)
    reader = Reader(facility.zone, now, program)
    content = enrolment_pdf(patient, facility, program, enrolment, history.contact, reader, viewer=request.user)
    paper = Paper(_("Enrolment form"), f"enrolment-{patient.pk}", content, (patient,), permission=Permission.VIEW)
    return hand_out(request, facility, paper, now=now)


@of_facility(Permission.VIEW)
@limited("paper")
def attestation(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    """It is about no patient."""
    now, program = clock.now(), program_or_404(program_code)
    overview = CertificationOverview(facility, program_code, at=now)
    content = attestation_pdf(overview, program, Reader(facility.zone, now), viewer=request.user)
    paper = Paper(_("Attestation"), f"attestation-{program_code}", content, (), permission=Permission.VIEW)
    return hand_out(request, facility, paper, now=now)
