"""One discrepancy: looked at, followed, closed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.actions.cabinet import report_lost
from clinic.actions.discrepancy import close_discrepancy, follow_discrepancy
from clinic.models import Discrepancy
from clinic.models.discrepancy import discrepancies_with_context, may_be_missing, missing_of
from clinic.models.signature import Signatures
from clinic.rules.cabinet import Move
from clinic.rules.roles import Permission
from clinic.rules.signature import Meaning
from sessions_app.forms.count import FollowForm, MissingForm, ReasonToCloseForm
from sessions_app.models.cabinet import devices_here
from sessions_app.models.program import programs_by_code
from sessions_app.presenters.discrepancy import discrepancy_page, what_differs
from sessions_app.presenters.sentences import Reader
from sessions_app.views import witness
from sessions_app.views.entry import place, run_entry
from sessions_app.views.scope import of_row
from sessions_app.views.step import Step


@of_row(Permission.BOOK, discrepancies_with_context, "discrepancy_id")
def discrepancy(request: HttpRequest, discrepancy: Discrepancy) -> HttpResponse:
    now, facility = clock.now(), discrepancy.facility
    context = discrepancy_page(
        discrepancy,
        missing_of([discrepancy]),
        Signatures.of_subjects([discrepancy.pk]),
        Reader(facility.zone, now),
        programs_by_code(),
        permissions=permissions_at(request.user, facility.pk, at=now),
        printed_by=str(request.user),
    )
    return render(request, "clinic/discrepancy.html", {**context, "at_facility": place(facility)})


def _url(discrepancy: Discrepancy) -> str:
    return reverse("sessions_app:discrepancy", args=[discrepancy.pk])


@of_row(Permission.STOCK, discrepancies_with_context, "discrepancy_id")
def follow(request: HttpRequest, discrepancy: Discrepancy) -> HttpResponse:
    step = Step(
        title=_("What was done: %(what)s") % {"what": what_differs(discrepancy, programs_by_code())},
        submit_label=_("Save"),
        intro=_("Whether a loss is significant is for the registrant to judge (21 CFR 1301.76(b))."),
        saved=_("Step"),
        act=lambda form, **said: follow_discrepancy(discrepancy=discrepancy, **form.step(), **said),
    )
    return run_entry(request, discrepancy.facility, FollowForm, step, back_url=_url(discrepancy))


@of_row(Permission.STOCK, discrepancies_with_context, "discrepancy_id")
def name_missing(request: HttpRequest, discrepancy: Discrepancy) -> HttpResponse:
    """Of a lot that a count found wanting."""
    facility = discrepancy.facility

    def act(form: MissingForm, **said: Any) -> Any:
        devices, reason = list(form.cleaned_data["devices"]), form.cleaned_data["reason"]
        seen = witness.seen(request, form, said)
        return report_lost(facility=facility, devices=devices, reason=reason, discrepancy=discrepancy, **seen)

    step = Step(
        title=_("Missing: %(what)s") % {"what": what_differs(discrepancy, programs_by_code())},
        submit_label=_("Record as missing"),
        intro=_("Look at the number on every device that is there; those left over are missing."),
        saved=_("Missing devices"),
        act=act,
    )
    asked = witness.asked(request, facility, Move.LOST, at=clock.now())
    known: dict[str, Any] = {"devices": may_be_missing(discrepancy), "known": devices_here(facility)}
    return run_entry(request, facility, MissingForm, step, back_url=_url(discrepancy), **known, **asked)


@of_row(Permission.STOCK, discrepancies_with_context, "discrepancy_id")
def close(request: HttpRequest, discrepancy: Discrepancy) -> HttpResponse:
    def act(form: ReasonToCloseForm, **said: Any) -> Any:
        return close_discrepancy(discrepancy=discrepancy, reason=form.cleaned_data["reason"], **said)

    step = Step(
        title=_("Close: %(what)s") % {"what": what_differs(discrepancy, programs_by_code())},
        submit_label=_("Close"),
        intro=_("It stays in the history, and what comes to light later is added to it."),
        saved=_("Discrepancy"),
        act=act,
        refused_title=_("Not closed."),
        signs=Meaning.RECORDED,
    )
    return run_entry(request, discrepancy.facility, ReasonToCloseForm, step, back_url=_url(discrepancy))
