"""What shows that a facility is fit to be certified: evidence, attestations, findings."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinic import clock
from clinic.actions import finding, requirement
from clinic.models import Facility, Finding
from clinic.rules.attestations import Attestation, asked_of
from clinic.rules.requirements import Requirement
from clinic.rules.roles import Permission
from clinic.rules.signature import Meaning
from sessions_app.forms import certification as forms
from sessions_app.forms.entry import EntryForm
from sessions_app.models.requirements import Requirements
from sessions_app.models.site_overview import staff_to_choose
from sessions_app.presenters.attestation import attestation_page
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.certification import ASKS, REQUIREMENT_WORDS
from sessions_app.views.certification import certification_url, program_or_404
from sessions_app.views.entry import place, run_entry
from sessions_app.views.scope import of_facility, of_finding
from sessions_app.views.step import Step


@of_facility(Permission.MANAGE_FACILITY)
def record_evidence(request: HttpRequest, facility: Facility, program_code: str, requirement_code: str) -> HttpResponse:
    program_or_404(program_code)
    if requirement_code not in list(Requirement):
        raise Http404
    asked = Requirement(requirement_code)
    step = Step(
        title=str(REQUIREMENT_WORDS[asked]),
        submit_label=_("Save"),
        intro=str(ASKS[asked]),
        saved=_("Evidence"),
        act=lambda form, **said: requirement.record_evidence(
            facility=facility, program_code=program_code, requirement=asked, **form.evidence(), **said
        ),
    )
    back = certification_url(program_code)
    return run_entry(request, facility, forms.EvidenceForm, step, back_url=back, requirement=asked)


@of_facility(Permission.VIEW)
def attest(request: HttpRequest, facility: Facility, program_code: str, attestation_code: str) -> HttpResponse:
    """Everybody may read it; the Authorized Representative alone signs it."""
    program, now = program_or_404(program_code), clock.now()
    if attestation_code not in list(asked_of(facility.setting)):
        raise Http404
    code, requirements = Attestation(attestation_code), Requirements.of(facility, program_code, at=now)
    representative = requirements.site.representative
    page = attestation_page(requirements, code, program, Reader(facility.zone, now), viewer=request.user)
    if representative is None or representative.person_id != request.user.pk:
        if request.method == "POST":
            raise PermissionDenied("not the Authorized Representative")
        return render(request, "clinic/attestation.html", {**page, "at_facility": place(facility)})
    step = Step(
        title=page["title"],
        submit_label=_("Attest"),
        saved=_("Attestation"),
        act=lambda form, **said: requirement.sign_attestation(representative=representative, code=code, **said),
        signs=Meaning.ATTESTED,
        template="clinic/attestation.html",
        context=page,
    )
    return run_entry(request, facility, EntryForm, step, back_url=certification_url(program_code))


@of_facility(Permission.MANAGE_FACILITY)
def raise_finding(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    program_or_404(program_code)
    step = Step(
        title=_("Raise a finding"),
        submit_label=_("Save"),
        saved=_("Finding"),
        act=lambda form, **said: finding.raise_finding(
            facility=facility, program_code=program_code, **form.finding(), **said
        ),
    )
    back, people = certification_url(program_code), staff_to_choose(facility, at=clock.now())
    asked = {"requirement": request.GET.get("requirement", "")}
    return run_entry(request, facility, forms.FindingForm, step, back_url=back, people=people, initial=asked)


@of_finding(Permission.MANAGE_FACILITY)
def close_finding(request: HttpRequest, raised: Finding) -> HttpResponse:
    step = Step(
        title=_("Close a finding"),
        submit_label=_("Close it"),
        intro=raised.text,
        saved=_("Finding"),
        act=lambda form, **said: finding.close_finding(finding=raised, note=form.cleaned_data["note"], **said),
    )
    back = certification_url(raised.program_code)
    return run_entry(request, raised.facility, forms.CloseFindingForm, step, back_url=back)
