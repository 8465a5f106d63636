"""A course begins, and gets what it needs before a dose."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinic.models import Facility, Patient
from clinic.rules.roles import Permission
from clinic.rules.signature import Meaning
from sessions_app.actions import course as actions
from sessions_app.forms.course import AntidepressantForm, CourseForm, OffLabelForm
from sessions_app.models import Course
from sessions_app.models.program import newest_versions, programs_by_code
from sessions_app.presenters.course import course_fact
from sessions_app.views.entry import run_entry
from sessions_app.views.patient_history import patient_url
from sessions_app.views.scope import of_course, of_patient
from sessions_app.views.step import Step


@of_patient(Permission.REGISTER)
def start_course(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    versions = newest_versions()

    def start(form: CourseForm, **said: object) -> Course:
        program, indication = form.program_and_indication()
        return actions.start_course(
            patient=patient,
            facility=facility,
            program_version=versions[program],
            indication=indication,
            **form.elsewhere(),
            **said,  # type: ignore[arg-type]
        )

    step = Step(
        title=_("Start a course"),
        submit_label=_("Start"),
        intro=_("Off-label: the prescriber's rationale and the patient's consent come before the first dose."),
        saved=_("Course"),
        act=start,
    )
    programs = {code: version.program for code, version in versions.items()}
    back = patient_url(patient)
    return run_entry(request, facility, CourseForm, step, back_url=back, patient=patient, programs=programs)


@of_course(Permission.PRESCRIBE)
def justify_off_label(request: HttpRequest, course: Course) -> HttpResponse:
    step = Step(
        title=_("Off-label: rationale and consent"),
        submit_label=_("Save"),
        intro=_("Your name and this moment are kept with it."),
        saved=_("Rationale"),
        signs=Meaning.JUSTIFIED,
        act=lambda form, **said: actions.justify_off_label(
            course=course, rationale=form.cleaned_data["rationale"], consented_at=form.consented_at(), **said
        ),
        context={"facts": [course_fact(course, programs_by_code())]},
    )
    back = patient_url(course.patient)
    return run_entry(request, course.facility, OffLabelForm, step, back_url=back, patient=course.patient)


@of_course(Permission.PRESCRIBE)
def record_antidepressant(request: HttpRequest, course: Course) -> HttpResponse:
    step = Step(
        title=_("Oral antidepressant"),
        submit_label=_("Save"),
        intro=_("This indication requires one."),
        saved=_("Antidepressant"),
        signs=Meaning.DECIDED,
        act=lambda form, **said: actions.record_antidepressant(course=course, drug=form.cleaned_data["drug"], **said),
        context={"facts": [course_fact(course, programs_by_code())]},
    )
    back = patient_url(course.patient)
    return run_entry(request, course.facility, AntidepressantForm, step, back_url=back, patient=course.patient)
