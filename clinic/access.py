"""Who may do what where. Roles are code (``rules/roles.py``), assignments are data, and another facility's
record does not exist."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from clinic.models import AuditChain, Facility, Patient, RoleAssignment, SignIn, User
from clinic.rules.roles import LICENSED, ROLE_PERMISSIONS, TWO_COMPONENTS, Permission, Role

Somebody = User | AbstractBaseUser | AnonymousUser


class OfFacility(Protocol):
    facility_id: UUID


def roles_of(user: Somebody) -> dict[UUID, frozenset[Role]]:
    """The roles this person holds now, by facility. Read once per request and kept on the user object."""
    if not user.is_authenticated or not user.is_active:
        return {}
    held: dict[UUID, frozenset[Role]] | None = getattr(user, "_roles_held", None)
    if held is None:
        held = {}
        rows = RoleAssignment.objects.filter(user_id=user.pk, ended_at__isnull=True)
        for facility_id, role in rows.values_list("facility_id", "role"):
            held[facility_id] = held.get(facility_id, frozenset()) | {Role(role)}
        user.__dict__["_roles_held"] = held
    return held


def forget_roles(user: Somebody) -> None:
    """What was read of this person's roles no longer holds: one was granted or ended."""
    user.__dict__.pop("_roles_held", None)


def may(user: Somebody, permission: Permission, facility_id: UUID) -> bool:
    """Whether this person may do this at this facility."""
    return any(permission in ROLE_PERMISSIONS[role] for role in roles_of(user).get(facility_id, ()))


def demand(user: Somebody, permission: Permission, facility_id: UUID) -> None:
    """Raise PermissionDenied (403) where ``may`` says no."""
    if not may(user, permission, facility_id):
        raise PermissionDenied(permission.value)


def demand_anywhere(user: Somebody, permission: Permission) -> None:
    """Raise PermissionDenied where this person may not do this at any facility."""
    if not any(may(user, permission, facility_id) for facility_id in roles_of(user)):
        raise PermissionDenied(permission.value)


def demand_own_patient(patient: Patient, facility: Facility) -> None:
    """Raise PermissionDenied for a patient of another organisation, who does not exist here."""
    if patient.organisation_id != facility.organisation_id:
        raise PermissionDenied("a patient of another organisation")


def permissions_at(user: Somebody, facility_id: UUID) -> frozenset[Permission]:
    """Everything this person may do at this facility."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles_of(user).get(facility_id, ())))


def is_licensed(user: Somebody, facility_id: UUID) -> bool:
    """A nurse or a prescriber at this facility: who may record an exception, a deviation, a readiness."""
    return bool(roles_of(user).get(facility_id, frozenset()) & LICENSED)


def is_display(user: Somebody) -> bool:
    """A television: whatever role this sign-in holds, anywhere, is a display's."""
    held = roles_of(user)
    return bool(held) and all(roles == {Role.DISPLAY} for roles in held.values())


def second_factor_demanded(user: Somebody) -> bool:
    """Whether some role they hold may dose, discharge or administer: by the role, whatever else takes that away."""
    held = frozenset().union(*roles_of(user).values())
    return any(ROLE_PERMISSIONS[role] & TWO_COMPONENTS for role in held)


def facilities_of(user: Somebody) -> QuerySet[Facility]:
    """The facilities where this person holds any role."""
    return Facility.objects.filter(pk__in=roles_of(user).keys()).order_by("name")


def get_scoped_or_404(queryset: QuerySet[Any], user: Somebody, **lookup: object) -> Any:
    """A record of one of this person's facilities; any other is 404, as if it were not there."""
    return get_object_or_404(queryset.filter(facility_id__in=roles_of(user).keys()), **lookup)


def sequence_of(facility_id: UUID) -> int:
    """The number of the last thing written at this facility: it grows with every action, in its own transaction."""
    return AuditChain.objects.values_list("last_sequence", flat=True).get(facility=facility_id)


def sequence_seen_by(
    user_id: UUID, permission: Permission, facility_id: UUID, *, session_key: str, at: datetime
) -> tuple[int, str] | None:
    """``sequence_of``, and this person's password as stored, in one small query; None where they are signed out or no
    longer active, or hold no role with this permission here."""
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]
    chain = AuditChain.objects.filter(facility=facility_id).values("last_sequence")
    signed_in = SignIn.objects.filter(session_key=session_key, user=user_id, expire_date__gt=at)
    held = RoleAssignment.objects.filter(
        Exists(signed_in), user=user_id, user__is_active=True, facility=facility_id, role__in=roles, ended_at=None
    )
    return held.values_list(Subquery(chain), "user__password").first()


class RoleBackend:
    """Answers ``user.has_perm(permission, obj)`` for Django: the object's facility decides."""

    def authenticate(self, request: Any, **credentials: object) -> None:
        return None

    def has_perm(self, user: Somebody, perm: str, obj: Model | None = None) -> bool:
        if obj is None or perm not in list(Permission):
            return False
        facility_id = obj.pk if isinstance(obj, Facility) else getattr(obj, "facility_id", None)
        return facility_id is not None and may(user, Permission(perm), facility_id)
