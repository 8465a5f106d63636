"""May this facility dose under this programme at this moment?"""

from dataclasses import dataclass
from enum import StrEnum

from clinic.rules.refusals import ClearedBy, Refusal


class CertificationStatus(StrEnum):
    """What the REMS last said of a facility under one programme. The app certifies nobody."""

    CERTIFIED = "CERTIFIED"
    SUSPENDED = "SUSPENDED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True)
class CertificationFacts:
    """``status``: the last word in force, or None when the REMS never confirmed. ``representative_current``:
    an Authorized Representative is designated and is the one the confirmation in force names."""

    status: CertificationStatus | None
    representative_current: bool


def certification_refusals(facts: CertificationFacts) -> tuple[Refusal, ...]:
    """A setting doses only while the REMS's confirmation of it is in force, and a new Authorized
    Representative must re-certify (domain.md section 4, [P])."""
    refusals = []
    if facts.status is not CertificationStatus.CERTIFIED:
        refusals.append(Refusal("FACILITY", {"status": facts.status and facts.status.value}, None, (ClearedBy.NOBODY,)))
    if not facts.representative_current:
        refusals.append(Refusal("AUTHORIZED_REP", cleared_by=(ClearedBy.NOBODY,)))
    return tuple(refusals)
