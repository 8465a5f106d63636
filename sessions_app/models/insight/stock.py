"""What became of the devices of some facilities in a period: one query."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from clinic.models import StockMovement
from clinic.rules.book import ON_HAND
from clinic.rules.cabinet import Place

TOLD = (Place.ADMINISTERED, Place.FAILED, Place.WASTED, Place.RETURNED, Place.LOST)


def stock_of(facility_ids: Sequence[UUID], begins: datetime, ends: datetime) -> dict[UUID, dict[str, int]]:
    """Of each: ``on_hand`` at its end, ``received`` in it, and by place how many went there, net of what was taken
    back."""
    rows = StockMovement.objects.filter(facility__in=facility_ids, occurred_at__lt=ends).order_by()
    within = Count("pk", filter=Q(occurred_at__gte=begins))
    flows: dict[UUID, list[tuple[str, str, int, int]]] = {each: [] for each in facility_ids}
    by_way = rows.values_list("facility", "from_place", "to_place").annotate(ever=Count("pk"), within=within)
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
