"""All facilities that somebody runs, as a list; on paper and as a file too."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from clinic import clock
from clinic.access import facilities_of, may
from clinic.actions.portfolio import export_portfolio
from clinic.limits import limited
from clinic.models import Facility
from clinic.presenters.spreadsheet import csv_text
from clinic.rules.roles import Permission
from sessions_app.models.portfolio import standings
from sessions_app.presenters.portfolio import HEAD, asked_of, chosen, portfolio_lines, portfolio_page
from sessions_app.presenters.sentences import Reader
from sessions_app.views.entry import place
from sessions_app.views.scope import anywhere, current_facility


@anywhere(Permission.MANAGE_FACILITY)
def portfolio(request: HttpRequest) -> HttpResponse:
    now, asked = clock.now(), asked_of(request.GET)
    facility = current_facility(request, at=now)
    everything = standings(run_by(request.user, now), at=now)
    reader = Reader(facility.zone, now)
    context = portfolio_page(chosen(everything, asked), everything, asked, reader, printed_by=str(request.user))
    return render(request, "clinic/portfolio.html", {**context, "at_facility": place(facility)})


@anywhere(Permission.MANAGE_FACILITY)
@limited("export")
def portfolio_csv(request: HttpRequest) -> HttpResponse:
    """That it was taken is in the audit, with its digest: exports are logged too."""
    now, asked = clock.now(), asked_of(request.GET)
    facility, facilities = current_facility(request, at=now), run_by(request.user, now)
    content = csv_text(HEAD, portfolio_lines(chosen(standings(facilities, at=now), asked), now))
    by: Any = request.user
    export_portfolio(facilities=facilities, content=content, asked=asked, by=by, now=now)
    name = f"facilities-{now.astimezone(facility.zone).date()}.csv"
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def run_by(user: Any, at: datetime) -> list[Facility]:
    """The facilities where this person decides."""
    return [each for each in facilities_of(user, at=at) if may(user, Permission.MANAGE_FACILITY, each.pk, at=at)]
