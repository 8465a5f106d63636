"""What shows that a facility meets what is asked of it at a moment, read for the checklist."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from clinic.models import Attestation, Credential, Evidence, Facility, RoleAssignment, User
from clinic.models.requirement import evidence_of, standing_attestations
from clinic.models.signature import Signatures
from clinic.rules.attestations import asked_of
from clinic.rules.credentials import NEEDED, CredentialKind
from clinic.rules.requirements import EvidenceFacts, Line, Requirement, RequirementFacts, StaffFacts, checklist
from clinic.rules.roles import LICENSED, Role
from sessions_app.models.site import Site


class Requirements:
    """Of one facility under one programme; each part is read when first asked for."""

    def __init__(self, site: Site) -> None:
        self.site, self.facility, self.at = site, site.facility, site.at

    @classmethod
    def of(cls, facility: Facility, program_code: str, *, at: datetime) -> "Requirements":
        return cls(Site(facility, program_code, at=at))

    @property
    def today(self) -> date:
        return self.at.astimezone(self.facility.zone).date()

    @cached_property
    def attestations(self) -> Mapping[str, Attestation]:
        """Those of the present representative that stand, by code."""
        representative = self.site.representative
        return standing_attestations(representative, self.attestation_signatures) if representative else {}

    @cached_property
    def attestation_signatures(self) -> Signatures:
        representative = self.site.representative
        return Signatures.of_subjects([representative.pk] if representative else [])

    @cached_property
    def evidence(self) -> Mapping[str, Evidence]:
        """The newest of each requirement."""
        return {row.requirement: row for row in evidence_of(self.facility, self.site.program_code)}

    @cached_property
    def staff(self) -> tuple[StaffFacts, ...]:
        """Who doses or watches here, by name."""
        roles = RoleAssignment.objects.in_force(self.at).filter(facility=self.facility, role__in=list(LICENSED))
        held: dict[User, set[Role]] = {}
        for row in roles.select_related("user").order_by("user__printed_name", "user_id"):
            held.setdefault(row.user, set()).add(Role(row.role))
        last_days = self._last_days([user.pk for user in held])
        return tuple(_staff(user, roles, last_days.get(user.pk, {})) for user, roles in held.items())

    def _last_days(self, people: list[UUID]) -> dict[UUID, dict[CredentialKind, date | None]]:
        """The newest of each kind, in the organisation, as the keys to the work read them."""
        rows = Credential.objects.filter(
            holder__in=people, facility__organisation=self.facility.organisation_id, occurred_at__lte=self.at
        )
        found: dict[UUID, dict[CredentialKind, date | None]] = {}
        newest = rows.order_by("holder", "kind", "-occurred_at", "-id").distinct("holder", "kind")
        for holder, kind, expires in newest.values_list("holder", "kind", "expires_date"):
            found.setdefault(holder, {})[CredentialKind(kind)] = expires
        return found

    @cached_property
    def facts(self) -> RequirementFacts:
        return RequirementFacts(
            representative=self.site.representative is not None,
            asked=tuple(code.value for code in asked_of(self.facility.setting)),
            attested=frozenset(self.attestations),
            staff=self.staff,
            working_oximeters=len(self.site.working_oximeters),
            evidence={Requirement(code): EvidenceFacts(row.expires_date) for code, row in self.evidence.items()},
        )

    @cached_property
    def checklist(self) -> tuple[Line, ...]:
        return checklist(self.facts, today=self.today)


def _staff(user: User, roles: set[Role], last_days: dict[CredentialKind, date | None]) -> StaffFacts:
    needed = frozenset[CredentialKind]().union(*(NEEDED[role] for role in roles)) - {CredentialKind.REMS_TRAINING}
    days = [day for kind in needed if (day := last_days.get(kind)) is not None]
    return StaffFacts(
        name=user.printed_name,
        prescriber=Role.PRESCRIBER in roles,
        in_date_until=min(days, default=None),
        trained=CredentialKind.REMS_TRAINING in last_days,
        trained_until=last_days.get(CredentialKind.REMS_TRAINING),
    )
