"""The cabinets are counted, what differs is questioned, and their day is closed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.actions import count as actions
from clinic.models import Cabinet, Count, Facility
from clinic.models.cabinet import cabinets_of, cabinets_with_context
from clinic.models.count import (
    closing_facts,
    closings_of,
    count_facts,
    counts_of,
    counts_with_context,
    last_inventory,
    lots_to_count,
    marks_of,
    stock_policy_of,
)
from clinic.models.discrepancy import discrepancies_of, missing_of
from clinic.rules.count import INVENTORIES, CountKind, Lot
from clinic.rules.refusals import ActionRefused
from clinic.rules.roles import Permission
from clinic.rules.signature import Meaning
from sessions_app.forms.count import CountForm, StockPolicyForm, TextForm
from sessions_app.forms.entry import EntryForm
from sessions_app.models.program import programs_by_code
from sessions_app.presenters.count import KIND_WORDS, cabinet_panel, count_line, counts_page, lot_words
from sessions_app.presenters.discrepancy import discrepancy_line
from sessions_app.presenters.sentences import Reader
from sessions_app.views.entry import place, run_entry
from sessions_app.views.scope import of_facility, of_row
from sessions_app.views.step import Step
from sessions_app.views.supply import supply_url

SHOWN = 30  # counts and discrepancies of a page


def counts_url() -> str:
    return reverse("sessions_app:counts")


@of_facility(Permission.BOOK)
def counts(request: HttpRequest, facility: Facility) -> HttpResponse:
    now, programs = clock.now(), programs_by_code()
    reader = Reader(facility.zone, now)
    said: dict[str, Any] = {"permissions": permissions_at(request.user, facility.pk, at=now)}
    today = now.astimezone(facility.zone).date()
    panels = []
    for cabinet in cabinets_of(facility):
        facts, count = closing_facts(cabinet, day=today, facility=facility)
        closing = closings_of(cabinet).filter(day=today).first()
        inventory = last_inventory(cabinet)
        panels.append(cabinet_panel(cabinet, facts, count, inventory, closing, reader, programs=programs, **said))
    history = [count_line(each, reader, programs) for each in counts_of(facility)[:SHOWN]]
    known = list(discrepancies_of(facility)[:SHOWN])
    missing = missing_of(known)
    lines = [discrepancy_line(each, missing, reader, programs) for each in known]
    context = counts_page(panels, history, lines, stock_policy_of(facility), reader, **said)
    context |= {"supply_url": supply_url(request, facility, now), "at_facility": place(facility)}
    return render(request, "clinic/counts.html", context)


@of_row(Permission.STOCK, cabinets_with_context, "cabinet_id")
def count_cabinet(request: HttpRequest, cabinet: Cabinet) -> HttpResponse:
    lots = lots_to_count(cabinet, at=clock.now())
    return _sheet(request, cabinet, lots, CountKind.DAILY, title=_("Count: %(cabinet)s") % {"cabinet": cabinet})


@of_row(Permission.STOCK, cabinets_with_context, "cabinet_id")
def take_inventory(request: HttpRequest, cabinet: Cabinet) -> HttpResponse:
    """The first of a cabinet is its initial one; those after it are biennial."""
    kind = CountKind.BIENNIAL if last_inventory(cabinet) else CountKind.INITIAL
    title = f"{KIND_WORDS[kind]}: {cabinet}"
    return _sheet(request, cabinet, lots_to_count(cabinet, at=clock.now()), kind, title=title)


@of_row(Permission.STOCK, counts_with_context, "count_id")
def count_again(request: HttpRequest, count: Count) -> HttpResponse:
    """What differed, for whoever counted it; for somebody else everything."""
    person: Any = request.user
    facts = count_facts(count)
    again = person.pk in facts.by
    lots = list(facts.unsettled) if again else lots_to_count(count.cabinet, at=clock.now())
    title = _("Count again: %(cabinet)s") % {"cabinet": count.cabinet}
    return _sheet(request, count.cabinet, lots, CountKind(count.kind), title=title, of=count, whole=not again)


def _sheet(
    request: HttpRequest,
    cabinet: Cabinet,
    lots: list[Lot],
    kind: CountKind,
    *,
    title: str,
    of: Count | None = None,
    whole: bool = True,
) -> HttpResponse:
    def act(form: CountForm, **said: Any) -> Count:
        try:
            return actions.hand_in_count(cabinet=cabinet, kind=kind, of=of, **form.handed_in(), **said)
        except ActionRefused:
            form.mark_anew(marks_of(cabinet, lots))
            raise

    programs = programs_by_code()
    step = Step(
        title=title,
        submit_label=_("Hand in"),
        intro=_("Count what is there. What the book says is not shown until the count is handed in."),
        saved=_("Count"),
        act=act,
        refused_title=_("Not handed in."),
        signs=Meaning.RECORDED if kind in INVENTORIES else None,
    )
    return run_entry(
        request,
        cabinet.facility,
        CountForm,
        step,
        back_url=counts_url(),
        lots={lot: lot_words(lot, programs) for lot in lots},
        marks=marks_of(cabinet, lots),
        programs=programs,
        begins=of is None,
        whole=whole,
    )


@of_row(Permission.STOCK, counts_with_context, "count_id")
def question_count(request: HttpRequest, count: Count) -> HttpResponse:
    step = Step(
        title=_("Open a discrepancy"),
        submit_label=_("Open"),
        intro=_("It names each lot that differs, and by how many. Until it is closed, so is no day of this cabinet."),
        saved=_("Discrepancy"),
        act=lambda form, **said: actions.question_count(count=count, text=form.cleaned_data["text"], **said),
        next_url=lambda opened: reverse("sessions_app:discrepancy", args=[opened[0].pk]),
    )
    return run_entry(request, count.facility, TextForm, step, back_url=counts_url())


@of_row(Permission.STOCK, cabinets_with_context, "cabinet_id")
def close_cabinet(request: HttpRequest, cabinet: Cabinet) -> HttpResponse:
    step = Step(
        title=_("Close the day: %(cabinet)s") % {"cabinet": cabinet},
        submit_label=_("Close the day"),
        intro=_("The cabinet is counted, and everything that was taken out is accounted for."),
        saved=_("The day"),
        act=lambda form, **said: actions.close_cabinet(cabinet=cabinet, **said),
        next_url=lambda _closing: counts_url(),
        refused_title=_("Not closed."),
        signs=Meaning.RECORDED,
    )
    return run_entry(request, cabinet.facility, EntryForm, step, back_url=counts_url())


@of_facility(Permission.MANAGE_FACILITY)
def set_stock_policy(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Numbers of the cabinet"),
        submit_label=_("Save"),
        intro=_("All of them are the clinic's own: no law that is known here sets them."),
        saved=_("Numbers of the cabinet"),
        act=lambda form, **said: actions.set_stock_policy(facility=facility, **form.policy(), **said),
    )
    return run_entry(
        request, facility, StockPolicyForm, step, back_url=counts_url(), in_force=stock_policy_of(facility)
    )
