"""The rooms of facilities as they were said to be, for how long their chairs stood open: three queries for all."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from clinic.models import Facility
from sessions_app.models.diary import Closure, DiarySetting, closed_days
from sessions_app.models.floor import ChairList
from sessions_app.rules.chair_use import Room, open_minutes
from sessions_app.rules.diary import ClosedDays, OpeningHours


def open_chairs(facilities: Iterable[Facility], first: date, last: date) -> dict[tuple[UUID, date], int]:
    """Minutes by facility and month."""
    zones = {each.pk: each.zone for each in facilities}
    hours: dict[UUID, list[tuple[date, OpeningHours | None]]] = defaultdict(list)
    for setting in DiarySetting.objects.filter(facility__in=zones).order_by("occurred_at", "id"):
        day = setting.occurred_at.astimezone(zones[setting.facility_id]).date()
        hours[setting.facility_id].append((day, setting.hours))
    chairs: dict[UUID, list[tuple[date, int]]] = defaultdict(list)
    for room in ChairList.objects.filter(facility__in=zones).order_by("occurred_at", "id"):
        chairs[room.facility_id].append((room.occurred_at.astimezone(zones[room.facility_id]).date(), len(room.chairs)))
    closed: dict[UUID, list[ClosedDays]] = defaultdict(list)
    for closure in Closure.objects.filter(
        facility__in=zones, withdrawal=None, first_date__lte=last, last_date__gte=first
    ):
        closed[closure.facility_id] += closed_days([closure])
    return {
        (key, month): minutes
        for key in zones
        for month, minutes in open_minutes(Room(hours[key], chairs[key], closed[key]), first, last).items()
    }
