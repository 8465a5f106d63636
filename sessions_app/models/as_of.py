"""A facility at a moment that has passed: what the REMS had said, who was on site, who held which role with which
credentials. What was entered since is known today and was not then."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from clinic.models import Credential, Facility, RoleAssignment
from clinic.models.employment import Employment, employments_of
from clinic.rules.credentials import NEEDED, CredentialKind, expired
from clinic.rules.roles import Role
from sessions_app.models.on_site import Presence
from sessions_app.models.program import newest_versions
from sessions_app.models.site import Site


@dataclass(frozen=True)
class Shown:
    """One credential at that moment: as it counted by what was entered by then, and as it is known today."""

    kind: CredentialKind
    by_then: Credential | None
    known: Credential | None


class AsOf:
    """Each part is read when first asked for."""

    def __init__(self, facility: Facility, *, at: datetime) -> None:
        self.facility, self.at = facility, at

    @cached_property
    def sites(self) -> dict[str, Site]:
        """By the label of the programme."""
        return {
            version.program.label: Site(self.facility, code, at=self.at, grace=timedelta(0))
            for code, version in newest_versions().items()
        }

    @cached_property
    def here(self) -> Site:
        return Site(self.facility, "", at=self.at, grace=timedelta(0))

    @property
    def day(self) -> date:
        return self.at.astimezone(self.facility.zone).date()

    @cached_property
    def people(self) -> list[Employment]:
        """Who held a role here then, by name."""
        return [each for each in employments_of(self.facility) if each.held(self.at)]

    @cached_property
    def on_site(self) -> list[Presence]:
        return self.here.on_site

    def credentials(self, of: Employment) -> list[Shown]:
        """Those that their roles of then need."""
        needed = frozenset[CredentialKind]().union(*(NEEDED.get(Role(each.role), ()) for each in of.held(self.at)))
        return [
            Shown(kind, of.entered_by(kind, self.at), of.known_of(kind, self.at, today=self.day))
            for kind in CredentialKind
            if kind in needed
        ]

    def prescribed(self, of: Employment) -> bool:
        """Whether they were a prescriber in date, by what was entered then."""
        return self._in_date(of, {each.kind: each.by_then for each in self.credentials(of)})

    def prescribed_as_known(self, of: Employment) -> bool:
        """The same, by what is known today."""
        return self._in_date(of, {each.kind: each.known for each in self.credentials(of)})

    def _in_date(self, of: Employment, counting: dict[CredentialKind, Credential | None]) -> bool:
        last_days = {kind: row.expires_date if row else None for kind, row in counting.items()}
        roles = {each.role for each in of.held(self.at)}
        return Role.PRESCRIBER in roles and not expired(Role.PRESCRIBER, last_days, today=self.day)

    def has_ended(self, credential: Credential | None) -> bool | None:
        """None where there is none."""
        if credential is None:
            return None
        return credential.expires_date is not None and credential.expires_date < self.day

    def given_later(self, assignment: RoleAssignment) -> bool:
        """A role that nobody had written down yet at that moment."""
        return assignment.granted_at > self.at
