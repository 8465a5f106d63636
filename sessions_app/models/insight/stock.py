"""What became of the devices of some facilities in a period, of the days that are kept (models/insight/keeping.py)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q, Sum

from clinic.rules.book import ON_HAND
from clinic.rules.cabinet import Place
from sessions_app.models.insight.keeping import keep_lines
from sessions_app.models.session_line import StockDay

TOLD = (Place.ADMINISTERED, Place.FAILED, Place.WASTED, Place.RETURNED, Place.LOST)


def stock_of(facility_ids: Sequence[UUID], first: date, last: date) -> dict[UUID, dict[str, int]]:
    """Of each: ``on_hand`` at its end, ``received`` in it, and by place how many went there, net of what was taken
    back. Both days included, by the facilities' own calendars."""
    keep_lines(facility_ids)
    rows = StockDay.objects.filter(facility__in=facility_ids, day__lte=last).order_by()
    within = Sum("count", filter=Q(day__gte=first), default=0)
    flows: dict[UUID, list[tuple[str, str, int, int]]] = {each: [] for each in facility_ids}
    by_way = rows.values_list("facility", "from_place", "to_place").annotate(ever=Sum("count"), within=within)
    for facility_id, *flow in by_way:
        flows[facility_id].append(tuple(flow))
    return {facility_id: _told(of) for facility_id, of in flows.items()}


def _told(flows: list[tuple[str, str, int, int]]) -> dict[str, int]:
    on_hand = sum(((end in ON_HAND) - (start in ON_HAND)) * ever for start, end, ever, _within in flows)
    gone = {
        place.value: sum(((end == place) - (start == place)) * count for start, end, _ever, count in flows)
        for place in TOLD
    }
    received = sum(((start == Place.SUPPLIER) - (end == Place.SUPPLIER)) * count for start, end, _ever, count in flows)
    return {"on_hand": on_hand, "received": received, **gone}
