"""Who works here: sign-in identity, and the roles held at named facilities."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clinic.constraints import ProtectedForeignKey, RowTrigger, both_or_neither, state_known
from clinic.identifiers import new_id
from clinic.rules.roles import Role

# The user name of Vigil itself, in whose name the clock's own rows are written.
SYSTEM = "vigil"


class User(AbstractUser):
    """A person who signs in. What they may do is not here but in their role assignments.

    ``is_staff`` and ``is_superuser`` are inherited and unused: there is no admin site, and a constraint keeps
    anyone from becoming a superuser, who would walk past ``access.py``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    printed_name = models.CharField(_("printed name"), max_length=120)
    credential = models.CharField(_("credential"), max_length=40, blank=True)
    pin = models.CharField(_("PIN"), max_length=128, blank=True, help_text="hashed; for enrolled tablets")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(is_superuser=False), name="user_never_superuser"),
            # Two names that differ in case alone would let neither person in.
            models.UniqueConstraint(Lower("username"), name="user_username_in_any_case"),
        ]

    def __str__(self) -> str:
        return f"{self.printed_name}, {self.credential}" if self.credential else self.printed_name


def ever_of(facility: Any) -> models.QuerySet[User]:
    """Everybody who ever held a role at this facility; a television is nobody."""
    return _holding(facility=facility)


def known_to(organisation_id: UUID) -> models.QuerySet[User]:
    """Everybody who ever held a role at a facility of this organisation; a television is nobody."""
    return _holding(facility__organisation=organisation_id)


def _holding(**where: Any) -> models.QuerySet[User]:
    held = RoleAssignment.objects.filter(**where).exclude(role=Role.DISPLAY)
    return User.objects.filter(pk__in=held.values("user"))


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def in_force(self, at: datetime) -> "RoleAssignmentQuerySet":
        """Held at that moment: begun, not over by its own date, not ended by somebody."""
        begun = self.filter(starts_at__lte=at)
        return begun.filter(Q(ends_at=None) | Q(ends_at__gt=at), Q(ended_at=None) | Q(ended_at__gt=at))

    def not_over(self, at: datetime) -> "RoleAssignmentQuerySet":
        """Held or planned: nobody ended it, and its own end has not come."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), ended_at=None)


class RoleAssignment(models.Model):
    """One role of one person at one facility, from ``starts_at`` until ``ends_at`` (none: until somebody ends it, at
    ``ended_at``). Ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = ProtectedForeignKey(User, related_name="role_assignments")
    facility = ProtectedForeignKey("clinic.Facility", related_name="role_assignments")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    granted_at = models.DateTimeField()
    granted_by = ProtectedForeignKey(User, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = ProtectedForeignKey(User, null=True, blank=True, related_name="+")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            state_known("role", list(Role), name="role_assignment_role_known"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=models.F("starts_at")),
                name="role_assignment_ends_after_start",
            ),
            both_or_neither("ended_at", "ended_by", name="role_assignment_ended_at_and_by"),
            models.UniqueConstraint(
                fields=("user", "facility", "role"),
                condition=models.Q(ended_at__isnull=True),
                name="role_assignment_held_once",
            ),
            RowTrigger(function="vigil_role_ends_once", name="role_assignment_ends_once", event="UPDATE"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} at {self.facility}"

    def held_at(self, at: datetime) -> bool:
        return self.starts_at <= at and not self.over_at(at)

    def over_at(self, at: datetime) -> bool:
        """By its own end or by somebody's act, whichever came first."""
        return any(end is not None and end <= at for end in (self.ends_at, self.ended_at))
