"""Recalls: recorded once, and at once everybody who had the lot, and every device of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.actions.recall import record_recall, withdraw_recall
from clinic.models import Facility, Recall
from clinic.models.recall import recalls_of, recalls_with_context
from clinic.rules.roles import Permission
from sessions_app.forms.count import RecallForm
from sessions_app.forms.dosing import ReasonForm
from sessions_app.models.program import programs_by_code
from sessions_app.models.recalled import given_of_lot, whereabouts
from sessions_app.presenters.recall import recall_line, recall_page
from sessions_app.presenters.sentences import Reader
from sessions_app.views.entry import place, run_entry
from sessions_app.views.scope import of_facility, of_row
from sessions_app.views.step import Step
from sessions_app.views.supply import supply_url


@of_facility(Permission.BOOK)
def recalls(request: HttpRequest, facility: Facility) -> HttpResponse:
    now, programs = clock.now(), programs_by_code()
    reader = Reader(facility.zone, now)
    may = Permission.STOCK in permissions_at(request.user, facility.pk, at=now)
    context = {
        "rows": [recall_line(each, reader, programs) for each in recalls_of(facility)],
        "record_url": reverse("sessions_app:record-recall") if may else "",
        "supply_url": supply_url(request, facility, now),
        "at_facility": place(facility),
    }
    return render(request, "clinic/recalls.html", context)


@of_facility(Permission.STOCK)
def record(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Record a recall"),
        submit_label=_("Record"),
        intro=_("From this moment no device of the lot is drawn or given here."),
        saved=_("Recall"),
        act=lambda form, **said: record_recall(facility=facility, **form.recall(), **said),
        next_url=lambda recall: reverse("sessions_app:recall", args=[recall.pk]),
    )
    programs = {code: program.label for code, program in programs_by_code().items()}
    return run_entry(request, facility, RecallForm, step, back_url=reverse("sessions_app:recalls"), programs=programs)


@of_row(Permission.BOOK, recalls_with_context, "recall_id")
def recall(request: HttpRequest, recall: Recall) -> HttpResponse:
    now, facility = clock.now(), recall.facility
    context = recall_page(
        recall,
        whereabouts(recall),
        given_of_lot(recall),
        Reader(facility.zone, now),
        programs_by_code(),
        permissions=permissions_at(request.user, facility.pk, at=now),
        printed_by=str(request.user),
    )
    return render(request, "clinic/recall.html", {**context, "at_facility": place(facility)})


@of_row(Permission.STOCK, recalls_with_context, "recall_id")
def withdraw(request: HttpRequest, recall: Recall) -> HttpResponse:
    def act(form: ReasonForm, **said: Any) -> Any:
        return withdraw_recall(recall=recall, reason=form.cleaned_data["reason"], **said)

    step = Step(
        title=_("Withdraw the recall of lot %(lot)s") % {"lot": recall.lot},
        submit_label=_("Withdraw"),
        intro=_("Its devices may be given again. The recall stays in the history."),
        saved=_("Withdrawal"),
        act=act,
    )
    back = reverse("sessions_app:recall", args=[recall.pk])
    return run_entry(request, recall.facility, ReasonForm, step, back_url=back)
