"""Roles at the facility are given, with a term, and ended."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.actions import person as actions
from clinic.actions.staff import end_role as end_role_action
from clinic.models import Facility, RoleAssignment, User
from clinic.models.staff import known_to
from clinic.rules.roles import Permission
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.staff import InviteForm, KnownPersonForm, RoleForm
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.staff import person_url, role_word, term_words
from sessions_app.views.entry import run_entry
from sessions_app.views.scope import of_facility, of_person
from sessions_app.views.staff import people_url
from sessions_app.views.step import Step


@of_facility(Permission.MANAGE_FACILITY)
def invite(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Invite somebody"),
        submit_label=_("Invite"),
        intro=_("You get a link for them, good once and for three days. No mail is sent."),
        saved=_("Invitation"),
        act=lambda form, **said: actions.invite_person(facility=facility, **form.person(), **form.term(), **said),
        next_url=lambda assignment: reverse("sessions_app:welcome-link", args=[assignment.user_id]),
    )
    return run_entry(request, facility, InviteForm, step, back_url=people_url())


@of_facility(Permission.MANAGE_FACILITY)
def give_role_to_known(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Somebody of another facility of yours"),
        submit_label=_("Give the role"),
        intro=_("They sign in as before, and work here too."),
        saved=_("Role"),
        act=lambda form, **said: actions.give_role(
            person=form.cleaned_data["username"], facility=facility, **form.term(), **said
        ),
        next_url=lambda assignment: person_url(assignment.user),
    )
    known = known_to(facility.organisation_id)
    return run_entry(request, facility, KnownPersonForm, step, back_url=people_url(), known=known)


@of_person(Permission.MANAGE_FACILITY)
def give_role(request: HttpRequest, person: User, facility: Facility) -> HttpResponse:
    to_oneself = _("You give it to yourself: it is shown and written down as that.") if person == request.user else ""
    step = Step(
        title=_("A role for %(name)s") % {"name": person.printed_name},
        submit_label=_("Give the role"),
        intro=to_oneself or _("Held already, it goes on under the new term."),
        saved=_("Role"),
        act=lambda form, **said: actions.give_role(person=person, facility=facility, **form.term(), **said),
    )
    return run_entry(request, facility, RoleForm, step, back_url=person_url(person))


@of_person(Permission.MANAGE_FACILITY)
def end_role(request: HttpRequest, person: User, facility: Facility, assignment_id: UUID) -> HttpResponse:
    held = person.role_assignments.filter(facility=facility)
    assignment: RoleAssignment = get_object_or_404(held, pk=assignment_id)
    reader = Reader(facility.zone, clock.now())
    said = {"name": person.printed_name, "role": role_word(assignment), "term": term_words(assignment, reader)}

    def act(form: EntryForm, *, by: User, now: Any, **envelope: Any) -> RoleAssignment:
        return end_role_action(assignment=assignment, by=by, now=now)

    step = Step(
        title=_("End a role: %(name)s, %(role)s") % said,
        submit_label=_("End it now"),
        intro=_("%(role)s, %(term)s. It ends at once, in the middle of a page too; what was done under it stays.")
        % {**said, "role": role_word(assignment).capitalize()},
        saved=_("End of the role"),
        act=act,
        context={"submit_kind": "danger"},
    )
    return run_entry(request, facility, EntryForm, step, back_url=person_url(person))
