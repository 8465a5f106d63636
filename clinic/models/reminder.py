"""That somebody was told of something that expires: once for each step before its last day."""

from collections.abc import Set
from datetime import datetime

from django.db import models

from clinic.models.entry import ClinicalRow
from clinic.models.facility import Facility
from clinic.models.staff import RoleAssignment, User
from clinic.rules.roles import ROLE_PERMISSIONS, Permission


class Reminder(ClinicalRow):
    """Told at this facility, ``step`` days or fewer before ``last_day``. ``subject_id``: the person or the facility;
    ``about``: which thing of theirs. A renewed thing has another last day, and is told of anew."""

    subject_id = models.UUIDField()
    about = models.CharField(max_length=80)
    last_day = models.DateField()
    step = models.PositiveSmallIntegerField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(
                fields=("facility", "subject_id", "about", "last_day", "step"), name="reminder_once_per_step"
            ),
        ]


def facilities_to_remind() -> models.QuerySet[Facility]:
    return Facility.objects.order_by("name", "id")


def administrators_with_mail(facility: Facility, *, at: datetime) -> models.QuerySet[User]:
    """Whoever runs this facility at that moment and has an address."""
    return people_with_mail(facility, {Permission.MANAGE_FACILITY}, at=at)


def people_with_mail(facility: Facility, wanted: Set[Permission], *, at: datetime) -> models.QuerySet[User]:
    """Whoever may do any of this here at that moment and has an address."""
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if permissions & wanted]
    held = RoleAssignment.objects.in_force(at).filter(facility=facility, role__in=roles)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(email="").order_by("username")
