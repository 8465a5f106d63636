"""What is known of a patient beside treatment is asked and written down."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinic.actions import patient_record
from clinic.models import Facility, Patient
from clinic.models.patient import IDENTITY
from clinic.models.patient_record import allergy_of, contact_of
from clinic.rules.roles import Permission
from sessions_app.actions.patient_transfer import call_off_transfer, record_patient_transfer
from sessions_app.actions.site import withdraw_enrolment
from sessions_app.forms import patient_record as forms
from sessions_app.forms.dosing import ReasonForm
from sessions_app.models.patient_transfer import sister_facilities, transfer_of
from sessions_app.models.program import programs_by_code
from sessions_app.presenters.patient_record import allergy_rows, transfer_rows
from sessions_app.views.entry import run_entry
from sessions_app.views.patient_history import patient_url
from sessions_app.views.scope import of_patient
from sessions_app.views.step import Step


@of_patient(Permission.REGISTER)
def record_allergy(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Allergies"),
        submit_label=_("Save"),
        intro=_("It opens and closes no gate: what it means for the dose says the question about contraindications."),
        saved=_("Allergy"),
        act=lambda form, **said: patient_record.record_allergy(
            patient=patient, facility=facility, **form.allergy(), **said
        ),
        context={"aside_title": _("Known so far"), "aside_rows": allergy_rows(patient)},
    )
    return run_entry(request, facility, forms.AllergyForm, step, back_url=patient_url(patient), patient=patient)


@of_patient(Permission.REGISTER)
def take_back_allergy(request: HttpRequest, patient: Patient, facility: Facility, allergy_id: UUID) -> HttpResponse:
    allergy = allergy_of(patient, allergy_id)
    if allergy is None:
        raise Http404("no such allergy of this patient")
    step = Step(
        title=_("Take back: %(what)s") % {"what": allergy.substance or _("no known allergies")},
        submit_label=_("Take back"),
        intro=_("It no longer counts. It stays visible, struck through, and can be recorded anew."),
        saved=_("Allergy"),
        act=lambda form, **said: patient_record.take_back_allergy(
            allergy=allergy, facility=facility, reason=form.cleaned_data["reason"], **said
        ),
        context={"submit_kind": "danger"},
    )
    return run_entry(request, facility, ReasonForm, step, back_url=patient_url(patient), patient=patient)


@of_patient(Permission.REGISTER)
def record_contact(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    known = contact_of(patient)
    step = Step(
        title=_("Address, e-mail, emergency contact"),
        submit_label=_("Save"),
        saved=_("Contact"),
        act=lambda form, **said: patient_record.record_contact(
            patient=patient, facility=facility, **form.contact(), **said
        ),
    )
    names = ("address", "email", "contact_name", "contact_phone", "contact_relation")
    initial = {name: getattr(known, name) for name in names} if known else {}
    back = patient_url(patient)
    return run_entry(request, facility, forms.ContactForm, step, back_url=back, patient=patient, initial=initial)


@of_patient(Permission.REGISTER)
def record_consent(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Consent"),
        submit_label=_("Save"),
        saved=_("Consent"),
        act=lambda form, **said: patient_record.record_consent(
            patient=patient, facility=facility, **form.consent(), **said
        ),
    )
    return run_entry(request, facility, forms.ConsentForm, step, back_url=patient_url(patient), patient=patient)


@of_patient(Permission.REGISTER)
def correct_details(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Correct name, birth date, phone, language"),
        submit_label=_("Save"),
        intro=_("What it was stays on record, with who changed it and why. The record number stays."),
        saved=_("Details"),
        act=lambda form, **said: patient_record.correct_details(
            patient=patient, facility=facility, **form.details(), **said
        ),
    )
    back, known = patient_url(patient), {name: getattr(patient, name) for name in IDENTITY}
    return run_entry(request, facility, forms.DetailsForm, step, back_url=back, patient=patient, initial=known)


def _program_labels() -> dict[str, str]:
    return {code: program.label for code, program in programs_by_code().items()}


@of_patient(Permission.REGISTER)
def withdraw(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Withdraw the enrolment"),
        submit_label=_("Withdraw"),
        intro=_("No new dose here from this moment. Whoever is being watched stays watched, with an alarm."),
        saved=_("Withdrawal"),
        act=lambda form, **said: withdraw_enrolment(
            patient=patient,
            facility=facility,
            program_code=form.cleaned_data["program"],
            reason=form.cleaned_data["reason"],
            **said,
        ),
        context={"submit_kind": "danger"},
    )
    back, programs = patient_url(patient), _program_labels()
    return run_entry(request, facility, forms.WithdrawalForm, step, back_url=back, patient=patient, programs=programs)


@of_patient(Permission.REGISTER)
def transfer(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Transfer to another facility"),
        submit_label=_("Save"),
        intro=_("Tell the REMS first. From that day on the enrolment here counts no more; the other enrols anew."),
        saved=_("Transfer"),
        act=lambda form, **said: record_patient_transfer(patient=patient, facility=facility, **form.transfer(), **said),
    )
    return run_entry(
        request,
        facility,
        forms.TransferForm,
        step,
        back_url=patient_url(patient),
        patient=patient,
        programs=_program_labels(),
        places=sister_facilities(facility),
    )


@of_patient(Permission.REGISTER)
def call_off(request: HttpRequest, patient: Patient, facility: Facility, transfer_id: UUID) -> HttpResponse:
    transfer = transfer_of(patient, facility, transfer_id)
    if transfer is None:
        raise Http404("no such transfer from here")
    step = Step(
        title=_("Call off the transfer"),
        submit_label=_("Call off"),
        intro=_("The enrolment here counts as before. Tell the REMS."),
        saved=_("Transfer"),
        act=lambda form, **said: call_off_transfer(transfer=transfer, reason=form.cleaned_data["reason"], **said),
        context={"aside_title": _("Planned"), "aside_rows": transfer_rows(transfer)},
    )
    return run_entry(request, facility, ReasonForm, step, back_url=patient_url(patient), patient=patient)
