"""The floor: every chair of the facility at a glance."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clinic import clock
from clinic.access import permissions_at, sequence_of
from clinic.models import Facility
from clinic.rules.roles import Permission
from clinic.views.audience import kept_offline
from sessions_app.models.day import Day
from sessions_app.presenters.alarm import floor_alarms
from sessions_app.presenters.floor import BY_CHAIR, BY_URGENCY, board_of, floor_page
from sessions_app.rules.floor import next_turn
from sessions_app.views.live import ORDER_COOKIE, Version, live_page, sight
from sessions_app.views.scope import of_facility

ORDER_KEPT = timedelta(days=400)


@kept_offline
@of_facility(Permission.VIEW)
def floor(request: HttpRequest, facility: Facility) -> HttpResponse:
    sequence, now, order = sequence_of(facility.pk), clock.now(), _order(request)
    day = Day(facility, at=now)
    permissions = permissions_at(request.user, facility.pk, at=clock.now())
    board = board_of(day, now=now, chart=Permission.READ_CHART in permissions)
    context = floor_page(day, board, now=now, order=order, permissions=permissions)
    alarms = floor_alarms(day, permissions=permissions)
    good_until = next_turn([board.good_until(now=now), *alarms.pop("turns")], now=now) or now
    version = Version(sight(permissions), facility.pk, sequence, good_until)
    response = live_page(request, "floor", {**context, "alarms": alarms}, version)
    if request.GET.get("order") == order:
        response.set_cookie(
            ORDER_COOKIE, order, max_age=ORDER_KEPT, secure=settings.OVER_HTTPS, httponly=True, samesite="Lax"
        )
    return response


def _order(request: HttpRequest) -> str:
    """As asked, else as this device was last asked; a telephone shows one column, the most urgent first."""
    for asked in (request.GET.get("order"), request.COOKIES.get(ORDER_COOKIE)):
        if asked in (BY_CHAIR, BY_URGENCY):
            return str(asked)
    return BY_URGENCY if "Mobi" in request.headers.get("User-Agent", "") else BY_CHAIR
