"""Who watches, who takes over, who sits where, and when the prescriber was asked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.models import Facility
from clinic.rules.roles import Permission
from sessions_app.actions import floor
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.people import MoveChairForm, PrescriberContactForm
from sessions_app.models import DosingSession
from sessions_app.models.chairs import seats, watched
from sessions_app.models.day import Day
from sessions_app.models.site import prescribers_of
from sessions_app.presenters.hand_over import by_watcher, chair_card
from sessions_app.presenters.steps import STEPS
from sessions_app.views.entry import place
from sessions_app.views.scope import of_facility, of_session
from sessions_app.views.step import Step, run_step, session_url


@of_session(STEPS["take-watch"])
def take_watch(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    from_list = "from_list" in request.POST
    step = Step(
        title=_("Watch this chair"),
        submit_label=_("I watch this chair"),
        saved=_("Watch"),
        act=lambda form, **said: floor.take_watch(dosing_session=dosing_session, **said),
        next_url=lambda watch: reverse("sessions_app:my-chairs") if from_list else session_url(dosing_session),
    )
    return run_step(request, dosing_session, EntryForm, step)


@of_session(STEPS["move-chair"])
def move_chair(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Another chair"),
        submit_label=_("Move"),
        intro=_("Sits in chair %(chair)s now.") % {"chair": dosing_session.chair}
        if dosing_session.chair
        else _("Has no chair yet."),
        saved=_("Chair"),
        act=lambda form, **said: floor.move_chair(
            dosing_session=dosing_session, to_chair=form.cleaned_data["chair"], **said
        ),
    )
    room = seats(dosing_session.facility, but=dosing_session)
    return run_step(request, dosing_session, MoveChairForm, step, seats=room)


@of_session(STEPS["contact-prescriber"])
def contact_prescriber(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Prescriber asked"),
        submit_label=_("Save"),
        intro=_("It opens no gate: a decision is the prescriber's own entry, signed in as themselves."),
        saved=_("Contact"),
        act=lambda form, **said: floor.contact_prescriber(
            dosing_session=dosing_session,
            prescriber=form.cleaned_data["prescriber"],
            how=form.cleaned_data["how"],
            said=form.cleaned_data["said"],
            read_back=form.cleaned_data["read_back"],
            **said,
        ),
    )
    prescribers = prescribers_of(dosing_session.facility, at=clock.now())
    return run_step(request, dosing_session, PrescriberContactForm, step, prescribers=prescribers)


@of_facility(Permission.CHART)
def my_chairs(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    cards = [chair_card(each, viewer=request.user, now=now) for each in watched(Day(facility, at=now))]
    context = {**by_watcher(cards), "at_facility": place(facility)}
    return render(request, "sessions_app/my_chairs.html", context)
