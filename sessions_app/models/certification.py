"""Everything about one certification at a moment, as its review page shows it."""

from datetime import datetime
from functools import cached_property

from clinic.models import Certification, Facility, Finding
from clinic.models.certification import steps_of
from clinic.models.requirement import findings_of
from clinic.rules.certification import CertificationStatus, may_step
from sessions_app.models.requirements import Requirements
from sessions_app.models.site import Site


class CertificationOverview:
    """Of one facility under one programme; each part is read when first asked for."""

    def __init__(self, facility: Facility, program_code: str, *, at: datetime) -> None:
        self.facility, self.program_code, self.at = facility, program_code, at
        self.site = Site(facility, program_code, at=at)
        self.requirements = Requirements(self.site)

    @cached_property
    def steps(self) -> list[Certification]:
        """The whole line, the newest first."""
        return list(steps_of(self.facility, self.program_code))

    @property
    def status(self) -> CertificationStatus | None:
        last = self.site.certification
        return CertificationStatus(last.status) if last else None

    @cached_property
    def findings(self) -> list[Finding]:
        return list(findings_of(self.facility, self.program_code))

    @property
    def a_new_representative_is_a_step(self) -> bool:
        """Whether designating one is a step of the line, which is signed."""
        return may_step(self.status, CertificationStatus.RECERTIFICATION_DUE)
