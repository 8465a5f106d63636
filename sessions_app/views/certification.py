"""The certification of a facility under one programme: the review page, and the steps taken there."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.actions import certification
from clinic.models import Facility
from clinic.models.certification import representatives_of
from clinic.rules.roles import Permission
from clinic.rules.signature import Meaning
from sessions_app.actions.certification import submit_certification
from sessions_app.actions.site import stop_facility
from sessions_app.forms import certification as forms
from sessions_app.forms.entry import EntryForm
from sessions_app.models.certification import CertificationOverview
from sessions_app.models.program import programs_by_code
from sessions_app.models.site import Site
from sessions_app.models.site_overview import staff_to_choose
from sessions_app.presenters.certification import certification_page, confirmed_under
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.program import Program
from sessions_app.views.entry import place, run_entry
from sessions_app.views.scope import of_facility
from sessions_app.views.step import Step


def certification_url(program_code: str) -> str:
    return reverse("sessions_app:certification", args=[program_code])


def program_or_404(program_code: str) -> Program:
    program = programs_by_code().get(program_code)
    if program is None:
        raise Http404
    return program


@of_facility(Permission.VIEW)
def review(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    now, program = clock.now(), program_or_404(program_code)
    overview = CertificationOverview(facility, program_code, at=now)
    permissions = permissions_at(request.user, facility.pk, at=now)
    context = certification_page(overview, program, Reader(facility.zone, now), permissions, viewer=request.user)
    return render(request, "clinic/certification.html", {**context, "at_facility": place(facility)})


def _step(
    request: HttpRequest,
    facility: Facility,
    program_code: str,
    step: Step,
    form_class: type[EntryForm] = forms.StepForm,
    **kwargs: Any,
) -> HttpResponse:
    """A step from where its page shows the certification to stand."""
    program_or_404(program_code)
    last = Site(facility, program_code, at=clock.now()).certification
    back = certification_url(program_code)
    return run_entry(request, facility, form_class, step, back_url=back, last=last, **kwargs)


@of_facility(Permission.MANAGE_FACILITY)
def begin(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    step = Step(
        title=_("Begin a draft"),
        submit_label=_("Begin"),
        intro=_("Then what is asked is gathered, requirement by requirement."),
        saved=_("Draft"),
        act=lambda form, **said: certification.begin_certification(
            facility=facility, program_code=program_code, **form.step(), **said
        ),
        signs=Meaning.RECORDED,
    )
    return _step(request, facility, program_code, step)


@of_facility(Permission.MANAGE_FACILITY)
def submit(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    step = Step(
        title=_("Submit"),
        submit_label=_("Submit"),
        intro=_("Vigil sends nothing: write down that it was sent to the REMS, with everything that it asks."),
        saved=_("Submission"),
        refused_title=_("Not submitted."),
        act=lambda form, **said: submit_certification(
            facility=facility, program_code=program_code, **form.step(), **said
        ),
        signs=Meaning.RECORDED,
    )
    return _step(request, facility, program_code, step)


@of_facility(Permission.MANAGE_FACILITY)
def send_back(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    step = Step(
        title=_("Return with findings"),
        submit_label=_("Return"),
        intro=_("The open findings go back with it, each with its owner and day."),
        saved=_("Return"),
        refused_title=_("Not returned."),
        act=lambda form, **said: certification.return_submission(
            facility=facility, program_code=program_code, **form.step(), **said
        ),
        signs=Meaning.RECORDED,
    )
    return _step(request, facility, program_code, step)


@of_facility(Permission.MANAGE_FACILITY)
def record_confirmation(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    now, representatives = clock.now(), representatives_of(facility, program_code)
    present = representatives.first()
    step = Step(
        title=_("Record the REMS's confirmation"),
        submit_label=_("Record"),
        intro=_("Vigil certifies nobody. Write down what the REMS confirmed, and when."),
        saved=_("Confirmation"),
        act=lambda form, **said: certification.record_confirmation(**form.step(), **said),
        context=confirmed_under(present, Reader(facility.zone, now)),
        signs=Meaning.RECORDED,
    )
    return _step(
        request,
        facility,
        program_code,
        step,
        forms.ConfirmationForm,
        representatives=representatives,
        initial={"representative": present},
    )


@of_facility(Permission.MANAGE_FACILITY)
def stop(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    step = Step(
        title=_("Suspended or withdrawn"),
        submit_label=_("Stop new doses here"),
        intro=_("Nobody new is dosed from this moment. Whoever is being watched stays watched, with an alarm."),
        saved=_("Stop"),
        act=lambda form, **said: stop_facility(facility=facility, program_code=program_code, **form.step(), **said),
        context={"submit_kind": "danger"},
        signs=Meaning.RECORDED,
    )
    return _step(request, facility, program_code, step, forms.StopForm)


@of_facility(Permission.MANAGE_FACILITY)
def declare_due(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    step = Step(
        title=_("Re-certification is due"),
        submit_label=_("Write it down"),
        intro=_("New doses go on, unless the clinic's own policy stops them. Ends with the REMS's next confirmation."),
        saved=_("Re-certification"),
        act=lambda form, **said: certification.declare_recertification(
            facility=facility, program_code=program_code, **form.step(), **said
        ),
        signs=Meaning.RECORDED,
    )
    return _step(request, facility, program_code, step, forms.ReasonStepForm)


@of_facility(Permission.MANAGE_FACILITY)
def designate(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    program_or_404(program_code)
    now = clock.now()
    signs = CertificationOverview(facility, program_code, at=now).a_new_representative_is_a_step
    step = Step(
        title=_("Designate an Authorized Representative"),
        submit_label=_("Designate"),
        intro=_("New doses stop until the REMS confirms the facility under the new representative."),
        saved=_("Representative"),
        act=lambda form, **said: certification.designate_representative(
            facility=facility, program_code=program_code, person=form.cleaned_data["person"], **said
        ),
        signs=Meaning.RECORDED if signs else None,
    )
    back, people = certification_url(program_code), staff_to_choose(facility, at=now)
    return run_entry(request, facility, forms.RepresentativeForm, step, back_url=back, people=people)


@of_facility(Permission.MANAGE_FACILITY)
def review_certification(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    program_or_404(program_code)
    step = Step(
        title=_("The clinic's own review"),
        submit_label=_("Reviewed"),
        intro=_("Somebody of the clinic has looked everything over today."),
        saved=_("Review"),
        act=lambda form, **said: certification.review_certification(
            facility=facility, program_code=program_code, **form.review(), **said
        ),
        signs=Meaning.RECORDED,
    )
    return run_entry(request, facility, forms.ReviewForm, step, back_url=certification_url(program_code))
