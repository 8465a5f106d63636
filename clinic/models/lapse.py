"""Whose credentials had run out when they did something: as it was then, whatever was renewed since."""

from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clinic.models.credential import Credential
from clinic.models.facility import Facility
from clinic.models.staff import RoleAssignment
from clinic.prepared import Prepared
from clinic.rules.credentials import CredentialKind, counting_at, expired
from clinic.rules.roles import LICENSED, Role

_Entries = dict[CredentialKind, list[tuple[datetime, date | None]]]


def _licensed(facility_id: UUID) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.filter(facility=facility_id, role__in=[role.value for role in LICENSED])


def _on_record(facility_id: UUID, organisation_id: UUID) -> QuerySet[Credential, Any]:
    holders = _licensed(facility_id).values("user")
    rows = Credential.objects.filter(holder__in=holders, facility__organisation=organisation_id)
    return rows.order_by("occurred_at", "id").values_list("holder_id", "kind", "occurred_at", "expires_date")


_ON_RECORD = Prepared(_on_record, facility_id=UUID, organisation_id=UUID)


class Lapses:
    """Of everybody who was ever a nurse or a prescriber at one facility, up to ``at``. One query; roles are read only
    where something of somebody's ever ran out."""

    def __init__(self, facility: Facility, *, at: datetime) -> None:
        self.facility, self.at = facility, at

    @cached_property
    def _entries(self) -> dict[UUID, _Entries]:
        found: dict[UUID, _Entries] = {}
        asked = {"facility_id": self.facility.pk, "organisation_id": self.facility.organisation_id}
        for holder, kind, entered, last_day in _ON_RECORD.read(**asked):
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
        return list(_licensed(self.facility.pk).filter(user__in=list(self._entries)))

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
