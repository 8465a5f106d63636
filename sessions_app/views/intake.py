"""Pages of what is asked and arranged before the dose."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sessions_app.actions import intake
from sessions_app.forms.intake import CounsellingForm, IntakeForm, QuestionsForm, VerificationForm, WayHomeForm
from sessions_app.models import DosingSession
from sessions_app.presenters.steps import STEPS
from sessions_app.rules.facts import WayHomeKind
from sessions_app.views.scope import of_session
from sessions_app.views.step import Step, besides, program_of, run_step


@of_session(STEPS["report-intake"])
def report_intake(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Food, drink, nasal spray"),
        submit_label=_("Save"),
        saved=_("Food, drink and spray"),
        act=lambda form, **said: intake.report_intake(dosing_session=dosing_session, reports=form.reports(), **said),
    )
    return run_step(request, dosing_session, IntakeForm, step)


@of_session(STEPS["answer-questions"])
def answer_questions(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Questions of the day"),
        submit_label=_("Save"),
        saved=_("Answers"),
        act=lambda form, **said: intake.answer_questions(
            dosing_session=dosing_session,
            anything_new=form.cleaned_data["anything_new"],
            contraindications=form.contraindications(),
            medicines=form.medicines(),
            **said,
        ),
    )
    step.context.update(besides(dosing_session))
    return run_step(request, dosing_session, QuestionsForm, step, program=program_of(dosing_session))


@of_session(STEPS["verify-enrolment"])
def verify_enrolment(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Verify the enrolment"),
        submit_label=_("Enrolment verified"),
        intro=_("Ask the REMS, for this dose, today."),
        saved=_("Verification"),
        act=lambda form, **said: intake.verify_enrolment(
            dosing_session=dosing_session, how=form.cleaned_data["how"], **said
        ),
    )
    return run_step(request, dosing_session, VerificationForm, step)


@of_session(STEPS["counsel"])
def counsel(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Counsel the patient"),
        submit_label=_("Counselled"),
        intro=_("Before the first dose in this organisation. Doses elsewhere do not replace it."),
        saved=_("Counselling"),
        act=lambda form, **said: intake.counsel_patient(dosing_session=dosing_session, **said),
    )
    return run_step(request, dosing_session, CounsellingForm, step)


@of_session(STEPS["arrange-way-home"])
def arrange_way_home(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("A safe way home"),
        submit_label=_("Save"),
        saved=_("Way home"),
        act=lambda form, **said: intake.arrange_way_home(
            dosing_session=dosing_session,
            kind=WayHomeKind(form.cleaned_data["kind"]),
            name=form.cleaned_data["name"],
            phone=form.cleaned_data["phone"],
            relation=form.cleaned_data["relation"],
            will_not_drive=form.cleaned_data["will_not_drive"],
            **said,
        ),
    )
    return run_step(request, dosing_session, WayHomeForm, step)
