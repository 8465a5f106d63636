"""What a person shows to work in a role: licence, DEA registration, REMS training."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from clinic.constraints import ProtectedForeignKey, state_known
from clinic.models.entry import ClinicalRow
from clinic.models.staff import RoleAssignment, User
from clinic.prepared import Prepared
from clinic.rules.credentials import CredentialKind, Expiries, ending, licensed_in, permissions_in
from clinic.rules.roles import Permission, Role


class Credential(ClinicalRow):
    """One credential of one person, as somebody entered it here. The newest of its kind counts, in the whole
    organisation; ``expires_date`` is its last day, none where it has no end. ``document``: the paper itself."""

    holder = ProtectedForeignKey(User, related_name="credentials")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in CredentialKind])
    number = models.CharField(max_length=40, blank=True)
    issued_by = models.CharField(max_length=80, blank=True)
    expires_date = models.DateField(null=True)
    document = ProtectedForeignKey("clinic.Document", null=True, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("kind", list(CredentialKind), name="credential_kind_known"),
        ]
        indexes = [models.Index(fields=("holder", "kind", "occurred_at"), name="credential_latest")]


@dataclass(frozen=True)
class HeldWith:
    """A role assignment beside what is on record of its holder's credentials. ``ends_at``: by its term or by
    somebody, whichever came first; ``ended``: by somebody."""

    user_id: UUID
    facility_id: UUID
    role: Role
    starts_at: datetime
    ends_at: datetime | None
    ended: bool
    zone: ZoneInfo
    credentials: tuple[tuple[CredentialKind, date | None, datetime], ...]
    # Held by no role: what a broken glass lets see in this one request, and no more.
    only: frozenset[Permission] | None = None

    def at(self, at: datetime) -> bool:
        """Whether it was held at that moment."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    def expiries(self, at: datetime) -> Expiries:
        """The last days as they stood at that moment; what was entered later says nothing about it."""
        return {kind: day for kind, day, entered_at in self.credentials if entered_at <= at}

    def permissions(self, at: datetime) -> frozenset[Permission]:
        if self.only is not None:
            return self.only
        return permissions_in(self.role, self.expiries(at), today=self._day(at))

    def licensed(self, at: datetime) -> bool:
        return licensed_in(self.role, self.expiries(at), today=self._day(at))

    def ending(self, at: datetime) -> dict[CredentialKind, int]:
        """Those this role needs that are over or will be soon, with the days left."""
        return ending(self.role, self.expiries(at), today=self._day(at))

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def with_expiries(assignments: QuerySet[RoleAssignment]) -> list[HeldWith]:
    """In one query: whose roles, and what their credentials say in the facility's organisation."""
    return [_held_with(*row) for row in _rows(assignments)]


def ever_held_by(user_id: UUID) -> list[HeldWith]:
    """Every role of one person; asked by every request."""
    return [_held_with(*row) for row in _OF_ONE.read(user_id=user_id)]


def ever_held_at(facility_id: UUID, role: Role) -> list[HeldWith]:
    """Whoever holds this role here, or ever held it, or will."""
    return [_held_with(*row) for row in _OF_ROLE.read(facility_id=facility_id, role=role.value)]


def _rows(assignments: QuerySet[RoleAssignment]) -> QuerySet[RoleAssignment, Any]:
    on_record = Credential.objects.filter(
        holder=OuterRef("user"), facility__organisation=OuterRef("facility__organisation")
    )
    said = JSONObject(kind="kind", day="expires_date", entered_at="occurred_at")
    rows = assignments.annotate(said=ArraySubquery(on_record.order_by("occurred_at", "id").values(said=said)))
    return rows.values_list(
        "user_id", "facility_id", "role", "starts_at", "ends_at", "ended_at", "facility__time_zone", "said"
    )


def _of_one(user_id: UUID) -> QuerySet[RoleAssignment, Any]:
    return _rows(RoleAssignment.objects.filter(user_id=user_id))


def _of_role(facility_id: UUID, role: str) -> QuerySet[RoleAssignment, Any]:
    return _rows(RoleAssignment.objects.filter(facility=facility_id, role=role))


_OF_ONE = Prepared(_of_one, user_id=UUID)
_OF_ROLE = Prepared(_of_role, facility_id=UUID, role=str)


def _held_with(
    user: UUID,
    facility: UUID,
    role: str,
    starts: datetime,
    ends: datetime | None,
    ended: datetime | None,
    zone: str,
    credentials: list[dict[str, Any]],
) -> HeldWith:
    ends_at = min((at for at in (ends, ended) if at), default=None)
    said = tuple(_credential(each) for each in credentials)
    return HeldWith(user, facility, Role(role), starts, ends_at, bool(ended), ZoneInfo(zone), said)


def _credential(said: dict[str, Any]) -> tuple[CredentialKind, date | None, datetime]:
    day = said["day"]
    return (
        CredentialKind(said["kind"]),
        date.fromisoformat(day) if day else None,
        datetime.fromisoformat(said["entered_at"]),
    )
