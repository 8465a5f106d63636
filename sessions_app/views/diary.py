"""The diary: its days and weeks, its hours and closures, and what becomes of a booking."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.models import Facility
from clinic.rules.roles import Permission
from sessions_app.actions import diary as actions
from sessions_app.actions import moving
from sessions_app.forms import diary as forms
from sessions_app.forms.days import BOUNDS
from sessions_app.models import Closure, DosingSession
from sessions_app.models.diary import closures_of, closures_with_context, setting_of
from sessions_app.models.diary_days import DiaryDays
from sessions_app.models.expected_departure import departures_among
from sessions_app.models.floor import chairs_of
from sessions_app.models.waiting import waiting_at
from sessions_app.presenters.course import booked_fact
from sessions_app.presenters.diary import day_page, hours_page, week_page
from sessions_app.presenters.person import time_fact
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import STEPS
from sessions_app.presenters.waiting import could_come
from sessions_app.views.entry import place, run_entry
from sessions_app.views.scope import of_facility, of_row, of_session
from sessions_app.views.step import Step, run_step


def diary_url(day: date | None = None) -> str:
    url = reverse("sessions_app:diary")
    return f"{url}?day={day.isoformat()}" if day else url


def asked_day(request: HttpRequest, today: date) -> date:
    """The day in the address; today where there is none, or none that a clinic can mean."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today
    return day if BOUNDS[0].limit_value < day < BOUNDS[1].limit_value - timedelta(days=60) else today


@of_facility(Permission.VIEW)
def day(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    today = now.astimezone(facility.zone).date()
    shown = asked_day(request, today)
    days = DiaryDays(facility, shown, shown, at=now)
    permissions = permissions_at(request.user, facility.pk, at=now)
    usual = departures_among(facility, days.sessions, at=now) if shown == today else {}
    context = day_page(days, usual, Reader(facility.zone, now), permissions=permissions)
    if Permission.CHECK_IN in permissions and shown >= today:
        context["waiting"] = could_come(days.who_could_come(waiting_at(facility), shown), facility.zone)
    return render(request, "sessions_app/diary.html", {**context, "at_facility": place(facility)})


@of_facility(Permission.VIEW)
def week(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    shown = asked_day(request, now.astimezone(facility.zone).date())
    monday = shown - timedelta(days=shown.weekday())
    days = DiaryDays(facility, monday, monday + timedelta(days=6), at=now)
    context = week_page(days, Reader(facility.zone, now))
    return render(request, "sessions_app/diary_week.html", {**context, "at_facility": place(facility)})


@of_facility(Permission.VIEW)
def hours(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    today = now.astimezone(facility.zone).date()
    context = hours_page(
        setting_of(facility),
        closures_of(facility).filter(last_date__gte=today),
        chairs_of(facility),
        permissions=permissions_at(request.user, facility.pk, at=now),
    )
    return render(request, "sessions_app/diary_hours.html", {**context, "at_facility": place(facility)})


def _hours_url() -> str:
    return reverse("sessions_app:diary-hours")


@of_facility(Permission.MANAGE_FACILITY)
def set_diary(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Opening hours and numbers of the diary"),
        submit_label=_("Save"),
        intro=_("For bookings made from now on; what is booked keeps its place. The numbers are this clinic’s own."),
        saved=_("Diary"),
        act=lambda form, **said: actions.set_diary(facility=facility, **form.setting(), **said),
    )
    setting = setting_of(facility)
    return run_entry(request, facility, forms.DiarySettingForm, step, back_url=_hours_url(), setting=setting)


@of_facility(Permission.MANAGE_SITE)
def close_days(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Close the clinic"),
        submit_label=_("Close these days"),
        intro=_("Nobody is booked then. Whoever is booked already stays until moved or cancelled."),
        saved=_("Closure"),
        act=lambda form, **said: actions.close_days(facility=facility, **form.closure(), **said),
        next_url=lambda made: diary_url(made.first_date),
    )
    return run_entry(request, facility, forms.ClosureForm, step, back_url=_hours_url())


@of_row(Permission.MANAGE_SITE, closures_with_context, "closure_id")
def withdraw_closure(request: HttpRequest, closure: Closure) -> HttpResponse:
    step = Step(
        title=_("Open after all: %(reason)s") % {"reason": closure.reason},
        submit_label=_("Take the closure back"),
        saved=_("Closure"),
        act=lambda form, **said: actions.withdraw_closure(closure=closure, reason=form.cleaned_data["reason"], **said),
    )
    return run_entry(request, closure.facility, forms.EndWaitingForm, step, back_url=_hours_url())


def _facts(dosing_session: DosingSession) -> list[dict[str, Any]]:
    return [booked_fact(dosing_session), time_fact(clock.now(), dosing_session.facility.zone)]


def diary_of(dosing_session: DosingSession) -> str:
    return diary_url(dosing_session.scheduled_at.astimezone(dosing_session.facility.zone).date())


@of_session(STEPS["move-booking"])
def move_booking(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Move the booking"),
        submit_label=_("Move"),
        saved=_("Booking"),
        act=lambda form, **said: moving.move_booking(
            dosing_session=dosing_session,
            scheduled_at=form.scheduled_at(),
            chair=form.cleaned_data["chair"],
            **said,
        ),
        next_url=diary_of,
        context={"facts": _facts(dosing_session), "cancel_url": diary_of(dosing_session)},
    )
    local = dosing_session.scheduled_at.astimezone(dosing_session.facility.zone)
    known = {"scheduled_date": local.date(), "scheduled_time": local.time(), "chair": dosing_session.chair}
    chairs = chairs_of(dosing_session.facility)
    return run_step(request, dosing_session, forms.MoveForm, step, chairs=chairs, initial=known)


@of_session(STEPS["record-no-show"])
def record_no_show(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("The patient did not come"),
        submit_label=_("Did not come"),
        intro=_("The booking is cancelled and counted as a no-show. Its place is free again."),
        saved=_("No-show"),
        act=lambda form, **said: moving.record_no_show(
            dosing_session=dosing_session, note=form.cleaned_data["note"], **said
        ),
        next_url=diary_of,
        context={
            "facts": _facts(dosing_session),
            "submit_kind": "danger",
            "cancel_url": diary_of(dosing_session),
        },
    )
    return run_step(request, dosing_session, forms.NoShowForm, step)
