"""Who waits for a place in the diary."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import may
from clinic.models import Facility, Patient
from clinic.rules.roles import Permission
from sessions_app.actions import waiting as actions
from sessions_app.forms import diary as forms
from sessions_app.models import Waiting
from sessions_app.models.floor import chairs_of
from sessions_app.models.waiting import waiting_at, waits_with_context
from sessions_app.presenters.waiting import waiting_page, wish_words
from sessions_app.views.booking import courses_in_words, offered_place
from sessions_app.views.diary import diary_of
from sessions_app.views.entry import place, run_entry
from sessions_app.views.patient_history import patient_url
from sessions_app.views.scope import of_facility, of_patient, of_row
from sessions_app.views.step import Step


@of_facility(Permission.CHECK_IN)
def waiting(request: HttpRequest, facility: Facility) -> HttpResponse:
    today = clock.now().astimezone(facility.zone).date()
    context = waiting_page(waiting_at(facility), today=today)
    return render(request, "sessions_app/waiting.html", {**context, "at_facility": place(facility)})


@of_patient(Permission.CHECK_IN)
def wait(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    now = clock.now()
    courses = courses_in_words(patient, facility, chart=may(request.user, Permission.READ_CHART, facility.pk, at=now))
    step = Step(
        title=_("On the waiting list"),
        submit_label=_("Put on the list"),
        intro=_("When a place gets free the diary says who could take it."),
        saved=_("Waiting list"),
        act=lambda form, **said: actions.put_on_waiting_list(
            course=form.chosen_course(), wish=form.wish(), note=form.cleaned_data["note"], **said
        ),
    )
    today = now.astimezone(facility.zone).date()
    begin = {"first_date": today, "last_date": today + timedelta(days=28)}
    said: dict[str, Any] = {"patient": patient, "courses": courses, "initial": begin}
    return run_entry(request, facility, forms.WaitingForm, step, back_url=patient_url(patient), **said)


def _list_url() -> str:
    return reverse("sessions_app:waiting")


@of_row(Permission.CHECK_IN, waits_with_context, "waiting_id")
def take_place(request: HttpRequest, waiting: Waiting) -> HttpResponse:
    patient, facility = waiting.course.patient, waiting.facility
    step = Step(
        title=_("Book the place"),
        submit_label=_("Book"),
        saved=_("Booking"),
        act=lambda form, **said: actions.take_place(
            waiting=waiting, scheduled_at=form.scheduled_at(), chair=form.cleaned_data["chair"], **said
        ),
        next_url=diary_of,
        context={"facts": [{"label": _("Could come"), "value": wish_words(waiting), "badge": None}]},
    )
    said: dict[str, Any] = {"chairs": chairs_of(facility), "initial": offered_place(request)}
    return run_entry(request, facility, forms.TakePlaceForm, step, back_url=_list_url(), patient=patient, **said)


@of_row(Permission.CHECK_IN, waits_with_context, "waiting_id")
def end(request: HttpRequest, waiting: Waiting) -> HttpResponse:
    patient = waiting.course.patient
    step = Step(
        title=_("Off the waiting list"),
        submit_label=_("Take off the list"),
        saved=_("Waiting list"),
        act=lambda form, **said: actions.end_waiting(waiting=waiting, reason=form.cleaned_data["reason"], **said),
        context={"facts": [{"label": _("Could come"), "value": wish_words(waiting), "badge": None}]},
    )
    return run_entry(request, waiting.facility, forms.EndWaitingForm, step, back_url=_list_url(), patient=patient)
