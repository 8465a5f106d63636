"""The emergency button, from the floor and from a session; its calls, its end, and the sheet for the ambulance."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinic import clock
from clinic.models import Facility
from sessions_app.actions import emergency
from sessions_app.forms.emergency import EmergencyCallForm, EmergencyForm, EndEmergencyForm
from sessions_app.models import DosingSession, Emergency
from sessions_app.models.chairs import watched
from sessions_app.models.day import Day
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.models.site import Site
from sessions_app.presenters.ambulance import ambulance_sheet
from sessions_app.presenters.hand_over import chair_card
from sessions_app.presenters.steps import STEPS
from sessions_app.views.entry import place
from sessions_app.views.scope import of_facility, of_session
from sessions_app.views.step import Step, program_of, reader_of, run_step


@of_facility(STEPS["raise-emergency"])
def which_chair(request: HttpRequest, facility: Facility) -> HttpResponse:
    """From the floor: at which chair?"""
    now = clock.now()
    cards = [chair_card(each, viewer=request.user, now=now) for each in watched(Day(facility, at=now))]
    return render(request, "sessions_app/which_chair.html", {"cards": cards, "at_facility": place(facility)})


@of_session(STEPS["raise-emergency"])
def raise_emergency(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Emergency"),
        submit_label=_("Raise it"),
        saved=_("Emergency"),
        act=lambda form, **said: emergency.raise_emergency(
            dosing_session=dosing_session,
            kind=form.cleaned_data["kind"],
            what=form.cleaned_data["what"],
            calls=form.called(),
            **said,
        ),
        template="sessions_app/raise_emergency.html",
        context={"kinds": [kind for kind in Emergency.Kind if kind != Emergency.Kind.OTHER], "waits": None},
    )
    return run_step(request, dosing_session, EmergencyForm, step)


@of_session(STEPS["record-emergency-call"])
def record_emergency_call(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Who was called"),
        submit_label=_("Save"),
        saved=_("Call"),
        act=lambda form, **said: emergency.record_emergency_call(
            dosing_session=dosing_session, whom=form.cleaned_data["whom"], name=form.cleaned_data["name"], **said
        ),
        context={"waits": None},
    )
    return run_step(request, dosing_session, EmergencyCallForm, step)


@of_session(STEPS["end-emergency"])
def end_emergency(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("The emergency is over"),
        submit_label=_("It is over"),
        intro=_("The patient stays. It remains a serious event until a prescriber has disposed of it."),
        saved=_("End of the emergency"),
        act=lambda form, **said: emergency.end_emergency(
            dosing_session=dosing_session, note=form.cleaned_data["note"], **said
        ),
    )
    return run_step(request, dosing_session, EndEmergencyForm, step)


@of_session(STEPS["ambulance"])
def ambulance(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    now, record = clock.now(), Record(dosing_session)
    program_of(dosing_session)
    facts = session_facts(dosing_session, at=now, record=record)
    site = Site(dosing_session.facility, dosing_session.program_code, at=now)
    reader = reader_of(dosing_session, now)
    context = ambulance_sheet(record, facts, site, reader, printed_by=str(request.user))
    return render(request, "sessions_app/ambulance.html", context)
