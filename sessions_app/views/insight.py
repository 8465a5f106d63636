"""What the clinic's own sessions say, beside what was published; and the sessions behind each number."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import facilities_of, may
from clinic.limits import limited
from clinic.models import Facility
from clinic.presenters.spreadsheet import csv_text
from clinic.rules.roles import Permission
from sessions_app.forms.count import PeriodForm
from sessions_app.models.insight.base import AT_ONCE, Found, Scope, listed_patients, listed_sessions, those_that
from sessions_app.models.insight.departures import held as departures_held
from sessions_app.models.insight.national import counted
from sessions_app.models.insight.rooms import open_chairs
from sessions_app.models.insight.stock import stock_of
from sessions_app.presenters.book import print_line
from sessions_app.presenters.insight import Told, csv_lines, insight_page
from sessions_app.presenters.insight_list import patient_lines, session_lines, value_words
from sessions_app.presenters.insight_months import DEPARTURE_WORDS, INSIDE, Months
from sessions_app.presenters.insight_words import CUT_WORDS, HEAD, WORDS
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.insight import Own, condition_of
from sessions_app.rules.national import PROGRAM, Condition
from sessions_app.views import opened
from sessions_app.views.entry import place
from sessions_app.views.paper_file import CSV, Paper, hand_out
from sessions_app.views.scope import of_facility

YEAR = timedelta(days=365)


@of_facility(Permission.INSIGHT)
def insight(request: HttpRequest, facility: Facility) -> HttpResponse:
    reader = Reader(facility.zone, clock.now())
    scope, form, held = _asked(request, facility, reader)
    told = _told(request, scope, held, reader)
    months = _months(told, scope, facility, held, reader)
    context = {
        **insight_page(told),
        "months": months.panels,
        "stock": months.stock_panel,
        "form": form,
        "where": request.GET.get("where", "here"),
        "several": len(held) > 1,
        "print_line": print_line(facility, told.period, reader, str(request.user)),
        "at_facility": place(facility),
    }
    return render(request, "sessions_app/insight.html", context)


@of_facility(Permission.READ_CHART)
def sessions(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Those that a number counts; each page of them is written down as read."""
    reader = Reader(facility.zone, clock.now())
    scope, _form, held = _asked(request, facility, reader)
    if not _reads(request, scope.facility_ids, reader):
        raise Http404
    figure, cut, among = (
        request.GET.get("of") or Own.ALL.value,
        request.GET.get("cut", ""),
        request.GET.get("among", ""),
    )
    page = _page(request.GET.get("page", ""))
    condition, found = _found(scope, held, figure, cut, among, page)
    values = {each.id: value_words(condition.value, each.value) for each in found[:AT_ONCE]}
    if condition.of_patients:
        patients = listed_patients(values)
        opened.note(request, values, facility.pk, at=reader.now)
        rows = patient_lines(patients, values)
    else:
        listed = listed_sessions(values)
        for each in held:
            seen = [row.patient_id for row in listed if row.facility_id == each.pk]
            if seen:
                opened.note(request, seen, each.pk, at=reader.now)
        rows = session_lines(listed, values)
    told = Told(None, scope, place=_where(held, scope), reads=True)
    figure_words = DEPARTURE_WORDS[figure] if figure in DEPARTURE_WORDS else WORDS[figure][0]
    context = {
        "words": ", ".join(str(each) for each in (figure_words, *([CUT_WORDS[cut]] if cut else []))),
        "among": among,
        "means": told.means(figure) if figure in WORDS else "",
        "in_order": condition.value,
        "told": told,
        "rows": rows,
        "back": told.asked(),
        "more": told.asked(of=figure, cut=cut, among=among, page=str(page + 1)) if len(found) > AT_ONCE else "",
        "less": told.asked(of=figure, cut=cut, among=among, page=str(page - 1)) if page > 1 else "",
        "at_facility": place(facility),
    }
    return render(request, "sessions_app/insight_sessions.html", context)


@of_facility(Permission.INSIGHT)
@limited("export")
def csv(request: HttpRequest, facility: Facility) -> HttpResponse:
    reader = Reader(facility.zone, clock.now())
    scope, _form, held = _asked(request, facility, reader)
    told = _told(request, scope, held, reader)
    lines = csv_lines(told) + _months(told, scope, facility, held, reader).csv_lines
    content = csv_text(HEAD, lines).encode()
    name = f"sessions-{scope.first}-{scope.last}"
    paper = Paper(_("What was counted of the sessions"), name, content, (), CSV, Permission.INSIGHT)
    return hand_out(request, facility, paper, now=reader.now)


def _asked(request: HttpRequest, facility: Facility, reader: Reader) -> tuple[Scope, PeriodForm, list[Facility]]:
    """The last year at this facility, where nothing else is asked; ``where=all``: at every one of this person's in the
    organisation."""
    today = reader.now.astimezone(facility.zone).date()
    days = (today - YEAR, today)
    form = PeriodForm(request.GET if "first" in request.GET else {"first": days[0], "last": days[1]})
    if form.is_valid():
        asked: tuple[date, date] = (form.cleaned_data["first"], form.cleaned_data["last"])
        if asked[0] <= asked[1]:
            days = asked
        else:
            form.add_error("last", _("Not before the first day."))
    held = [
        each
        for each in facilities_of(request.user, at=reader.now).filter(organisation=facility.organisation_id)
        if may(request.user, Permission.INSIGHT, each.pk, at=reader.now)
    ]
    everywhere = request.GET.get("where") == "all"
    chosen = tuple(each.pk for each in held) if everywhere else (facility.pk,)
    return Scope(chosen, PROGRAM, *days, at=reader.now), form, held


def _found(
    scope: Scope, held: list[Facility], figure: str, cut: str, among: str, page: int
) -> tuple[Condition, list[Found]]:
    """A page of them, and one more where there is another page."""
    if figure in DEPARTURE_WORDS and not cut:
        departures = departures_held(scope, held)
        part = departures.inside if figure == INSIDE else departures.outside
        return Condition("true"), [Found(key, None) for _day, key in part][AT_ONCE * (page - 1) : AT_ONCE * page + 1]
    condition = condition_of(figure, cut, everybody=among == "all")
    if condition is None:
        raise Http404
    return condition, those_that(scope, condition, page=page)


def _months(told: Told, scope: Scope, facility: Facility, held: list[Facility], reader: Reader) -> Months:
    chosen = [each for each in held if each.pk in scope.facility_ids]
    today = reader.now.astimezone(facility.zone).date()
    return Months(
        told,
        open_chairs=open_chairs(chosen, scope.first, min(scope.last, today)),
        held=departures_held(scope, chosen),
        stock=stock_of(scope.facility_ids, scope.first, scope.last),
        names={each.pk: each.name for each in chosen},
        here=facility.pk,
    )


def _told(request: HttpRequest, scope: Scope, held: list[Facility], reader: Reader) -> Told:
    reads = _reads(request, scope.facility_ids, reader)
    return Told(counted(scope), scope, place=_where(held, scope), reads=reads)


def _where(held: list[Facility], scope: Scope) -> str:
    return ", ".join(each.name for each in held if each.pk in scope.facility_ids)


def _reads(request: HttpRequest, facility_ids: tuple[UUID, ...], reader: Reader) -> bool:
    user: Any = request.user
    return all(may(user, Permission.READ_CHART, each, at=reader.now) for each in facility_ids)


def _page(said: str) -> int:
    return max(1, int(said)) if said.isascii() and said.isdigit() and len(said) < 6 else 1
