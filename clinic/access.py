"""Who may do what where. Roles are code (``rules/roles.py``), assignments are data, and another facility's
record does not exist."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Q, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from clinic.models import (
    AuditChain,
    AuditEvent,
    BreakGlass,
    Facility,
    Patient,
    RoleAssignment,
    SignIn,
    Tablet,
    TabletHeard,
    User,
)
from clinic.models.credential import HeldWith, ever_held_by
from clinic.prepared import Prepared
from clinic.rules.roles import LICENSED, ROLE_PERMISSIONS, THROUGH_GLASS, TWO_COMPONENTS, Permission, Role

LAPSED = "lapsed"
Somebody = User | AbstractBaseUser | AnonymousUser


def _held(user: Somebody) -> list[HeldWith]:
    """Every role this person holds or ever held, with what their credentials say. Read once per request and kept on
    the user object. Nobody who is not active holds any."""
    if not user.is_authenticated or not user.is_active:
        return []
    only = _works_only_at(user)
    # A reading through broken glass is of another facility by its nature, and takes no role there.
    return [held for held in _ever_held(user) if only in (None, held.facility_id) or held.only is not None]


def work_only_at(user: Somebody, facility_id: UUID) -> None:
    """In this request the roles held anywhere else are as if they were not."""
    user._works_only_at = facility_id  # type: ignore[union-attr]


def _works_only_at(user: Somebody) -> UUID | None:
    return getattr(user, "_works_only_at", None)


def _ever_held(user: Any) -> list[HeldWith]:
    held: list[HeldWith] | None = getattr(user, "_roles_held", None)
    if held is None:
        held = ever_held_by(user.pk)
        user.__dict__["_roles_held"] = held
    return held


def _held_at(user: Somebody, facility_id: UUID, at: datetime) -> list[HeldWith]:
    return [held for held in _held(user) if held.facility_id == facility_id and held.at(at)]


def roles_of(user: Somebody, *, at: datetime) -> dict[UUID, frozenset[Role]]:
    """The roles this person holds at that moment, by facility."""
    found: dict[UUID, frozenset[Role]] = {}
    for held in _held(user):
        if held.at(at):
            found[held.facility_id] = found.get(held.facility_id, frozenset()) | {held.role}
    return found


def forget_roles(user: Somebody) -> None:
    """What was read of this person's roles no longer holds: one was granted or ended, a credential was entered."""
    user.__dict__.pop("_roles_held", None)


def held_if_read(user: Somebody) -> list[HeldWith]:
    """What this request read of their roles already, at no further query; nothing where it asked for none."""
    held: list[HeldWith] = user.__dict__.get("_roles_held", [])
    return held


def may(user: Somebody, permission: Permission, facility_id: UUID, *, at: datetime) -> bool:
    """Whether this person may do this at this facility, at that moment."""
    return any(permission in held.permissions(at) for held in _held_at(user, facility_id, at))


def demand(user: Somebody, permission: Permission, facility_id: UUID, *, at: datetime) -> None:
    """Raise PermissionDenied (403) where ``may`` says no; it says so where a role gives it and only a credential that
    ran out takes it away."""
    if not may(user, permission, facility_id, at=at):
        given = any(permission in ROLE_PERMISSIONS[held.role] for held in _held_at(user, facility_id, at))
        raise PermissionDenied(LAPSED if given else permission.value)


def could(author: User, permission: Permission, facility_id: UUID, *, at: datetime) -> bool:
    """Whether somebody named as having done this might, at that past moment; they need not work here any more."""
    return _works_only_at(author) in (None, facility_id) and any(
        permission in held.permissions(at)
        for held in _ever_held(author)
        if held.facility_id == facility_id and held.at(at)
    )


def demand_anywhere(user: Somebody, permission: Permission, *, at: datetime) -> None:
    """Raise PermissionDenied where this person may not do this at any facility."""
    if not any(may(user, permission, facility_id, at=at) for facility_id in roles_of(user, at=at)):
        raise PermissionDenied(permission.value)


def demand_own_patient(patient: Patient, facility: Facility) -> None:
    """Raise PermissionDenied for a patient of another organisation, who does not exist here."""
    if patient.organisation_id != facility.organisation_id:
        raise PermissionDenied("a patient of another organisation")


def permissions_at(user: Somebody, facility_id: UUID, *, at: datetime) -> frozenset[Permission]:
    """Everything this person may do at this facility, at that moment."""
    return frozenset().union(*(held.permissions(at) for held in _held_at(user, facility_id, at)))


def is_licensed(user: Somebody, facility_id: UUID, *, at: datetime) -> bool:
    """A nurse or a prescriber at this facility, with credentials in date: who may record an exception, a deviation,
    a readiness, and be the second person."""
    return any(held.licensed(at) for held in _held_at(user, facility_id, at))


def holds_licensed_role(user: Somebody, facility_id: UUID, *, at: datetime) -> bool:
    """A nurse or a prescriber at this facility, whatever their credentials say: who may have given a medicine."""
    return any(held.role in LICENSED for held in _held_at(user, facility_id, at))


def look_through(user: Somebody, glass: BreakGlass, *, at: datetime) -> None:
    """For the rest of this request, which is about the one patient of ``glass``, this person may read at its facility.
    Raises PermissionDenied where no role lets them break it any more."""
    places = Facility.objects.filter(pk__in=roles_of(user, at=at), organisation=glass.facility.organisation_id)
    if not any(may(user, Permission.BREAK_GLASS, place.pk, at=at) for place in places):
        raise PermissionDenied(Permission.BREAK_GLASS.value)
    through = HeldWith(
        glass.performed_by_id,
        glass.facility_id,
        Role.INSPECTOR,
        glass.occurred_at,
        glass.until,
        ended=False,
        zone=glass.facility.zone,
        credentials=(),
        only=THROUGH_GLASS,
    )
    user.__dict__["_roles_held"] = [*_held(user), through]


def is_display(user: Somebody) -> bool:
    """A television: whatever role this sign-in holds, anywhere, is a display's."""
    held = [each for each in _held(user) if not each.ended]
    return bool(held) and all(each.role is Role.DISPLAY for each in held)


def second_factor_demanded(user: Somebody) -> bool:
    """Whether some role they hold may dose, discharge or administer: by the role, whatever else takes that away."""
    return any(ROLE_PERMISSIONS[held.role] & TWO_COMPONENTS for held in _held(user) if not held.ended)


def facilities_of(user: Somebody, *, at: datetime) -> QuerySet[Facility]:
    """The facilities where this person holds any role, at that moment."""
    return Facility.objects.filter(pk__in=roles_of(user, at=at).keys()).order_by("name")


def _places(keys: list[UUID]) -> QuerySet[Facility]:
    return Facility.objects.filter(pk__among=keys).order_by("name")


_PLACES = Prepared(_places, keys=list)


def places_of(user: Somebody, *, at: datetime) -> list[Facility]:
    """The same as they are."""
    return list(_PLACES.instances(keys=list(roles_of(user, at=at))))


def run_by(user: Somebody, person: User, *, at: datetime) -> tuple[list[Facility], bool]:
    """The facilities that ``user`` runs and where ``person``, somebody else, works or will; and whether they also do
    where ``user`` does not run it."""
    held = set(RoleAssignment.objects.filter(user=person, ended_at__isnull=True).values_list("facility", flat=True))
    run = [
        facility
        for facility in facilities_of(user, at=at).filter(pk__in=held)
        if person != user and may(user, Permission.MANAGE_FACILITY, facility.pk, at=at)
    ]
    return run, len(run) < len(held)


def get_scoped_or_404(queryset: QuerySet[Any], user: Somebody, *, at: datetime, **lookup: object) -> Any:
    """A record of one of this person's facilities; any other is 404, as if it were not there."""
    return get_object_or_404(queryset.filter(facility_id__in=roles_of(user, at=at).keys()), **lookup)


def _sequence(facility_id: UUID) -> QuerySet[AuditChain, Any]:
    return AuditChain.objects.filter(facility=facility_id).values_list("last_sequence")


_SEQUENCE = Prepared(_sequence, facility_id=UUID)


def sequence_of(facility_id: UUID) -> int:
    """The number of the last thing written at this facility: it grows with every action, in its own transaction."""
    [(sequence,)] = _SEQUENCE.rows(facility_id=facility_id)
    return int(sequence)


# What they write stands on the session that they are about, and nobody sees it on another's page.
OF_ITS_SESSION = ("record_check", "raise_alarms", "clear_alarms")


def _besides(facility_id: UUID, after: int, session_id: UUID) -> QuerySet[AuditEvent, Any]:
    of_another = Q(action__in=OF_ITS_SESSION) & ~Q(subject_id=session_id)
    since = AuditEvent.objects.filter(~of_another, chain__facility=facility_id, sequence__gt=after)
    return since.values_list("sequence")[:1]


_BESIDES = Prepared(_besides, facility_id=UUID, after=int, session_id=UUID)


def written_of_others_alone(facility_id: UUID, *, after: int, session_id: UUID) -> bool:
    """Whether everything written at this facility after that number stands on other sessions, and on nothing else."""
    return not _BESIDES.rows(facility_id=facility_id, after=after, session_id=session_id)


def sequence_seen_by(
    user_id: UUID, permission: Permission, facility_id: UUID, *, session_key: str, tablet_digest: str, at: datetime
) -> tuple[int, str, datetime | None] | None:
    """``sequence_of``, this person's password as stored, and when their tablet was last heard from, in one small query;
    None where they are signed out or no longer active, hold no role with this permission here, or are at a tablet that
    was revoked."""
    seen = _seen(permission, at_tablet=bool(tablet_digest))
    tablet = {"tablet_digest": tablet_digest} if tablet_digest else {}
    found = seen.rows(user_id=user_id, facility_id=facility_id, session_key=session_key, at=at, **tablet)
    return found[0] if found else None


@cache
def _seen(permission: Permission, *, at_tablet: bool) -> Prepared:
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions]

    def build(
        user_id: UUID, facility_id: UUID, session_key: str, at: datetime, tablet_digest: str = ""
    ) -> QuerySet[Any, Any]:
        chain = AuditChain.objects.filter(facility=facility_id).values("last_sequence")
        signed_in = SignIn.objects.filter(session_key=session_key, user=user_id, expire_date__gt=at)
        held = RoleAssignment.objects.in_force(at).filter(
            Exists(signed_in), user=user_id, user__is_active=True, facility=facility_id, role__in=roles
        )
        heard = TabletHeard.objects.filter(tablet__secret_digest=tablet_digest).values("heard_at")
        if at_tablet:
            held = held.filter(Exists(Tablet.objects.in_force().filter(secret_digest=tablet_digest)))
        return held.values_list(Subquery(chain), "user__password", Subquery(heard))[:1]

    asked = {"user_id": UUID, "facility_id": UUID, "session_key": str, "at": datetime}
    return Prepared(build, **(asked | {"tablet_digest": str} if at_tablet else asked))
