"""Whose credentials had run out when they did something: as it was then, whatever was renewed since."""

from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from clinic.models.credential import Credential
from clinic.models.facility import Facility
from clinic.models.staff import RoleAssignment
from clinic.rules.credentials import CredentialKind, counting_at, expired
from clinic.rules.roles import LICENSED, Role

_Entries = dict[CredentialKind, list[tuple[datetime, date | None]]]


class Lapses:
    """Of everybody who was ever a nurse or a prescriber at one facility, up to ``at``. One query; roles are read only
    where something of somebody's ever ran out."""

    def __init__(self, facility: Facility, *, at: datetime) -> None:
        self.facility, self.at = facility, at
        self._licensed = RoleAssignment.objects.filter(facility=facility, role__in=[role.value for role in LICENSED])

    @cached_property
    def _entries(self) -> dict[UUID, _Entries]:
        found: dict[UUID, _Entries] = {}
        rows = Credential.objects.filter(
            holder__in=self._licensed.values("user"), facility__organisation=self.facility.organisation_id
        ).order_by("occurred_at", "id")
        for holder, kind, entered, last_day in rows.values_list("holder_id", "kind", "occurred_at", "expires_date"):
            found.setdefault(holder, {}).setdefault(CredentialKind(kind), []).append((entered, last_day))
        today = self._day(self.at)
        ran_out = {
            holder
            for holder, kinds in found.items()
            if any(day is not None and day < today for entries in kinds.values() for _entered, day in entries)
        }
        return {holder: found[holder] for holder in ran_out}

    @cached_property
    def _roles(self) -> list[RoleAssignment]:
        return list(self._licensed.filter(user__in=list(self._entries)))

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.facility.zone).date()

    def of(self, person_id: UUID, at: datetime) -> CredentialKind | None:
        """What had run out of what this person's roles needed at that moment; None where nothing had, or another
        role of theirs was in date."""
        if person_id not in self._entries:
            return None
        today, last_days = self._day(at), dict[CredentialKind, date | None]()
        for kind, entries in self._entries[person_id].items():
            counting = counting_at(entries, at=at, today=today)
            last_days[kind] = entries[counting][1] if counting is not None else None
        held = [Role(each.role) for each in self._roles if each.user_id == person_id and each.held_at(at)]
        over = [expired(role, last_days, today=today) for role in held]
        if not over or not all(over):
            return None
        return next(kind for kind in CredentialKind if kind in over[0])
