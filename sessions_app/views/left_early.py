"""Everybody who left early in a month, and whatever else did not go by the rule; on paper and as a file too."""

from datetime import date, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinic import clock
from clinic.limits import limited
from clinic.models import Facility
from clinic.presenters.spreadsheet import csv_text
from clinic.rules.local_time import day_span
from clinic.rules.roles import Permission
from sessions_app.models.exception import exceptions_between
from sessions_app.models.follow_up import left_early_between
from sessions_app.presenters.exception import HEAD, exceptions_part, month_lines
from sessions_app.presenters.left_early import left_early_page
from sessions_app.presenters.sentences import Reader
from sessions_app.views.paper_file import CSV, Paper, hand_out
from sessions_app.views.scope import of_facility


@of_facility(Permission.READ_CHART)
def left_early(request: HttpRequest, facility: Facility) -> HttpResponse:
    reader = Reader(facility.zone, clock.now())
    month, begins_at, ends_at = _asked(request, reader)
    found = left_early_between(facility, begins_at, ends_at)
    excepted = exceptions_between(facility, begins_at, ends_at)
    context = {
        **left_early_page(facility, month, found, reader, printed_by=str(request.user)),
        **exceptions_part(excepted, month, reader, chosen=request.GET.get("of", "")),
    }
    return render(request, "sessions_app/left_early.html", context)


@of_facility(Permission.READ_CHART)
@limited("export")
def left_early_csv(request: HttpRequest, facility: Facility) -> HttpResponse:
    """That it was taken is in the audit, and with each patient who stands in it."""
    reader = Reader(facility.zone, clock.now())
    month, begins_at, ends_at = _asked(request, reader)
    found = left_early_between(facility, begins_at, ends_at)
    excepted = exceptions_between(facility, begins_at, ends_at)
    content = csv_text(HEAD, month_lines(found, excepted, reader))
    patients = {record.dosing_session.patient for record, _row in (*found, *excepted)}
    name = f"exceptions-{month:%Y-%m}"
    paper = Paper(_("Left early and exceptions"), name, content.encode(), tuple(patients), CSV)
    return hand_out(request, facility, paper, now=reader.now)


def _asked(request: HttpRequest, reader: Reader) -> tuple[date, datetime, datetime]:
    today = reader.now.astimezone(reader.zone).date()
    month = _month(request.GET.get("month", ""), today=today)
    last_day = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return month, day_span(month, reader.zone)[0], day_span(last_day, reader.zone)[1]


def _month(said: str, *, today: date) -> date:
    """``2026-04`` by its first day; this month where nothing is said. Raises Http404 for what is no month."""
    try:
        month = (date.fromisoformat(f"{said}-01") if said else today).replace(day=1)
    except ValueError:
        raise Http404 from None
    if not 2000 <= month.year < 2200:
        raise Http404
    return month
