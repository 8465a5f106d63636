"""Everybody who works, will work or worked at a facility: their roles there, what they showed, how they sign in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator

from clinic.models.credential import Credential
from clinic.models.facility import Facility
from clinic.models.staff import RoleAssignment, User
from clinic.rules.credentials import CredentialKind
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
        return [each for each in self.roles if each.starts_at <= at and _goes_on(each, at)]

    def planned(self, at: datetime) -> list[RoleAssignment]:
        return [each for each in self.roles if each.starts_at > at and _goes_on(each, at)]

    def over(self, at: datetime) -> list[RoleAssignment]:
        return [each for each in self.roles if not _goes_on(each, at)]

    def newest(self, kind: CredentialKind) -> Credential | None:
        """The one that counts."""
        rows = self.credentials.get(kind, [])
        return rows[0] if rows else None


def _goes_on(assignment: RoleAssignment, at: datetime) -> bool:
    ends = [end for end in (assignment.ends_at, assignment.ended_at) if end is not None]
    return not ends or at < min(ends)


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
