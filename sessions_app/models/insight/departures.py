"""How well past expected departures held: each judged by what was known before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from clinic.models import Facility
from sessions_app.models.expected_departure import stays_of
from sessions_app.models.insight.base import Scope
from sessions_app.rules.expected_departure import back_tested
from sessions_app.rules.proportion import Proportion


@dataclass(frozen=True)
class Held:
    """Sessions of the period for which something would have been said, the newest first."""

    inside: tuple[tuple[date, UUID], ...]
    outside: tuple[tuple[date, UUID], ...]

    @property
    def share(self) -> Proportion:
        return Proportion(len(self.inside), len(self.inside) + len(self.outside))

    @property
    def by_month(self) -> dict[date, Proportion]:
        inside, outside = ([day.replace(day=1) for day, _id in part] for part in (self.inside, self.outside))
        months = sorted({*inside, *outside})
        return {month: Proportion(inside.count(month), inside.count(month) + outside.count(month)) for month in months}


def held(scope: Scope, facilities: Iterable[Facility]) -> Held:
    zones = {each.pk: each.zone for each in facilities}
    inside: list[tuple[date, UUID]] = []
    outside: list[tuple[date, UUID]] = []
    for stay, expected in back_tested(stays_of(scope.facility_ids, scope.program_code, until=scope.last)):
        day = stay.began_at.astimezone(zones[stay.facility_id]).date()
        if expected is not None and scope.first <= day <= scope.last:
            (inside if expected.holds(stay.left_at) else outside).append((day, stay.session_id))
    return Held(tuple(reversed(inside)), tuple(reversed(outside)))
