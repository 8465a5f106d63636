"""The floor: every chair of the facility at a glance."""

from django.http import HttpRequest, HttpResponse

from clinic import clock
from clinic.access import may
from clinic.models import Facility
from clinic.rules.roles import Permission
from sessions_app.models.day import Day
from sessions_app.presenters.floor import floor_page
from sessions_app.views.live import live_page
from sessions_app.views.scope import of_facility


@of_facility(Permission.VIEW)
def floor(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    context = floor_page(Day(facility, at=now), now=now)
    context["can_check_in"] = may(request.user, Permission.CHECK_IN, facility.pk)
    return live_page(request, "floor", context)
