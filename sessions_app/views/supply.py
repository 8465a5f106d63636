"""Whether the devices do for what is booked."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from clinic import clock
from clinic.access import may, permissions_at
from clinic.models import Facility
from clinic.rules.roles import Permission
from sessions_app.models.supply import Need
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.supply import supply_page
from sessions_app.views.entry import place
from sessions_app.views.scope import of_facility


def supply_url(request: HttpRequest, facility: Facility, now: datetime) -> str:
    """For whoever keeps the cabinet."""
    may_see = may(request.user, Permission.STOCK, facility.pk, at=now)
    return reverse("sessions_app:supply") if may_see else ""


@of_facility(Permission.STOCK)
def supply(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    permissions = permissions_at(request.user, facility.pk, at=now)
    context = supply_page(Need(facility, at=now), Reader(facility.zone, now), permissions=permissions)
    return render(request, "clinic/supply.html", {**context, "at_facility": place(facility)})
