"""Everybody who works, will work or worked at a facility: their roles there, what they showed, how they sign in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from allauth.mfa.models import Authenticator

from clinic.models.credential import Credential
from clinic.models.facility import Facility
from clinic.models.staff import RoleAssignment, User
from clinic.rules.credentials import CredentialKind, counting_at
from clinic.rules.roles import Role


@dataclass
class Employment:
    """One person at one facility. ``roles`` are all there ever were, ``credentials`` everything the organisation ever
    entered, by kind; each the newest first."""

    person: User
    roles: list[RoleAssignment] = field(default_factory=list)
    credentials: dict[CredentialKind, list[Credential]] = field(default_factory=dict)
    has_second_factor: bool = False

    def held(self, at: datetime) -> list[RoleAssignment]:
        return [each for each in self.roles if each.held_at(at)]

    def planned(self, at: datetime) -> list[RoleAssignment]:
        return [each for each in self.roles if each.starts_at > at and not each.over_at(at)]

    def over(self, at: datetime) -> list[RoleAssignment]:
        return [each for each in self.roles if each.over_at(at)]

    def newest(self, kind: CredentialKind) -> Credential | None:
        """The one that counts."""
        rows = self.credentials.get(kind, [])
        return rows[0] if rows else None

    def entered_by(self, kind: CredentialKind, at: datetime) -> Credential | None:
        """The one that counted at that moment, as far as it was entered by then."""
        return next((row for row in self.credentials.get(kind, []) if row.occurred_at <= at), None)

    def known_of(self, kind: CredentialKind, at: datetime, *, today: date) -> Credential | None:
        """The one that says how it stood at that moment, whenever it was entered; ``today`` is the day of ``at``."""
        rows = self.credentials.get(kind, [])[::-1]
        index = counting_at([(row.occurred_at, row.expires_date) for row in rows], at=at, today=today)
        return rows[index] if index is not None else None


def employments_of(facility: Facility, people: Iterable[User] | None = None) -> list[Employment]:
    """Of everybody who ever held a role at this facility, or of these; by name. A television is nobody."""
    held = RoleAssignment.objects.filter(facility=facility).exclude(role=Role.DISPLAY)
    if people is not None:
        held = held.filter(user__in=[each.pk for each in people])
    found: dict[UUID, Employment] = {}
    rows = held.select_related("user", "granted_by", "ended_by")
    for row in rows.order_by("user__printed_name", "user_id", "-starts_at", "-granted_at"):
        found.setdefault(row.user_id, Employment(row.user)).roles.append(row)
    for credential in credentials_of(found, facility.organisation_id):
        by_kind = found[credential.holder_id].credentials
        by_kind.setdefault(CredentialKind(credential.kind), []).append(credential)
    proven = Authenticator.objects.filter(user__in=found).exclude(type=Authenticator.Type.RECOVERY_CODES)
    for user_id in proven.values_list("user_id", flat=True):
        found[user_id].has_second_factor = True
    return list(found.values())


def credentials_of(holder_ids: Iterable[UUID], organisation_id: UUID) -> Iterable[Credential]:
    """Everything this organisation entered of them, the newest first: the order in which they count."""
    rows = Credential.objects.filter(holder__in=list(holder_ids), facility__organisation=organisation_id)
    return rows.select_related("recorded_by", "document").order_by("-occurred_at", "-id")
