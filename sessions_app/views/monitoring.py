"""Charting pages."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from sessions_app.actions import monitoring
from sessions_app.forms.monitoring import (
    OTHER_SYMPTOMS,
    CheckForm,
    MedicineForm,
    PressureForm,
    SeriousEventForm,
    SignForm,
)
from sessions_app.models import Check, DosingSession, MedicineGiven
from sessions_app.models.facts import session_facts
from sessions_app.models.monitoring import checks_near
from sessions_app.models.record import Record
from sessions_app.models.site import licensed_of, staff_of
from sessions_app.presenters.check import (
    NEAR,
    check_page,
    check_title,
    chips,
    measure_words,
    others_near,
    sign_rows,
)
from sessions_app.presenters.steps import STEPS
from sessions_app.rules.sign_spans import symptoms
from sessions_app.views.scope import of_session
from sessions_app.views.step import Step, program_of, reader_of, run_step


@of_session(STEPS["record-check"], offline=True)
def record_check(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    return _chart(request, dosing_session, CheckForm)


@of_session(STEPS["repeat-bp"], offline=True)
def repeat_bp(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    return _chart(request, dosing_session, PressureForm)


def _chart(request: HttpRequest, dosing_session: DosingSession, form_class: type[CheckForm]) -> HttpResponse:
    now, program = clock.now(), program_of(dosing_session)
    record = Record(dosing_session)
    facts = session_facts(dosing_session, at=now, record=record)
    reader = reader_of(dosing_session, now)
    title = _("Repeat blood pressure") if form_class.only_pressure else check_title(facts, reader)

    def act(form: CheckForm, **said: object) -> Check:
        check = monitoring.record_check(
            dosing_session=dosing_session,
            check=form.check_entry(),
            late_baseline=form.late_baseline_said,
            **said,  # type: ignore[arg-type]
        )
        for sentence in others_near(checks_near(check, NEAR), check, reader):
            messages.warning(request, sentence)
        return check

    def around(form: CheckForm) -> dict[str, Any]:
        page, words = check_page(record, facts, reader), measure_words(program)
        told = page.pop("symptoms")
        if form_class.only_pressure:
            full_url = reverse("sessions_app:record-check", args=[dosing_session.pk])
            page |= {"due": None, "full_url": full_url}
        return {
            **page,
            "sign_rows": sign_rows(form, page["signs"]),
            "chips": chips(form, told, dict(OTHER_SYMPTOMS), reader) if "symptoms" in form.fields else [],
            "asked": {measure: words[measure] for measure in form.asked},
        }

    step = Step(
        title=title,
        submit_label=_("Save blood pressure") if form_class.only_pressure else _("Save check"),
        saved=title,
        act=act,
        template="sessions_app/check.html",
        context={"waits": None},
        around_form=around,
    )
    after_dose = facts.first_device_at is not None
    return run_step(request, dosing_session, form_class, step, program=program, after_dose=after_dose)


@of_session(STEPS["record-sign"], offline=True)
def record_sign(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    asked = {name: request.GET[name] for name in ("code", "kind") if name in request.GET}
    program = program_of(dosing_session)
    running = tuple(symptom.code for symptom in symptoms(session_facts(dosing_session, at=clock.now())))
    step = Step(
        title=_("Began, or gone"),
        intro=_("With its own time. What begins or ends with a check is tapped there."),
        submit_label=_("Save"),
        saved=_("Sign"),
        act=lambda form, **said: monitoring.record_sign(
            dosing_session=dosing_session, code=form.said_code, kind=form.cleaned_data["kind"], **said
        ),
    )
    return run_step(request, dosing_session, SignForm, step, program=program, running=running, initial=asked)


@of_session(STEPS["report-serious-event"], offline=True)
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


@of_session(STEPS["give-medicine"], offline=True)
def give_medicine(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    def act(form: MedicineForm, **said: Any) -> MedicineGiven:
        given = {name: form.cleaned_data[name] for name in ("drug", "dose", "route", "note")}
        said["entry"] = replace(said["entry"], performed_by=form.cleaned_data["given_by"])
        return monitoring.give_medicine(dosing_session=dosing_session, **given, **said)

    step = Step(title=_("A medicine given here"), submit_label=_("Given"), saved=_("Medicine"), act=act)
    people = {
        "licensed": licensed_of(dosing_session.facility, at=clock.now()),
        "staff": staff_of(dosing_session.facility),
    }
    return run_step(request, dosing_session, MedicineForm, step, **people, initial={"given_by": request.user.pk})
