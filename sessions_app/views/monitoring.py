"""Charting pages."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinic import clock
from sessions_app.actions import monitoring
from sessions_app.forms.monitoring import CheckForm, SeriousEventForm, SignForm
from sessions_app.models import Check, DosingSession
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.presenters.check import check_page, others_near
from sessions_app.presenters.steps import STEPS
from sessions_app.views.scope import of_session
from sessions_app.views.step import Step, program_of, reader_of, run_step


@of_session(STEPS["record-check"])
def record_check(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    now, program = clock.now(), program_of(dosing_session)
    record = Record(dosing_session)
    facts = session_facts(dosing_session, at=now, record=record)
    page = check_page(record, facts, reader_of(dosing_session, now))

    def act(form: CheckForm, **said: object) -> Check:
        check = monitoring.record_check(
            dosing_session=dosing_session,
            check=form.check_entry(),
            late_baseline=form.late_baseline_said,
            **said,  # type: ignore[arg-type]
        )
        for sentence in others_near(Record(dosing_session), check, reader_of(dosing_session, now)):
            messages.warning(request, sentence)
        return check

    step = Step(
        title=page["title"],
        submit_label=_("Save check"),
        saved=page["title"],
        act=act,
        template="sessions_app/check.html",
        context=page,
    )
    after_dose = facts.first_device_at is not None
    return run_step(request, dosing_session, CheckForm, step, program=program, after_dose=after_dose)


@of_session(STEPS["record-sign"])
def record_sign(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    asked = {name: request.GET[name] for name in ("code", "kind") if name in request.GET}
    step = Step(
        title=_("Began, or gone"),
        submit_label=_("Save"),
        saved=_("Sign"),
        act=lambda form, **said: monitoring.record_sign(
            dosing_session=dosing_session, code=form.cleaned_data["code"], kind=form.cleaned_data["kind"], **said
        ),
    )
    return run_step(request, dosing_session, SignForm, step, program=program_of(dosing_session), initial=asked)


@of_session(STEPS["report-serious-event"])
def report_serious_event(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Serious event"),
        submit_label=_("Save"),
        intro=_("It holds the patient until a prescriber disposes of it, or a transfer."),
        saved=_("Serious event"),
        act=lambda form, **said: monitoring.report_serious_event(
            dosing_session=dosing_session, what=form.cleaned_data["what"], **said
        ),
    )
    return run_step(request, dosing_session, SeriousEventForm, step)
