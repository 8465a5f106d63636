"""Everybody who left early in a month."""

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from clinic import clock
from clinic.models import Facility
from clinic.rules.local_time import day_span
from clinic.rules.roles import Permission
from sessions_app.models.follow_up import left_early_between
from sessions_app.presenters.left_early import left_early_page
from sessions_app.presenters.sentences import Reader
from sessions_app.views.scope import of_facility


@of_facility(Permission.READ_CHART)
def left_early(request: HttpRequest, facility: Facility) -> HttpResponse:
    now, zone = clock.now(), facility.zone
    month = _month(request.GET.get("month", ""), today=now.astimezone(zone).date())
    last_day = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    found = left_early_between(facility, day_span(month, zone)[0], day_span(last_day, zone)[1])
    context = left_early_page(facility, month, found, Reader(zone, now), printed_by=str(request.user))
    return render(request, "sessions_app/left_early.html", context)


def _month(said: str, *, today: date) -> date:
    """``2026-04`` by its first day; this month where nothing is said. Raises Http404 for what is no month."""
    try:
        month = (date.fromisoformat(f"{said}-01") if said else today).replace(day=1)
    except ValueError:
        raise Http404 from None
    if not 2000 <= month.year < 2200:
        raise Http404
    return month
