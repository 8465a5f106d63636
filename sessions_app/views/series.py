"""A series is planned on one page: every date with what stands in its way, and booked in one go."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import may
from clinic.models import Facility, Patient
from clinic.rules.roles import Permission
from sessions_app.actions.booking import gate_refusals
from sessions_app.actions.series import Series
from sessions_app.actions.series import book_series as book
from sessions_app.forms.diary import SeriesForm, SeriesPlanForm
from sessions_app.models.diary_days import DiaryDays
from sessions_app.models.floor import chairs_of
from sessions_app.presenters.refusal import shown
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.series import left_out_words, series_lines
from sessions_app.rules.diary import series_days, series_refusals
from sessions_app.views.booking import courses_in_words
from sessions_app.views.entry import run_entry
from sessions_app.views.patient_history import patient_url
from sessions_app.views.scope import of_patient
from sessions_app.views.step import Step


@of_patient(Permission.CHECK_IN)
def book_series(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    now = clock.now()
    courses = courses_in_words(patient, facility, chart=may(request.user, Permission.READ_CHART, facility.pk, at=now))
    plan = _asked(request, facility, courses)
    step = Step(
        title=_("Book a series"),
        submit_label=_("Book these dates"),
        saved=_("Series"),
        template="sessions_app/series.html",
        act=lambda form, **said: book(course=form.chosen_course(), places=form.chosen(), **said),
        next_url=lambda made: _told(request, made, facility, patient),
        context={"plan": plan, **_dates(plan, facility, now)},
    )
    chosen = {"course": str(plan.data.get("course") or plan.initial["course"])}
    said: dict[str, Any] = {"patient": patient, "courses": courses, "initial": chosen}
    return run_entry(request, facility, SeriesForm, step, back_url=patient_url(patient), **said)


def _asked(request: HttpRequest, facility: Facility, courses: Any) -> SeriesPlanForm:
    today = clock.now().astimezone(facility.zone).date()
    begin = {"course": str(courses[0][0].pk), "first": today, "weeks": 4}
    data = request.GET if "weeks" in request.GET else None
    return SeriesPlanForm(data, courses=courses, chairs=chairs_of(facility), initial=begin)


def _dates(plan: SeriesPlanForm, facility: Facility, now: Any) -> dict[str, Any]:
    """Every date of the plan, once it was asked for and can be."""
    if not plan.is_bound or not plan.is_valid():
        return {}
    said = plan.cleaned_data
    reader = Reader(facility.zone, now)
    if refusals := series_refusals(weekdays=said["weekdays"], weeks=said["weeks"]):
        for refusal in refusals:
            plan.refuse(refusal, reader)
        return {}
    course = plan.courses[said["course"]]
    dates = series_days(said["first"], weekdays=said["weekdays"], weeks=said["weeks"])
    days = DiaryDays(facility, dates[0], dates[-1], at=now, patient=course.patient)
    lines = series_lines(days, course, dates, clock=said["at"], chair=said["chair"], reader=reader)
    first = next((line["slot"] for line in lines if line["slot"]), None)
    gate = gate_refusals(course, days, first, at=now) if first else ()
    return {
        "lines": lines,
        "free_count": sum(line["free"] for line in lines),
        "gate": [shown(refusal, reader, session_id=None, permissions=frozenset()) for refusal in gate],
    }


def _told(request: HttpRequest, made: Series, facility: Facility, patient: Patient) -> str:
    """What was left out since the page was made is said on the next."""
    if made.left_out:
        messages.warning(request, left_out_words(made.left_out, Reader(facility.zone, clock.now())))
    return patient_url(patient)
