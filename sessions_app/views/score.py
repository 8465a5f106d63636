"""Scores: which questionnaire, its answers, one taken back; and the answer to a safety alert."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.rules.roles import Permission
from clinic.rules.signature import Meaning
from sessions_app.actions.safety_alert import answer_safety_alert
from sessions_app.actions.score import record_score, record_score_between, void_plan, void_score
from sessions_app.forms.discharge import VoidForm
from sessions_app.forms.score import SafetyPlanForm, ScoreForm
from sessions_app.models import Course, DosingSession, SafetyAlert, SafetyPlan, Score
from sessions_app.models.score import (
    alerts_with_context,
    instruments,
    plans_of,
    plans_with_context,
    scores_of_session,
    scores_with_context,
)
from sessions_app.presenters.person import person_of, session_facts_line
from sessions_app.presenters.questionnaire import questionnaires_page, timing_of
from sessions_app.presenters.safety_alert import alert_rows, plans_rows, score_words
from sessions_app.presenters.steps import STEPS
from sessions_app.rules.instrument import Instrument, Timing
from sessions_app.views import opened
from sessions_app.views.entry import run_entry
from sessions_app.views.scope import of_alert, of_course, of_row, of_session
from sessions_app.views.step import Step, refuse_wrong_clock, run_step, session_url


def _instrument(code: str) -> Instrument:
    if code not in instruments():
        raise Http404
    return instruments()[code]


def picture_url(course: Course) -> str:
    return reverse("sessions_app:picture", args=[course.patient_id, course.pk])


@of_session(STEPS["record-score"])
def questionnaires(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    """Which one; and those of this session."""
    now = clock.now()
    permissions = permissions_at(request.user, dosing_session.facility_id, at=now)
    context = questionnaires_page(dosing_session, scores_of_session(dosing_session), permissions=permissions)
    context |= {
        "person": person_of(dosing_session, now=now),
        "facts": session_facts_line(dosing_session, now=now, chart=True),
    }
    return render(request, "sessions_app/questionnaires.html", context)


@of_session(STEPS["record-score"])
def enter_score(request: HttpRequest, dosing_session: DosingSession, instrument_code: str) -> HttpResponse:
    instrument = _instrument(instrument_code)
    step = _score_step(
        instrument,
        lambda form, **said: record_score(dosing_session=dosing_session, instrument=instrument, **form.score(), **said),
        next_url=lambda score: reverse("sessions_app:record-score", args=[dosing_session.pk]),
    )
    initial = {"timing": timing_of(dosing_session)}
    return run_step(request, dosing_session, ScoreForm, step, instrument=instrument, initial=initial)


@of_course(STEPS["record-score"])
def enter_course_score(request: HttpRequest, course: Course, instrument_code: str) -> HttpResponse:
    instrument = _instrument(instrument_code)
    step = _score_step(
        instrument,
        lambda form, **said: record_score_between(course=course, instrument=instrument, **form.score(), **said),
    )
    return run_entry(
        request,
        course.facility,
        ScoreForm,
        step,
        back_url=picture_url(course),
        patient=course.patient,
        instrument=instrument,
        initial={"timing": Timing.OTHER.value},
    )


def _score_step(instrument: Instrument, act: Any, next_url: Any = None) -> Step:
    unworded = _(
        "Asked from your own paper: its published words could not be compared. Answers go in by number; after a no "
        "to 2, questions 3 to 5 are left out."
    )
    intro = _("With an item left out there is no total.") if instrument.answers else unworded * bool(instrument.items)
    return Step(
        title=instrument.title,
        submit_label=_("Save %(name)s") % {"name": instrument.label},
        intro=intro,
        saved=instrument.label,
        template="sessions_app/score.html",
        act=act,
        next_url=next_url,
        context={"aside_title": _("Source"), "aside_rows": [{"label": instrument.label, "value": instrument.source}]},
    )


@of_row(Permission.CORRECT, scores_with_context, "score_id")
def void(request: HttpRequest, score: Score) -> HttpResponse:
    """What opened an alert is taken back by a prescriber, who signs for it."""
    opened.note(request, [score.course.patient_id], score.facility_id, at=clock.now())
    alerted = alerts_with_context().filter(score=score).exists()
    intro = _("It opened a safety alert, which goes with it: the prescriber takes it back and signs.")
    step = Step(
        title=_("Take back: %(score)s") % {"score": score_words(score)},
        submit_label=_("Take it back"),
        intro=intro if alerted else "",
        saved=_("Correction"),
        signs=Meaning.DECIDED if alerted else None,
        act=lambda form, **said: void_score(score=score, reason=form.cleaned_data["reason"], **said),
    )
    back = picture_url(score.course)
    return run_entry(request, score.facility, VoidForm, step, back_url=back, patient=score.course.patient)


@of_row(Permission.CORRECT, plans_with_context, "plan_id")
def void_safety_plan(request: HttpRequest, plan: SafetyPlan) -> HttpResponse:
    opened.note(request, [plan.course.patient_id], plan.facility_id, at=clock.now())
    step = Step(
        title=_("Take back the plan of %(who)s") % {"who": plan.performed_by.printed_name},
        submit_label=_("Take it back"),
        intro=_("Its safety alert then waits again, and holds the patient until a prescriber answers it."),
        saved=_("Correction"),
        act=lambda form, **said: void_plan(plan=plan, reason=form.cleaned_data["reason"], **said),
    )
    back = session_url(plan.dosing_session) if plan.dosing_session else picture_url(plan.course)
    return run_entry(request, plan.facility, VoidForm, step, back_url=back, patient=plan.course.patient)


@of_alert(STEPS["answer-safety-alert"])
def answer(request: HttpRequest, alert: SafetyAlert, session: DosingSession | None) -> HttpResponse:
    facility = session.facility if session else alert.facility

    def act(form: SafetyPlanForm, **said: Any) -> Any:
        refuse_wrong_clock(said["now"])
        return answer_safety_alert(alert=alert, plan=form.cleaned_data["plan"], **said)

    step = Step(
        title=_("Safety alert"),
        submit_label=_("Sign the plan"),
        refused_title=_("Not answered."),
        intro=_("Nobody is released while it waits. Without a plan the way out is a transfer."),
        saved=_("Plan"),
        signs=Meaning.DECIDED,
        act=act,
        context={
            "aside_title": _("To answer"),
            "aside_rows": [*alert_rows(alert, facility), *plans_rows(plans_of(alert), facility.zone)],
        },
    )
    back = session_url(session) if session else picture_url(alert.course)
    return run_entry(request, facility, SafetyPlanForm, step, back_url=back, patient=alert.course.patient)
