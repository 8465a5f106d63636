"""What the Authorized Representative attests, one by one, in our own words (domain.md section 4). These are not the
words of the REMS's enrolment form; a clinic compares them with its paper. Changed words are a new edition, which is
attested anew."""

from dataclasses import dataclass
from enum import StrEnum

from clinic.rules.enrolment import Setting

EDITION = "2026-1"


class Attestation(StrEnum):
    """One thing attested."""

    TRAINING = "TRAINING"
    COUNSELLING = "COUNSELLING"
    ENROLMENT = "ENROLMENT"
    SUPERVISION = "SUPERVISION"
    MONITORING = "MONITORING"
    FORM = "FORM"
    ADVERSE_EVENTS = "ADVERSE_EVENTS"
    TRANSFER = "TRANSFER"
    DISTRIBUTION = "DISTRIBUTION"
    RECORDS = "RECORDS"
    AUDITS = "AUDITS"


@dataclass(frozen=True)
class Wording:
    """``source``: P stands in the REMS's own material, G is general knowledge that nobody here has confirmed.
    ``settings``: where it is asked."""

    text: str
    source: str = "P"
    settings: frozenset[Setting] = frozenset(Setting)


_OUTPATIENT, _INPATIENT = frozenset({Setting.OUTPATIENT}), frozenset({Setting.INPATIENT})

WORDINGS: dict[Attestation, Wording] = {
    Attestation.TRAINING: Wording(
        "All staff who take part are trained in the programme's requirements, and the training records are kept."
    ),
    Attestation.COUNSELLING: Wording("Every patient is counselled before the first dose."),
    Attestation.ENROLMENT: Wording(
        "Every patient is enrolled in the REMS, and the enrolment is verified before each dose is dispensed.",
        settings=_OUTPATIENT,
    ),
    Attestation.SUPERVISION: Wording("Every dose is self-administered by the patient under direct supervision here."),
    Attestation.MONITORING: Wording("Every patient is monitored here for at least two hours after every dose."),
    Attestation.FORM: Wording(
        "A patient monitoring form is sent to the REMS within 7 days of every dose.", settings=_OUTPATIENT
    ),
    Attestation.ADVERSE_EVENTS: Wording("Every suspected adverse event is reported.", settings=_INPATIENT),
    Attestation.TRANSFER: Wording(
        "The REMS is told in advance when a patient transfers to another setting.", settings=_OUTPATIENT
    ),
    Attestation.DISTRIBUTION: Wording("The medicine is not distributed, transferred, loaned or sold."),
    Attestation.RECORDS: Wording("Records of the programme are kept.", source="G"),
    Attestation.AUDITS: Wording("The setting complies with audits by the REMS.", source="G"),
}


def asked_of(setting: str) -> tuple[Attestation, ...]:
    """What is attested in such a setting, in its order."""
    return tuple(code for code, wording in WORDINGS.items() if setting in wording.settings)
