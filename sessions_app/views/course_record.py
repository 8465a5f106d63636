"""One course on one page, and what is written down on it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import demand, may
from clinic.rules.roles import Permission
from clinic.rules.signature import Meaning
from sessions_app.actions import course_record as actions
from sessions_app.forms import course_record as forms
from sessions_app.forms.dosing import ReasonForm
from sessions_app.forms.entry import EntryForm
from sessions_app.models import Course
from sessions_app.models.course_record import course_row_of, treatment_of
from sessions_app.models.patient_history import PatientHistory
from sessions_app.models.program import policies_in_force, programs_by_code
from sessions_app.presenters.course import course_fact
from sessions_app.presenters.course_page import course_page
from sessions_app.presenters.course_reader import CourseReader, named
from sessions_app.rules.treatment import kinds_offered
from sessions_app.views.entry import place, run_entry
from sessions_app.views.patient_history import patient_url
from sessions_app.views.scope import of_course
from sessions_app.views.step import Step


def course_url(course: Course) -> str:
    return reverse("sessions_app:course-page", args=[course.patient_id, course.pk])


@of_course(Permission.READ_CHART)
def course(request: HttpRequest, course: Course) -> HttpResponse:
    now = clock.now()
    program = programs_by_code().get(course.program_code)
    if program is None:
        raise Http404("no such programme any more")
    policy = policies_in_force(course.facility).get(course.program_code)
    reader = CourseReader(
        course,
        PatientHistory(course.patient, [course.facility], at=now),
        program,
        may=lambda permission: may(request.user, permission, course.facility_id, at=now),
    )
    review_days = policy.contraindication_review_days if policy else None
    context = course_page(reader, review_days=review_days, printed_by=str(request.user))
    return render(request, "sessions_app/course.html", {**context, "at_facility": place(course.facility)})


def _run(request: HttpRequest, course: Course, form: type[EntryForm], step: Step, **kwargs: Any) -> HttpResponse:
    """Back to the course; the front desk, which does not read it, back to the patient."""
    reads = may(request.user, Permission.READ_CHART, course.facility_id, at=clock.now())
    back = course_url(course) if reads else patient_url(course.patient)
    facts = [course_fact(course, programs_by_code(), chart=reads)]
    step.context["facts"] = facts
    return run_entry(request, course.facility, form, step, back_url=back, patient=course.patient, **kwargs)


@of_course(Permission.CHART)
def record_trial(request: HttpRequest, course: Course) -> HttpResponse:
    step = Step(
        title=_("A treatment tried before"),
        submit_label=_("Save"),
        intro=_("Documentation: no gate asks for it."),
        saved=_("Trial"),
        act=lambda form, **said: actions.record_trial(course=course, **form.trial(), **said),
    )
    return _run(request, course, forms.TrialForm, step)


@of_course(Permission.CHART)
def record_treatment(request: HttpRequest, course: Course) -> HttpResponse:
    program = programs_by_code().get(course.program_code)
    required = program is not None and course.indication in program.antidepressant_required
    step = Step(
        title=_("Taken or done besides"),
        submit_label=_("Save"),
        intro=_("The oral antidepressant that this indication requires, the prescriber records on the course.")
        if required
        else "",
        saved=_("Treatment"),
        act=lambda form, **said: actions.record_treatment(course=course, **form.treatment(), **said),
    )
    return _run(request, course, forms.TreatmentForm, step, kinds=list(kinds_offered(antidepressant_required=required)))


@of_course(Permission.CHART)
def end_treatment(request: HttpRequest, course: Course, treatment_id: UUID) -> HttpResponse:
    treatment = treatment_of(course, treatment_id)
    if treatment is None:
        raise Http404("no such treatment of this course")
    step = Step(
        title=_("Stopped: %(what)s") % {"what": treatment.name},
        submit_label=_("Save"),
        saved=_("Its end"),
        act=lambda form, **said: actions.end_treatment(
            treatment=treatment, to_date=form.cleaned_data["to_date"], why=form.cleaned_data["why"], **said
        ),
    )
    return _run(request, course, forms.TreatmentEndForm, step)


@of_course(Permission.PRESCRIBE)
def review_benefit(request: HttpRequest, course: Course) -> HttpResponse:
    step = Step(
        title=_("Benefit after induction"),
        submit_label=_("Save"),
        intro=_("Benefit is evaluated at the end of induction, before treatment goes on (label)."),
        saved=_("Review"),
        signs=Meaning.DECIDED,
        act=lambda form, **said: actions.review_benefit(
            course=course, benefit=form.cleaned_data["benefit"], plan=form.cleaned_data["plan"], **said
        ),
    )
    return _run(request, course, forms.BenefitReviewForm, step)


@of_course(Permission.REGISTER)
def record_authorisation(request: HttpRequest, course: Course) -> HttpResponse:
    step = Step(
        title=_("Prior authorisation"),
        submit_label=_("Save"),
        intro=_("As the payer's letter says it. No gate asks for it."),
        saved=_("Authorisation"),
        act=lambda form, **said: actions.record_authorisation(course=course, **form.authorisation(), **said),
    )
    return _run(request, course, forms.AuthorisationForm, step)


@of_course(Permission.REGISTER)
def take_back_course_row(request: HttpRequest, course: Course, course_row_id: UUID) -> HttpResponse:
    row = course_row_of(course, course_row_id)
    if row is None:
        raise Http404("no such row of this course")
    demand(request.user, actions.WRITTEN_BY[type(row)], course.facility_id, at=clock.now())
    step = Step(
        title=_("Take back: %(what)s") % {"what": named(row)},
        submit_label=_("Take back"),
        intro=_("It no longer counts. It stays visible, with who took it back and why."),
        saved=_("Correction"),
        act=lambda form, **said: actions.take_back_course_row(
            course_row=row, reason=form.cleaned_data["reason"], **said
        ),
        context={"submit_kind": "danger"},
    )
    return _run(request, course, ReasonForm, step)
