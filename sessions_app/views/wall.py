"""The wall: the chairs on a television."""

from django.http import HttpRequest, HttpResponse

from clinic import clock
from clinic.access import sequence_of
from clinic.models import Facility
from clinic.rules.roles import Permission
from sessions_app.models.day import Day
from sessions_app.presenters.floor import board_of
from sessions_app.presenters.wall import wall_page
from sessions_app.views.live import Version, live_page
from sessions_app.views.scope import of_facility


@of_facility(Permission.WALL)
def wall(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Dark, as a television in a dim room wants it; ``?theme=light`` for a bright one."""
    sequence, now = sequence_of(facility.pk), clock.now()
    day = Day(facility, at=now)
    board = board_of(day, now=now, chart=True)
    theme = "light" if request.GET.get("theme") == "light" else "dark"
    context = {**wall_page(day, board, now=now), "theme": theme}
    return live_page(
        request, "wall", context, Version(Permission.WALL, facility.pk, sequence, board.good_until(now=now))
    )
