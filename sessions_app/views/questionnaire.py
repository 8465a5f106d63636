"""A questionnaire on a tablet that was handed over: one question at a time, large, and nothing else of Vigil."""

from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic import clock, patient_mode
from clinic.accounts import sign_out
from clinic.actions.entry import Submission
from clinic.logs import current_request_id
from clinic.rules.refusals import ActionRefused
from clinic.tablet import tablet_of
from clinic.views.audience import open_to_all
from sessions_app.actions.score import record_score
from sessions_app.actions.tablet_handover import hand_over_tablet
from sessions_app.forms.score import HandOverForm
from sessions_app.models import DosingSession, TabletHandover
from sessions_app.models.score import handovers_with_context, instruments
from sessions_app.presenters.questionnaire import question_page, thanks_page, timing_of
from sessions_app.presenters.steps import STEPS
from sessions_app.rules.instrument import Instrument, Timing
from sessions_app.views.scope import of_session
from sessions_app.views.step import Step, refusals_of, run_step

SKIP = "skip"


@of_session(STEPS["hand-over-tablet"])
def hand_over(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    """The nurse is signed out with it: what the patient holds is nobody's sign-in."""

    def act(form: HandOverForm, **said: Any) -> TabletHandover:
        handed_over = hand_over_tablet(
            dosing_session=dosing_session,
            instruments=form.cleaned_data["instruments"],
            timing=Timing(form.cleaned_data["timing"]),
            tablet=tablet_of(request),
            **said,
        )
        sign_out(request)
        patient_mode.begin(request, {"handover": str(handed_over.pk), "answers": {}, "done": []})
        return handed_over

    step = Step(
        title=_("Hand the tablet to the patient"),
        submit_label=_("Hand it over"),
        intro=_("You are signed out. The patient sees these questions and nothing else, until somebody comes in here."),
        refused_title=_("Not handed over."),
        act=act,
        next_url=lambda _handover: reverse("tablet:questionnaire"),
    )
    initial = {"timing": timing_of(dosing_session), "instruments": ["phq9"]}
    return run_step(request, dosing_session, HandOverForm, step, initial=initial)


def _handover(request: HttpRequest) -> TabletHandover | None:
    """What this very tablet was handed over for."""
    mode, tablet = patient_mode.of(request), tablet_of(request)
    if mode is None or tablet is None:
        return None
    return handovers_with_context().filter(pk=UUID(mode["handover"]), tablet=tablet).first()


def _asked(handover: TabletHandover, mode: dict[str, Any]) -> Instrument | None:
    """The one being answered."""
    return next((instruments()[code] for code in handover.instruments if code not in mode["done"]), None)


@open_to_all
def questionnaire(request: HttpRequest) -> HttpResponse:
    handover, mode = _handover(request), patient_mode.of(request)
    if handover is None or mode is None:
        return redirect("/")
    return _page(request, handover, mode)


def _page(request: HttpRequest, handover: TabletHandover, mode: dict[str, Any], *, again: bool = False) -> HttpResponse:
    instrument = _asked(handover, mode)
    if instrument is None:
        return render(request, "sessions_app/questionnaire_done.html", thanks_page())
    answers = mode["answers"].get(instrument.code, [])
    context = question_page(handover, instrument, answers, done=len(mode["done"]), again=again)
    return render(request, "sessions_app/questionnaire.html", context, status=409 if again else 200)


@open_to_all
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """One answer, or the question left out; the last one saves them all."""
    handover, mode = _handover(request), patient_mode.of(request)
    instrument = _asked(handover, mode) if handover and mode else None
    if handover is None or mode is None or instrument is None:
        return redirect("tablet:questionnaire")
    answers = list(mode["answers"].get(instrument.code, []))
    said = request.POST.get("answer", "")
    known = {SKIP: None, **{str(value): value for value in range(len(instrument.answers))}}
    # Sent twice, or from a page that was left: the question it answers is not the one that is asked now.
    if said in known and request.POST.get("number") == str(len(answers) + 1):
        answers.append(known[said])
        mode["answers"][instrument.code] = answers
        request.session[patient_mode.KEY] = mode
        if len(answers) == len(instrument.items):
            return _save(request, handover, mode, instrument, answers)
    return redirect("tablet:questionnaire")


@open_to_all
@require_POST
def back(request: HttpRequest) -> HttpResponse:
    """To the question before."""
    handover, mode = _handover(request), patient_mode.of(request)
    instrument = _asked(handover, mode) if handover and mode else None
    if mode and instrument and (answers := mode["answers"].get(instrument.code)):
        mode["answers"][instrument.code] = answers[:-1]
        request.session[patient_mode.KEY] = mode
    return redirect("tablet:questionnaire")


@open_to_all
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Enough: what was answered is kept, the rest is left out."""
    handover, mode = _handover(request), patient_mode.of(request)
    instrument = _asked(handover, mode) if handover and mode else None
    if handover is None or mode is None or instrument is None:
        return redirect("tablet:questionnaire")
    answers = mode["answers"].get(instrument.code, [])
    rest = [code for code in handover.instruments if code not in (*mode["done"], instrument.code)]
    mode["done"] += rest
    if any(given is not None for given in answers):
        left = [None] * (len(instrument.items) - len(answers))
        return _save(request, handover, mode, instrument, [*answers, *left])
    mode["done"].append(instrument.code)
    request.session[patient_mode.KEY] = mode
    return redirect("tablet:questionnaire")


def _save(
    request: HttpRequest, handover: TabletHandover, mode: dict[str, Any], instrument: Instrument, answers: list[Any]
) -> HttpResponse:
    """As the patient's, in the name of whoever handed the tablet over. Where it cannot be saved now, the last question
    stays."""
    if any(given is not None for given in answers):
        entry = Submission(
            entry_id=uuid5(handover.pk, instrument.code),
            request_id=current_request_id(),
            tablet_id=handover.tablet_id,
        )
        try:
            record_score(
                dosing_session=handover.dosing_session,
                instrument=instrument,
                items=answers,
                timing=Timing(handover.timing),
                handover=handover,
                entry=entry,
                by=handover.performed_by,
                now=clock.now(),
            )
        except (ActionRefused, OperationalError, PermissionDenied) as error:
            if isinstance(error, OperationalError):
                refusals_of(error)
            mode["answers"][instrument.code] = mode["answers"].get(instrument.code, [])[:-1]
            request.session[patient_mode.KEY] = mode
            return _page(request, handover, mode, again=True)
    mode["done"].append(instrument.code)
    mode["answers"].pop(instrument.code, None)
    request.session[patient_mode.KEY] = mode
    return redirect("tablet:questionnaire")
