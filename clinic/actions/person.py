"""The people of a facility: they are invited, given roles with a term, closed out and brought back. Nobody is deleted,
and a facility always has an administrator whose term has no end."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic import audit
from clinic.access import demand, forget_roles, may, roles_of
from clinic.actions.entry import Submission, first_result, refuse, repeatable, write
from clinic.actions.staff import (
    grant_role,
    lock_administrators,
    refuse_beside_inspecting,
    refuse_no_administrator,
    refuse_taken,
)
from clinic.models import AuditChain, Facility, RoleAssignment, SignIn, User
from clinic.models.staff import ever_of, known_to
from clinic.rules.refusals import field_refusal, reason_refusals
from clinic.rules.roles import Permission, Role


@repeatable
@transaction.atomic
def invite_person(
    *,
    facility: Facility,
    username: str,
    printed_name: str,
    credential: str = "",
    email: str = "",
    role: Role,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> RoleAssignment:
    """Somebody new, with their first role. They have no password until they set one on the page of
    ``clinic.invitations.welcome_path``."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    if first := first_result(RoleAssignment, facility=facility, entry=entry, action="invite_person", by=by):
        return first
    refuse_taken(username)
    _refuse_term(role, starts_at, ends_at, now)
    refuse_beside_inspecting(None, facility, role, ends_at=ends_at, now=now)

    said = {"username": username, "printed_name": printed_name, "credential": credential, "email": email}
    person = User.objects.create_user(**said)
    assignment = _assignment(person, facility, role, starts_at, ends_at, by, now)
    write(
        action="invite_person",
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        subject=person,
        rows=(assignment,),
        details={**said},
    )
    return assignment


@repeatable
@transaction.atomic
def give_role(
    *,
    person: User,
    facility: Facility,
    role: Role,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> RoleAssignment:
    """A role more, from ``starts_at`` (None: now) until ``ends_at`` (None: until somebody ends it), for somebody whom
    the organisation knows; oneself too, which is shown as such. The same role held already ends where this one begins
    now."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    if first := first_result(RoleAssignment, facility=facility, entry=entry, action="give_role", by=by, subject=person):
        return first
    if not known_to(facility.organisation_id).filter(pk=person.pk).exists():
        raise PermissionDenied("nobody of the organisation")
    locked = User.objects.select_for_update().get(pk=person.pk)
    administrators = lock_administrators([facility.pk])
    held = RoleAssignment.objects.select_for_update().filter(
        user=person, facility=facility, role=role, ended_at__isnull=True
    )
    before = held.first()

    if not locked.is_active:
        refuse(field_refusal("role", "closed_out"))
    _refuse_term(role, starts_at, ends_at, now)
    refuse_beside_inspecting(person, facility, role, ends_at=ends_at, now=now)
    if before and starts_at and (before.ends_at is None or before.ends_at > now):
        refuse(field_refusal("starts_date", "held_already"))
    if before and ends_at:
        refuse_no_administrator(administrators, ending=[before], now=now)

    if before:
        # One whose own end has come ended then.
        over = before.ends_at if before.ends_at and before.ends_at <= now else now
        before.ended_at, before.ended_by = over, by
        before.save(update_fields=["ended_at", "ended_by"])
    assignment = _assignment(person, facility, role, starts_at, ends_at, by, now)
    write(
        action="give_role",
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        subject=person,
        rows=(assignment,),
        details={"to_themselves": by == person, "in_place_of": before.pk if before else None},
    )
    forget_roles(person)
    return assignment


@transaction.atomic
def add_administrator(
    *,
    facility: Facility,
    username: str,
    printed_name: str = "",
    credential: str = "",
    email: str = "",
    by: User | None,
    now: datetime,
) -> User:
    """Whoever runs a facility first, or again when nobody of it is left. Nobody's role does this: ``by`` is None, the
    system. Somebody who signs in already keeps their password; somebody new sets one."""
    if by is not None:
        raise PermissionDenied("administrators of nobody's making are the system's")
    person = User.objects.filter(username__iexact=username).first()
    if person is None:
        refuse(*reason_refusals(printed_name, name="printed_name"))
        said = {"username": username, "printed_name": printed_name, "credential": credential, "email": email}
        person = User.objects.create_user(**said)
        AuditChain.objects.get_or_create(facility=None)
        audit.record(action="add_person", facility=None, by=None, now=now, subject=person, rows=(), details={**said})
    refuse(*(() if person.is_active else (field_refusal("username", "closed_out"),)))
    grant_role(person=person, facility=facility, role=Role.ADMINISTRATOR, by=None, now=now)
    return person


@transaction.atomic
def close_out_person(*, person: User, by: User, now: datetime) -> User:
    """Every role at every facility that ``by`` runs ends now; where none is left elsewhere, the sign-in too. What they
    did stays. Done twice it has one effect."""
    run = _run_by(by, now)
    known = set(RoleAssignment.objects.filter(user=person, facility__in=run).values_list("facility_id", flat=True))
    if person == by or not known:
        raise PermissionDenied("nobody else of their staff")
    locked = User.objects.select_for_update().get(pk=person.pk)
    administrators = lock_administrators(known)
    held = list(
        RoleAssignment.objects.select_for_update(of=("self",))
        .select_related("facility")
        .filter(user=person, facility__in=known, ended_at__isnull=True)
        .order_by("facility_id", "pk")
    )
    elsewhere = RoleAssignment.objects.not_over(now).filter(user=person).exclude(facility__in=known).exists()

    refuse_no_administrator(administrators, ending=held, now=now)

    for assignment in held:
        assignment.ended_at, assignment.ended_by = now, by
        assignment.save(update_fields=["ended_at", "ended_by"])
    closed = locked.is_active and not elsewhere
    if closed:
        locked.is_active = False
        locked.save(update_fields=["is_active"])
        SignIn.objects.filter(user=person).delete()
    places = {each.facility_id for each in held} or (set(sorted(known)[:1]) if closed else set())
    for facility in Facility.objects.filter(pk__in=places).order_by("pk"):
        rows = [each for each in held if each.facility_id == facility.pk]
        details = {"sign_in_closed": closed}
        audit.record(
            action="close_out_person",
            facility=facility,
            by=by,
            now=now,
            subject=person,
            rows=rows,
            details=details,
        )
    forget_roles(person)
    return locked


@transaction.atomic
def bring_back_person(*, person: User, facility: Facility, by: User, now: datetime) -> User:
    """They may sign in again, as before; their roles are given anew, one by one."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    if not ever_of(facility).filter(pk=person.pk).exists():
        raise PermissionDenied("nobody of their staff")
    locked = User.objects.select_for_update().get(pk=person.pk)

    if not locked.is_active:
        locked.is_active = True
        locked.save(update_fields=["is_active"])
        audit.record(action="bring_back_person", facility=facility, by=by, now=now, subject=person, rows=())
    return locked


def _run_by(by: User, now: datetime) -> list[UUID]:
    run = [place for place in roles_of(by, at=now) if may(by, Permission.MANAGE_FACILITY, place, at=now)]
    if not run:
        raise PermissionDenied(Permission.MANAGE_FACILITY.value)
    return run


def _refuse_term(role: Role, starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> None:
    refusals = []
    if role is Role.DISPLAY:
        refusals.append(field_refusal("role", "not_for_a_person"))
    if starts_at is not None and starts_at < now:
        refusals.append(field_refusal("starts_date", "starts_in_the_past"))
    if ends_at is not None and ends_at <= (starts_at or now):
        refusals.append(field_refusal("ends_date", "ends_before_it_starts"))
    refuse(*refusals)


def _assignment(
    person: User,
    facility: Facility,
    role: Role,
    starts_at: datetime | None,
    ends_at: datetime | None,
    by: User,
    now: datetime,
) -> RoleAssignment:
    return RoleAssignment(
        user=person,
        facility=facility,
        role=role.value,
        granted_at=now,
        granted_by=by,
        starts_at=starts_at or now,
        ends_at=ends_at,
    )
