"""Somebody is closed out and brought back; and helped, or kept, from signing in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.actions import person as actions
from clinic.actions import sign_in
from clinic.models import Facility, User
from clinic.rules.roles import Permission
from sessions_app.forms.entry import EntryForm
from sessions_app.presenters.staff import person_url
from sessions_app.views.entry import run_entry
from sessions_app.views.scope import of_person
from sessions_app.views.step import Step


def _for_person(action: Callable[..., Any], **fields: Any) -> Callable[..., Any]:
    """Done again it changes nothing, so that it needs no number of its form."""

    def act(form: EntryForm, *, by: User, now: Any, **envelope: Any) -> Any:
        return action(**fields, by=by, now=now)

    return act


@of_person(Permission.MANAGE_FACILITY)
def close_out(request: HttpRequest, person: User, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Close out %(name)s") % {"name": person.printed_name},
        submit_label=_("End all roles now"),
        intro=_(
            "Every role at the facilities you run ends at once, in the middle of a page too, and without a role "
            "elsewhere nobody signs in as them any more. What they did stays; whom they watch somebody else takes over."
        ),
        saved=_("End of all roles"),
        act=_for_person(actions.close_out_person, person=person),
        context={"submit_kind": "danger"},
    )
    return run_entry(request, facility, EntryForm, step, back_url=person_url(person))


@of_person(Permission.MANAGE_FACILITY)
def bring_back(request: HttpRequest, person: User, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Bring back %(name)s") % {"name": person.printed_name},
        submit_label=_("Open their sign-in"),
        intro=_("They sign in as before. Then give them their roles anew."),
        saved=_("Sign-in opened,"),
        act=_for_person(actions.bring_back_person, person=person, facility=facility),
    )
    return run_entry(request, facility, EntryForm, step, back_url=person_url(person))


@of_person(Permission.MANAGE_FACILITY)
def reset_password(request: HttpRequest, person: User, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("New password for %(name)s") % {"name": person.printed_name},
        submit_label=_("Reset the password"),
        intro=_("Their password opens nothing any more, and they are signed out everywhere. You get a link for them."),
        saved=_("Reset"),
        act=_for_person(sign_in.reset_password, person=person),
        next_url=lambda reset: reverse("sessions_app:welcome-link", args=[person.pk]),
    )
    return run_entry(request, facility, EntryForm, step, back_url=person_url(person))


@of_person(Permission.MANAGE_FACILITY)
def reset_second_factor(request: HttpRequest, person: User, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Second factor of %(name)s") % {"name": person.printed_name},
        submit_label=_("Reset it"),
        intro=_("For a lost telephone: app, passkeys and recovery codes go. They set up anew when they next sign in."),
        saved=_("Reset"),
        act=_for_person(sign_in.reset_second_factor, person=person),
    )
    return run_entry(request, facility, EntryForm, step, back_url=person_url(person))


@of_person(Permission.MANAGE_FACILITY)
def end_sign_ins(request: HttpRequest, person: User, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Sign out %(name)s everywhere") % {"name": person.printed_name},
        submit_label=_("Sign out"),
        intro=_("At once, on every tablet and computer. They may sign in again."),
        saved=_("Signing out"),
        act=_for_person(sign_in.end_sign_ins, person=person),
    )
    return run_entry(request, facility, EntryForm, step, back_url=person_url(person))
