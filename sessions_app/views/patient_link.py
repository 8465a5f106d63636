"""Two records are one person, or not after all."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import facilities_of
from clinic.models import Facility, Patient
from clinic.rules.roles import Permission
from clinic.rules.signature import Meaning
from sessions_app.actions import patient_link
from sessions_app.forms.dosing import ReasonForm
from sessions_app.forms.patient import LinkForm
from sessions_app.models.patient_search import patients_at, record_of_person
from sessions_app.presenters.patient_record import record_rows
from sessions_app.views.entry import run_entry
from sessions_app.views.patient_history import patient_url
from sessions_app.views.scope import of_patient
from sessions_app.views.step import Step


@of_patient(Permission.LINK)
def link(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Same person as another record"),
        submit_label=_("Link the two"),
        intro=_("Both histories read as one, and the gates ask both. Nothing is moved, and it can be undone."),
        saved=_("Link"),
        act=lambda form, **said: patient_link.link_patients(
            duplicate=patient,
            kept=form.cleaned_data["kept_mrn"],
            reason=form.cleaned_data["reason"],
            facility=facility,
            **said,
        ),
        next_url=lambda made: patient_url(made.kept),
        context={"aside_title": _("Becomes the duplicate"), "aside_rows": record_rows(patient)},
    )
    known = patients_at(place.pk for place in facilities_of(request.user, at=clock.now()))
    return run_entry(
        request,
        facility,
        LinkForm,
        step,
        back_url=patient_url(patient),
        patient=patient,
        patients=known.filter(organisation=patient.organisation_id),
    )


@of_patient(Permission.PRESCRIBE)
def unlink(request: HttpRequest, patient: Patient, facility: Facility, duplicate_id: UUID) -> HttpResponse:
    """``duplicate_id``: a record that was linked to this person, also of a link that is undone by now."""
    duplicate = record_of_person(patient, duplicate_id)
    if duplicate is None:
        raise Http404("no such record of this person")
    step = Step(
        title=_("Two people after all"),
        submit_label=_("Undo the link"),
        intro=_("Each record is read for itself again. What was decided on both together stays as it was written."),
        saved=_("Two people"),
        signs=Meaning.DECIDED,
        act=lambda form, **said: patient_link.unlink_patients(
            duplicate=duplicate, reason=form.cleaned_data["reason"], facility=facility, **said
        ),
        context={
            "submit_kind": "danger",
            "aside_title": _("Stands for itself again"),
            "aside_rows": record_rows(duplicate),
        },
    )
    return run_entry(request, facility, ReasonForm, step, back_url=patient_url(patient), patient=patient)
