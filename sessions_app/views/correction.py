"""Putting right: a row voided, corrected or moved to the right chair; a session entered in error."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.rules.signature import SIGNED_TO_TAKE_BACK, Meaning
from sessions_app.actions import correction, replacement
from sessions_app.forms.correction import (
    CorrectCheckForm,
    CorrectSignForm,
    MoveCheckForm,
    check_as_charted,
    sign_as_charted,
)
from sessions_app.forms.discharge import AgreeForm, VoidForm
from sessions_app.forms.dosing import ReasonForm
from sessions_app.models import Check, DosingSession, SignEvent, SignObservation
from sessions_app.models.dosing_session import sessions_with_context
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.presenters.correction import chair_line, check_line, names_by_chair, void_words, ways_besides
from sessions_app.presenters.steps import STEPS
from sessions_app.presenters.timeline import sign_event
from sessions_app.views.scope import of_session
from sessions_app.views.step import Step, program_of, reader_of, run_step, session_url


@of_session(STEPS["void"])
def void(request: HttpRequest, dosing_session: DosingSession, row_kind: str, row_id: UUID) -> HttpResponse:
    words = void_words(row_kind)
    if not correction.knows_row(dosing_session, row_kind, row_id):
        raise Http404

    def anew(voided: Any) -> str:
        """A device is entered anew at once, with its right number and time."""
        return reverse("sessions_app:administer-device", args=[dosing_session.pk])

    step = Step(
        title=words["title"],
        submit_label=words["button"],
        intro=words["intro"],
        saved=_("Correction"),
        signs=Meaning.DECIDED if row_kind in SIGNED_TO_TAKE_BACK else None,
        act=lambda form, **said: correction.void_row(
            dosing_session=dosing_session,
            row_kind=row_kind,
            row_id=row_id,
            reason=form.cleaned_data["reason"],
            **said,
        ),
        next_url=anew if row_kind == "DeviceAdministration" else None,
    )
    return run_step(request, dosing_session, VoidForm, step)


def _one_of(record: Record, model: type[Any], row_id: UUID) -> Any:
    """A row of this session, struck or not: that it was corrected before is the action's to say. Else 404."""
    found = next((row for row in record.all(model) if row.pk == row_id), None)
    if found is None:
        raise Http404
    return found


@of_session(STEPS["correct-check"])
def correct_check(request: HttpRequest, dosing_session: DosingSession, check_id: UUID) -> HttpResponse:
    program, record = program_of(dosing_session), Record(dosing_session)
    charted = _one_of(record, Check, check_id)
    signs = [row for row in record.all(SignObservation) if row.check_row_id == check_id]
    gone = {row.code for row in record.in_force(SignEvent) if row.check_row_id == check_id and row.kind == "RESOLUTION"}
    step = Step(
        title=_("Correct a check"),
        submit_label=_("Save as it really was"),
        intro=_(
            "The one form that is filled in: these are the check's own values. Change what is wrong; the check as it "
            "was stays visible, struck through."
        ),
        saved=_("Correction"),
        template="sessions_app/correct_check.html",
        act=lambda form, **said: replacement.correct_check(
            dosing_session=dosing_session,
            check_id=check_id,
            check=form.check_entry(),
            before_dose=form.late_baseline_said,
            reason=form.cleaned_data["reason"],
            **said,
        ),
        context={"waits": None, "other_ways": ways_besides(dosing_session, charted)},
    )
    after_dose = session_facts(dosing_session, at=clock.now(), record=record).first_device_at is not None
    initial = check_as_charted(charted, signs, gone, zone=dosing_session.facility.zone)
    kwargs = {"program": program, "after_dose": after_dose, "initial": initial}
    return run_step(request, dosing_session, CorrectCheckForm, step, **kwargs)


@of_session(STEPS["correct-sign"])
def correct_sign(request: HttpRequest, dosing_session: DosingSession, event_id: UUID) -> HttpResponse:
    event = _one_of(Record(dosing_session), SignEvent, event_id)
    reader = reader_of(dosing_session, clock.now())
    step = Step(
        title=_("Correct: %(what)s") % {"what": sign_event(event, reader)},
        submit_label=_("Save as it really was"),
        intro=_("These are the entry's own values. As it was it stays visible, struck through."),
        saved=_("Correction"),
        act=lambda form, **said: replacement.correct_sign(
            dosing_session=dosing_session,
            event_id=event_id,
            kind=form.cleaned_data["kind"],
            reason=form.cleaned_data["reason"],
            **said,
        ),
    )
    initial = sign_as_charted(event, zone=dosing_session.facility.zone)
    return run_step(request, dosing_session, CorrectSignForm, step, initial=initial)


@of_session(STEPS["move-check"])
def move_check(request: HttpRequest, dosing_session: DosingSession, check_id: UUID) -> HttpResponse:
    charted = _one_of(Record(dosing_session), Check, check_id)
    now, reader = clock.now(), reader_of(dosing_session, clock.now())
    others = list(sessions_with_context().alongside(dosing_session))
    step = Step(
        title=_("Wrong chair: move a check"),
        submit_label=_("Move it"),
        refused_title=_("Not moved."),
        intro=_("%(check)s. It keeps its values, its time and who took it; here it stays, struck through.")
        % {"check": check_line(charted, reader)},
        saved=_("Move"),
        act=lambda form, **said: replacement.move_check(
            dosing_session=dosing_session,
            check_id=check_id,
            to=form.right_session(),
            before_dose=form.cleaned_data["before_dose"],
            reason=form.cleaned_data["reason"],
            **said,
        ),
        template="sessions_app/move_check.html",
        context={"waits": None, "chairs": names_by_chair(others, now=now)},
        next_url=lambda moved: session_url(dosing_session),
    )
    sessions = [(other, chair_line(other, now=now)) for other in others]
    return run_step(request, dosing_session, MoveCheckForm, step, sessions=sessions)


@of_session(STEPS["propose-in-error"])
def propose_in_error(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Wrong patient: entered in error"),
        submit_label=_("Say so"),
        intro=_(
            "The wrong patient was checked in, or the session never was. 1. You say so here. 2. Every device charted "
            "on it is voided, by somebody other than who charted it. 3. A second licensed person agrees. All of it "
            "stays visible."
        ),
        saved=_("Proposal"),
        act=lambda form, **said: correction.propose_in_error(
            dosing_session=dosing_session, reason=form.cleaned_data["reason"], **said
        ),
    )
    return run_step(request, dosing_session, ReasonForm, step)


@of_session(STEPS["enter-in-error"])
def enter_in_error(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Entered in error: the second person"),
        submit_label=_("Entered in error"),
        intro=_("The session ends as one that never was, and is not opened again. All of it stays visible."),
        saved=_("Entered in error"),
        act=lambda form, **said: correction.enter_in_error(dosing_session=dosing_session, **said),
    )
    return run_step(request, dosing_session, AgreeForm, step)
