"""What a person shows to work in a role: licence, DEA registration, REMS training."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery

from clinic.constraints import ProtectedForeignKey, state_known
from clinic.models.entry import ClinicalRow
from clinic.models.staff import RoleAssignment, User
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
    """A role assignment beside the last days of its holder's credentials."""

    user_id: UUID
    facility_id: UUID
    role: Role
    starts_at: datetime
    ends_at: datetime | None
    zone: ZoneInfo
    expiries: Expiries

    def at(self, at: datetime) -> bool:
        """Whether it is held at that moment (one that nobody has ended)."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    def permissions(self, at: datetime) -> frozenset[Permission]:
        return permissions_in(self.role, self.expiries, today=self._day(at))

    def licensed(self, at: datetime) -> bool:
        return licensed_in(self.role, self.expiries, today=self._day(at))

    def ending(self, at: datetime) -> dict[CredentialKind, int]:
        """Those this role needs that are over or will be soon, with the days left."""
        return ending(self.role, self.expiries, today=self._day(at))

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def with_expiries(assignments: QuerySet[RoleAssignment]) -> list[HeldWith]:
    """In one query: whose roles, and what their credentials say in the facility's organisation."""
    newest = {f"{kind.value.lower()}_expires": _expiry(kind) for kind in CredentialKind}
    rows = assignments.annotate(**newest).values_list(
        "user_id", "facility_id", "role", "starts_at", "ends_at", "facility__time_zone", *newest
    )
    return [
        HeldWith(user, facility, Role(role), starts, ends, ZoneInfo(zone), dict(zip(CredentialKind, days, strict=True)))
        for user, facility, role, starts, ends, zone, *days in rows
    ]


def _expiry(kind: CredentialKind) -> Subquery:
    organisation = OuterRef("facility__organisation")
    rows = Credential.objects.filter(holder=OuterRef("user"), kind=kind, facility__organisation=organisation)
    return Subquery(rows.order_by("-occurred_at", "-id").values("expires_date")[:1])
