"""Patients: the list, one patient's page, registering and enrolling."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import facilities_of, may, permissions_at
from clinic.actions.enrolment import record_enrolment
from clinic.actions.patient import register_patient
from clinic.models import Facility, Patient
from clinic.rules.roles import Permission
from sessions_app.forms.patient import EnrolmentForm, PatientForm
from sessions_app.models import DosingSession
from sessions_app.models.diary import no_shows_of
from sessions_app.models.follow_up import open_follow_ups
from sessions_app.models.patient_history import PatientHistory
from sessions_app.models.patient_list import PatientList
from sessions_app.models.program import programs_by_code
from sessions_app.models.site import prescribers_of
from sessions_app.models.waiting import waits_of
from sessions_app.presenters.bookings import bookings_panel
from sessions_app.presenters.follow_up import calls_to_make
from sessions_app.presenters.patient_history import patient_page
from sessions_app.presenters.patient_list import patient_list
from sessions_app.presenters.response import response_section
from sessions_app.presenters.sentences import Reader
from sessions_app.views.entry import place, run_entry
from sessions_app.views.patient_search import offered_at, searched_words
from sessions_app.views.scope import of_facility, of_patient, of_session
from sessions_app.views.step import Step


def patient_url(patient: Patient) -> str:
    return reverse("sessions_app:patient-page", args=[patient.pk])


@of_facility(Permission.VIEW)
def patients(request: HttpRequest, facility: Facility) -> HttpResponse:
    listing = PatientList(facility, words=searched_words(request), page=request.GET.get("page"), at=clock.now())
    context = patient_list(
        listing,
        programs=programs_by_code(),
        may=partial(may, request.user, at=clock.now()),
        found=request.GET.get("found", ""),
        free=_free_place(request, facility),
    )
    return render(request, "clinic/patients.html", {**context, "at_facility": place(facility)})


def _free_place(request: HttpRequest, facility: Facility) -> dict[str, str]:
    """The place of the diary that whoever is chosen here would be booked for."""
    at = offered_at(request)
    if at is None or not may(request.user, Permission.CHECK_IN, facility.pk, at=clock.now()):
        return {}
    return {"at": f"{at:%Y-%m-%dT%H:%M}", "chair": request.GET.get("chair", "")}


@of_patient(Permission.VIEW)
def patient(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    known = facilities_of(request.user, at=clock.now())
    history = PatientHistory(patient, known, at=clock.now(), page=request.GET.get("page"))
    permissions = permissions_at(request.user, facility.pk, at=clock.now())
    left = open_follow_ups(facility, patient=patient) if Permission.READ_CHART in permissions else []
    programs, may_there = programs_by_code(), partial(may, request.user, at=clock.now())
    context = patient_page(history, facility, programs=programs, may=may_there, printed_by=str(request.user))
    context |= {
        "calls": calls_to_make(left, Reader(facility.zone, history.at), permissions=permissions),
        "response": response_section(history, programs=programs, may=may_there),
        "bookings": bookings_panel(
            history,
            facility,
            no_shows=no_shows_of(patient),
            waits=waits_of(patient, history.facilities),
            may=may_there,
        ),
        "at_facility": place(facility),
    }
    return render(request, "clinic/patient.html", context)


@of_session(Permission.VIEW)
def patient_of_session(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    return redirect(patient_url(dosing_session.patient))


@of_facility(Permission.REGISTER)
def register(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("New patient"),
        submit_label=_("Register"),
        intro=_("Registered once for the whole organisation."),
        saved=_("Patient"),
        act=lambda form, **said: register_patient(facility=facility, **form.patient(), **said),
        next_url=patient_url,
        context={"nav": "patients"},
    )
    return run_entry(request, facility, PatientForm, step, back_url=reverse("sessions_app:patients"))


@of_patient(Permission.REGISTER)
def enrol(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Record the enrolment"),
        submit_label=_("Save"),
        intro=_("What the REMS said is written down here; enrolling happens at the REMS."),
        saved=_("Enrolment"),
        act=lambda form, **said: record_enrolment(
            patient=patient,
            facility=facility,
            **form.enrolment(),
            **said,
        ),
    )
    programs = {code: program.label for code, program in programs_by_code().items()}
    back = patient_url(patient)
    return run_entry(
        request,
        facility,
        EnrolmentForm,
        step,
        back_url=back,
        patient=patient,
        programs=programs,
        prescribers=prescribers_of(facility, at=clock.now()),
    )
