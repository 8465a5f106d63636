"""Sessions are booked, patients are checked in, bookings are cancelled."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import may
from clinic.models import Facility, Patient
from clinic.rules.roles import Permission
from sessions_app.actions import booking
from sessions_app.forms.booking import CheckInForm, UnbookedCheckInForm
from sessions_app.forms.diary import PlaceForm
from sessions_app.forms.dosing import ReasonForm
from sessions_app.models import Course, DosingSession
from sessions_app.models.chairs import seats
from sessions_app.models.course import courses_of
from sessions_app.models.day import Day
from sessions_app.models.floor import chairs_of
from sessions_app.models.patient_list import PatientList, chairs_in_use
from sessions_app.models.program import programs_by_code
from sessions_app.presenters.course import booked_fact, course_fact, course_line
from sessions_app.presenters.patient_list import check_in_choice
from sessions_app.presenters.person import time_fact
from sessions_app.presenters.site import chairs_fact
from sessions_app.presenters.steps import STEPS
from sessions_app.views.entry import place, run_entry
from sessions_app.views.patient_history import patient_url
from sessions_app.views.patient_search import offered_at, searched_words
from sessions_app.views.scope import of_facility, of_patient, of_session
from sessions_app.views.step import Step, run_step, session_url


@of_facility(Permission.CHECK_IN)
def check_in(request: HttpRequest, facility: Facility) -> HttpResponse:
    now, words = clock.now(), searched_words(request)
    listing = PatientList(facility, words=words, page=request.GET.get("page"), at=now) if words else None
    reads = _reads(request, facility)
    context = check_in_choice(
        Day(facility, at=now).booked,
        listing,
        programs=programs_by_code(),
        chart=reads,
        found=request.GET.get("found", ""),
    )
    return render(request, "sessions_app/check_in.html", {**context, "at_facility": place(facility)})


@of_session(STEPS["check-in-booked"])
def check_in_booked(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Check in"),
        submit_label=_("Check in"),
        intro=_("Two identifiers open the session."),
        saved=_("Check-in"),
        act=lambda form, **said: booking.check_in(
            course=dosing_session.course,
            booked=dosing_session,
            identifiers=form.confirmed(),
            chair=form.cleaned_data["chair"],
            **said,
        ),
        context={
            "facts": _booked_facts(request, dosing_session),
            **_chairs(dosing_session.facility),
        },
    )
    room = seats(dosing_session.facility, but=dosing_session)
    return run_step(request, dosing_session, CheckInForm, step, seats=room, initial={"chair": dosing_session.chair})


def _booked_facts(request: HttpRequest, dosing_session: DosingSession) -> list[dict[str, Any]]:
    """Before a policy is pinned the course is named by the programme as it is shipped."""
    programs, facility = programs_by_code(), dosing_session.facility
    course = course_fact(dosing_session.course, programs, chart=_reads(request, facility))
    return [course, booked_fact(dosing_session), time_fact(clock.now(), facility.zone)]


def _reads(request: HttpRequest, facility: Facility) -> bool:
    return may(request.user, Permission.READ_CHART, facility.pk, at=clock.now())


def _chairs(facility: Facility) -> dict[str, Any]:
    return {"aside_title": _("Chairs"), "aside_rows": chairs_fact(chairs_in_use(facility))}


def courses_in_words(patient: Patient, facility: Facility, *, chart: bool) -> list[tuple[Course, str]]:
    """The patient's courses at this facility, in words. Raises Http404 where there is none: a course comes first."""
    programs = programs_by_code()
    courses = courses_of(patient, facility_ids=[facility.pk])
    if not courses:
        raise Http404("no course here")
    return [(course, course_line(course, programs, chart=chart)) for course in courses]


def _only_course(courses: list[tuple[Course, str]]) -> list[dict[str, Any]]:
    """Where there is nothing to choose, the course stands at the head of the page."""
    return [{"label": _("Course"), "value": words} for _course, words in courses] if len(courses) == 1 else []


@of_patient(Permission.CHECK_IN)
def check_in_patient(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    courses = courses_in_words(patient, facility, chart=_reads(request, facility))
    step = Step(
        title=_("Check in"),
        submit_label=_("Check in"),
        intro=_("Two identifiers open the session."),
        saved=_("Check-in"),
        act=lambda form, **said: booking.check_in(
            course=form.chosen_course(), identifiers=form.confirmed(), chair=form.cleaned_data["chair"], **said
        ),
        context={"facts": _only_course(courses), **_chairs(facility)},
        next_url=session_url,
    )
    back = patient_url(patient)
    return run_entry(
        request,
        facility,
        UnbookedCheckInForm,
        step,
        back_url=back,
        patient=patient,
        courses=courses,
        seats=seats(facility),
    )


def offered_place(request: HttpRequest) -> dict[str, Any]:
    """The place that the diary's link names."""
    at = offered_at(request)
    return (
        {"scheduled_date": at.date(), "scheduled_time": at.time(), "chair": request.GET.get("chair", "")} if at else {}
    )


@of_patient(Permission.CHECK_IN)
def book(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    courses = courses_in_words(patient, facility, chart=_reads(request, facility))
    step = Step(
        title=_("Book a session"),
        submit_label=_("Book"),
        saved=_("Booking"),
        act=lambda form, **said: booking.book_session(
            course=form.chosen_course(), scheduled_at=form.scheduled_at(), chair=form.cleaned_data["chair"], **said
        ),
        context={"facts": _only_course(courses)},
    )
    said: dict[str, Any] = {"patient": patient, "courses": courses, "chairs": chairs_of(facility)}
    said["initial"] = offered_place(request)
    return run_entry(request, facility, PlaceForm, step, back_url=patient_url(patient), **said)


@of_session(STEPS["cancel"])
def cancel(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Cancel the booking"),
        submit_label=_("Cancel the booking"),
        intro=_("The session does not take place. It stays in the history with your reason; another can be booked."),
        saved=_("Cancellation"),
        act=lambda form, **said: booking.cancel_booking(
            dosing_session=dosing_session, reason=form.cleaned_data["reason"], **said
        ),
        next_url=lambda cancelled: reverse("sessions_app:floor"),
        context={"submit_kind": "danger", "facts": _booked_facts(request, dosing_session)},
    )
    return run_step(request, dosing_session, ReasonForm, step)
