"""What a signature means, and whether it still covers what it was given for (21 CFR 11: good practice here, domain.md
section 7, [P]): printed name, time and meaning, bound to its record, by two components."""

from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """What somebody says by signing."""

    ORDERED = "ORDERED"  # a dose
    DECIDED = "DECIDED"  # a prescriber's decision, bound to what it judges
    EXAMINED = "EXAMINED"  # a deviation that rests on an examination
    JUSTIFIED = "JUSTIFIED"  # an off-label course
    ASSESSED = "ASSESSED"  # readiness to leave
    ATTESTED = "ATTESTED"  # one attestation of the Authorized Representative
    RECORDED = "RECORDED"  # a step of certification
    WITNESSED = "WITNESSED"  # what somebody else did to devices of the cabinet, seen
    COPIED = "COPIED"  # from paper that somebody else signed: copied as it stands there


class Factor(StrEnum):
    """The second component of a signature; the first is who is signed in."""

    PASSWORD = "PASSWORD"  # noqa: S105
    PASSKEY = "PASSKEY"
    PIN = "PIN"  # on an enrolled tablet


# Kinds of rows that a prescriber alone takes out of force, and signs for: without them a gate opens that only a
# prescriber may open (a shorter stay, a serious event nobody disposed of, a safety alert nobody answered, an earlier
# and larger order, a contraindication answered yes, what the other record of the same person says).
SIGNED_TO_TAKE_BACK = frozenset({"StayExtension", "SeriousEvent", "SafetyAlert", "DoseOrder", "Answer", "PatientLink"})


class Standing(StrEnum):
    """Whether a row is signed as it stands."""

    NOT_DUE = "NOT_DUE"  # written before signatures were asked for
    SIGNED = "SIGNED"
    UNSIGNED = "UNSIGNED"
    ALTERED = "ALTERED"  # what was signed is not what stands here


@dataclass(frozen=True)
class SignatureFacts:
    """``digests``: as kept with the signature, of the text that was signed, and of what stands there now; none where
    nobody signed."""

    due: bool
    digests: tuple[str, str, str] | None = None


def standing(facts: SignatureFacts) -> Standing:
    """A gate takes anything but SIGNED and NOT_DUE as if the row were not there."""
    if facts.digests is None:
        return Standing.UNSIGNED if facts.due else Standing.NOT_DUE
    return Standing.SIGNED if len(set(facts.digests)) == 1 else Standing.ALTERED


COUNTS = frozenset({Standing.SIGNED, Standing.NOT_DUE})
