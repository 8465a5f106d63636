"""How this clinic files: its address, the people who monitor, the edition it uses, and who is told by mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.models import Facility, User
from clinic.models.contact import facility_contact, person_contacts
from clinic.rules.roles import Permission
from sessions_app.actions import contact, edition, filing_digest
from sessions_app.forms.filing import DigestForm, EditionForm, FacilityContactForm, PersonContactForm
from sessions_app.models import DosingSession
from sessions_app.models.edition import FormsHere, all_editions
from sessions_app.models.form_facts import monitor_of
from sessions_app.models.record import Record
from sessions_app.presenters.forms_here import forms_page, initial_contact, initial_person
from sessions_app.views.entry import place, run_entry
from sessions_app.views.filing import filing_url
from sessions_app.views.scope import of_facility, of_person, of_session
from sessions_app.views.step import Step


def forms_url() -> str:
    return reverse("sessions_app:facility-forms")


@of_facility(Permission.VIEW)
def forms(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    here = FormsHere(facility, at=now)
    context = forms_page(here, permissions=permissions_at(request.user, facility.pk, at=now))
    return render(request, "sessions_app/facility_forms.html", {**context, "at_facility": place(facility)})


@of_facility(Permission.MANAGE_SITE)
def record_facility_contact(request: HttpRequest, facility: Facility) -> HttpResponse:
    return _facility_contact(request, facility, forms_url())


@of_session(Permission.FILE)
def record_clinic_contact(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    """Of the session's own clinic, whichever is chosen; and back to its form."""
    return _facility_contact(request, dosing_session.facility, filing_url(dosing_session))


def _facility_contact(request: HttpRequest, facility: Facility, back_url: str) -> HttpResponse:
    step = Step(
        title=_("Address of the clinic"),
        submit_label=_("Save"),
        intro=_("In the parts that a form asks for."),
        saved=_("Address"),
        act=lambda form, **said: contact.record_facility_contact(facility=facility, **form.contact(), **said),
        context={"nav": "forms"},
    )
    initial = initial_contact(facility_contact(facility))
    return run_entry(request, facility, FacilityContactForm, step, back_url=back_url, initial=initial)


@of_person(Permission.MANAGE_SITE)
def record_person_contact(request: HttpRequest, person: User, facility: Facility) -> HttpResponse:
    return _person_contact(request, person, facility, forms_url())


@of_session(Permission.FILE)
def record_monitor_contact(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    """Of whoever monitored this session by the record of now, at its own clinic; and back to its form."""
    monitor = monitor_of(Record(dosing_session))
    return _person_contact(request, monitor, dosing_session.facility, filing_url(dosing_session))


def _person_contact(request: HttpRequest, person: User, facility: Facility, back_url: str) -> HttpResponse:
    step = Step(
        title=_("How %(name)s is reached") % {"name": person.printed_name},
        submit_label=_("Save"),
        intro=_("At work, as a form asks it."),
        saved=_("Contact"),
        act=lambda form, **said: contact.record_person_contact(
            holder=person, facility=facility, **form.contact(), **said
        ),
        context={"nav": "forms"},
    )
    known = person_contacts([person.pk], facility.organisation_id).get(person.pk)
    initial = initial_person(person, known)
    return run_entry(request, facility, PersonContactForm, step, back_url=back_url, initial=initial)


@of_facility(Permission.MANAGE_FACILITY)
def switch_edition(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Another edition"),
        submit_label=_("Use it from that day"),
        intro=_("A form that was sent keeps its edition; one that was not follows the day of its treatment."),
        saved=_("Edition"),
        act=lambda form, **said: edition.switch_edition(facility=facility, **form.switch(), **said),
        context={"nav": "forms"},
    )
    return run_entry(request, facility, EditionForm, step, back_url=forms_url(), editions=all_editions())


@of_facility(Permission.MANAGE_FACILITY)
def choose_digest(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Mail about forms"),
        submit_label=_("Save"),
        intro=_("How many are late, due today, returned or to amend. It names no patient."),
        saved=_("Choice"),
        act=lambda form, **said: filing_digest.choose_digest(facility=facility, to=form.cleaned_data["to"], **said),
        context={"nav": "forms"},
    )
    return run_entry(request, facility, DigestForm, step, back_url=forms_url())
