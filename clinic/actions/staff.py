"""People, and the roles they hold at named facilities. Nobody is deleted; roles end."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from clinic import audit
from clinic.access import demand, demand_anywhere, forget_roles
from clinic.actions.entry import Submission, first_result, refuse, repeatable
from clinic.models import AuditChain, Entry, Facility, RoleAssignment, User
from clinic.models.staff import SYSTEM
from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from clinic.rules.roles import Permission, Role


@transaction.atomic
def add_person(
    *, username: str, password: str, printed_name: str, credential: str = "", by: User | None, now: datetime
) -> User:
    """Someone who can sign in and, so far, do nothing. ``by`` None is the system; anybody else runs a facility."""
    if by is not None:
        demand_anywhere(by, Permission.MANAGE_FACILITY, at=now)
    refuse_taken(username)

    AuditChain.objects.get_or_create(facility=None)
    person = User.objects.create_user(
        username=username, password=password, printed_name=printed_name, credential=credential
    )
    audit.record(
        action="add_person",
        facility=None,
        by=by,
        now=now,
        subject=person,
        rows=(),
        details={"username": username, "printed_name": printed_name, "credential": credential},
    )
    return person


def refuse_taken(username: str) -> None:
    """Raise ActionRefused for a user name in use, in capitals or not, or Vigil's own."""
    taken = username.lower() == SYSTEM or User.objects.filter(username__iexact=username).exists()
    refuse(*((field_refusal("username", "taken", value=username),) if taken else ()))


@repeatable
@transaction.atomic
def add_display(
    *, facility: Facility, username: str, password: str, entry: Submission, by: User, now: datetime
) -> User:
    """A sign-in of its own for a television on the wall here, which may show the chairs and do nothing else."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    if first := first_result(User, facility=facility, entry=entry, action="add_display", by=by):
        return first
    refuse_taken(username)

    display = User.objects.create_user(username=username, password=password, printed_name=username)
    role = RoleAssignment.objects.create(
        user=display, facility=facility, role=Role.DISPLAY.value, granted_at=now, granted_by=by, starts_at=now
    )
    Entry.objects.create(
        facility=facility,
        entry_id=entry.entry_id,
        action="add_display",
        subject_id=display.pk,
        result_id=display.pk,
        recorded_by=by,
        answers=entry.answers,
    )
    audit.record(
        action="add_display",
        facility=facility,
        by=by,
        now=now,
        subject=display,
        rows=(role,),
        entry_id=entry.entry_id,
        request_id=entry.request_id,
        details={"username": username},
    )
    return display


@transaction.atomic
def system_person(*, now: datetime) -> User:
    """Vigil itself, in whose name the clock's own rows are written: no role, no password, and nobody signs in as it.
    Made once."""
    AuditChain.objects.get_or_create(facility=None)
    unusable = {"printed_name": "Vigil", "is_active": False, "password": make_password(None)}
    person, made = User.objects.get_or_create(username=SYSTEM, defaults=unusable)
    if made:
        details = {"username": SYSTEM, "printed_name": person.printed_name}
        audit.record(action="add_person", facility=None, by=None, now=now, subject=person, rows=(), details=details)
    return person


@transaction.atomic
def grant_role(
    *,
    person: User,
    facility: Facility,
    role: Role,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    by: User | None,
    now: datetime,
) -> RoleAssignment:
    """From ``starts_at`` (None: now) until ``ends_at`` (None: until somebody ends it). ``by`` None is the system
    opening a facility: its first administrator is granted by nobody of its own. A role held already stays as it was
    granted; one whose own end has come is closed by this."""
    if by is not None:
        demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    refuse_beside_inspecting(person, facility, role, ends_at=ends_at, now=now)
    granter = by or system_person(now=now)
    held = RoleAssignment.objects.select_for_update().filter(
        user=person, facility=facility, role=role, ended_at__isnull=True
    )
    if before := held.first():
        if before.ends_at is None or before.ends_at > now:
            return before
        before.ended_at, before.ended_by = before.ends_at, granter
        before.save(update_fields=["ended_at", "ended_by"])

    assignment = RoleAssignment.objects.create(
        user=person,
        facility=facility,
        role=role.value,
        granted_at=now,
        granted_by=granter,
        starts_at=starts_at or now,
        ends_at=ends_at,
    )
    audit.record(action="grant_role", facility=facility, by=by, now=now, subject=person, rows=(assignment,))
    forget_roles(person)
    return assignment


def refuse_beside_inspecting(
    person: User | None, facility: Facility, role: Role, *, ends_at: datetime | None, now: datetime
) -> None:
    """Raise ActionRefused where an inspector would stay without end, look at a second facility, or do anything but
    look: the role has a last day and stands alone. ``person`` None: somebody new. Locks the person."""
    held = RoleAssignment.objects.none()
    if person is not None:
        User.objects.select_for_update().get(pk=person.pk)
        held = RoleAssignment.objects.not_over(now).filter(user=person)
    refusals = []
    if role is Role.INSPECTOR and ends_at is None:
        refusals.append(field_refusal("ends_date", "inspector_has_last_day"))
    if role is Role.INSPECTOR and held.exclude(facility=facility, role=Role.INSPECTOR).exists():
        refusals.append(field_refusal("role", "inspector_stands_alone"))
    if role is not Role.INSPECTOR and held.filter(role=Role.INSPECTOR).exists():
        refusals.append(field_refusal("role", "is_an_inspector"))
    refuse(*refusals)


@transaction.atomic
def end_role(*, assignment: RoleAssignment, by: User, now: datetime) -> RoleAssignment:
    """The role ends now; what was done under it stays. Refused (LAST_ADMINISTRATOR) where nobody would be left to run
    the facility."""
    demand(by, Permission.MANAGE_FACILITY, assignment.facility_id, at=now)
    administrators = lock_administrators([assignment.facility_id])
    locked = RoleAssignment.objects.select_for_update().get(pk=assignment.pk)

    if locked.ended_at is None:
        refuse_no_administrator(administrators, ending=[locked], now=now)
        locked.ended_at, locked.ended_by = now, by
        locked.save(update_fields=["ended_at", "ended_by"])
        forget_roles(assignment.user)
        audit.record(action="end_role", facility=locked.facility, by=by, now=now, subject=locked.user, rows=(locked,))
    return locked


def lock_administrators(facility_ids: Iterable[UUID]) -> list[RoleAssignment]:
    """Who runs these facilities, locked, so that no two of them end each other at once."""
    held = RoleAssignment.objects.select_for_update(of=("self",)).filter(
        facility__in=list(facility_ids), role=Role.ADMINISTRATOR, ended_at__isnull=True
    )
    return list(held.select_related("user").order_by("pk"))


def refuse_no_administrator(
    administrators: Iterable[RoleAssignment], *, ending: Iterable[RoleAssignment], now: datetime
) -> None:
    """Raise ActionRefused where one of ``ending`` is an administrator and nobody stays who may sign in, has begun and
    whose term has no end: a term that runs out would leave nobody to give the next."""
    gone = {each.pk for each in ending}
    staying = {
        each.facility_id
        for each in administrators
        if each.pk not in gone and _comes_in(each.user) and each.starts_at <= now and each.ends_at is None
    }
    left = {each.facility_id for each in ending if each.role == Role.ADMINISTRATOR} - staying
    refuse(*((Refusal("LAST_ADMINISTRATOR", {}, None, (ClearedBy.DOCUMENTATION,)),) if left else ()))


def _comes_in(person: User) -> bool:
    """Somebody whose link runs out unused never does."""
    return person.is_active and person.has_usable_password()
