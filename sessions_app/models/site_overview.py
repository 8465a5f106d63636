"""What the facility page shows, read table by table."""

from collections.abc import Iterable
from datetime import datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from clinic.models import AuthorizedRepresentative, Certification, Facility, RoleAssignment, Tablet, User
from clinic.models.break_glass import unreviewed_at
from clinic.models.credential import with_expiries
from clinic.models.tablet import tablets_of
from clinic.rules.certification import CertificationStatus
from clinic.rules.roles import Role
from sessions_app.models.cabinet import lines_of
from sessions_app.models.floor import chairs_of
from sessions_app.models.program import FacilityPolicy, ProgramVersion, newest_versions, policies_in_force
from sessions_app.models.site import Site, closing_time_of


class SiteOverview:
    """One facility at a moment; each part is read when first asked for."""

    def __init__(self, facility: Facility, *, at: datetime) -> None:
        self.facility, self.at = facility, at

    @cached_property
    def versions(self) -> dict[str, ProgramVersion]:
        return newest_versions()

    @cached_property
    def policies(self) -> dict[str, FacilityPolicy]:
        return policies_in_force(self.facility)

    @cached_property
    def sites(self) -> dict[str, Site]:
        """By programme: who represents the facility, what the REMS last said."""
        return {code: Site(self.facility, code, at=self.at) for code in self.versions}

    @cached_property
    def here(self) -> Site:
        """Who and what is on site is the same for every programme."""
        return Site(self.facility, "", at=self.at)

    @cached_property
    def staff(self) -> dict[User, list[RoleAssignment]]:
        """Who holds which roles here now, by name."""
        found: dict[User, list[RoleAssignment]] = {}
        for assignment in assignments_at(self.facility, at=self.at):
            found.setdefault(assignment.user, []).append(assignment)
        return found

    @cached_property
    def days_left(self) -> dict[UUID, int]:
        """Of whom a credential is over or will be soon: the fewest days until its last one, less than 0 where it is
        over."""
        found: dict[UUID, int] = {}
        held = RoleAssignment.objects.in_force(self.at).filter(facility=self.facility)
        for each in with_expiries(held):
            for left in each.ending(self.at).values():
                found[each.user_id] = min(left, found.get(each.user_id, left))
        return found

    @cached_property
    def chairs(self) -> list[str]:
        return chairs_of(self.facility)

    @cached_property
    def tablets(self) -> list[Tablet]:
        return list(tablets_of(self.facility))

    @cached_property
    def glass_unreviewed(self) -> int:
        return unreviewed_at(self.facility)

    @cached_property
    def closes(self) -> time | None:
        return closing_time_of(self.facility)

    @cached_property
    def cabinet(self) -> list[dict[str, Any]]:
        return lines_of(self.facility)


def assignments_at(facility: Facility, *, at: datetime) -> Any:
    held = RoleAssignment.objects.in_force(at).filter(facility=facility).select_related("user")
    return held.order_by("user__printed_name", "user_id", "role")


def people_of(facility: Facility, *, at: datetime) -> Any:
    """Everybody who holds a role here now; a television is nobody."""
    held = RoleAssignment.objects.in_force(at).filter(facility=facility).exclude(role=Role.DISPLAY)
    return User.objects.filter(pk__in=held.values("user")).order_by("printed_name")


def staff_to_choose(facility: Facility, *, at: datetime) -> Any:
    """Whoever works here now: an inspector only looks."""
    held = RoleAssignment.objects.in_force(at).filter(facility=facility)
    working = held.exclude(role__in=(Role.DISPLAY, Role.INSPECTOR))
    return User.objects.filter(pk__in=working.values("user")).order_by("printed_name")


def certified_facilities(facility_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, str]:
    """Where each facility stands, at its best of the programmes: certified under the present representative before
    anything else; empty where nothing was begun."""
    ids = list(facility_ids)
    scope = {"facility__in": ids, "occurred_at__lte": at}
    key = ("facility_id", "program_code")
    newest = (*key, "-occurred_at", "-id")
    steps = Certification.objects.filter(**scope).order_by(*newest).distinct(*key)
    people = AuthorizedRepresentative.objects.filter(**scope).order_by(*newest).distinct(*key)
    present = {(row.facility_id, row.program_code): row.pk for row in people}
    found: dict[UUID, str] = dict.fromkeys(ids, "")
    for step in steps:
        status = step.status
        of_another = present.get((step.facility_id, step.program_code)) != step.authorized_representative_id
        if status == CertificationStatus.CERTIFIED and of_another:  # designated before Vigil wrote a step of it
            status = CertificationStatus.RECERTIFICATION_DUE
        if found[step.facility_id] != CertificationStatus.CERTIFIED:
            found[step.facility_id] = status
    return found
