"""What a certified facility shows, as a checklist: facts in, one line per requirement out. What the REMS asks keeps a
submission back; what is ours only shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from clinic.rules.reminders import days_left, is_near


class Requirement(StrEnum):
    """One line of the checklist."""

    REPRESENTATIVE = "REPRESENTATIVE"
    ATTESTATIONS = "ATTESTATIONS"
    PRESCRIBERS = "PRESCRIBERS"
    MONITORING_STAFF = "MONITORING_STAFF"
    OXIMETERS = "OXIMETERS"
    TRAINING = "TRAINING"
    STOCK_ROUTE = "STOCK_ROUTE"
    ALTERNATE_CONTACT = "ALTERNATE_CONTACT"
    ADDITIONAL_SITES = "ADDITIONAL_SITES"
    DEA_REGISTRATION = "DEA_REGISTRATION"
    EMERGENCY = "EMERGENCY"


# Not the REMS's (domain.md section 6): a clinic that gives a Schedule III medicine shows them all the same. [D]
OURS = frozenset({Requirement.DEA_REGISTRATION, Requirement.EMERGENCY})
OF_THE_REMS = tuple(requirement for requirement in Requirement if requirement not in OURS)
# Read from what is charted elsewhere; a paper may be kept with them, and does not replace it.
READ_FROM_RECORDS = frozenset(
    {
        Requirement.REPRESENTATIVE,
        Requirement.ATTESTATIONS,
        Requirement.PRESCRIBERS,
        Requirement.MONITORING_STAFF,
        Requirement.OXIMETERS,
    }
)


class StockRoute(StrEnum):
    """How devices come in, as the enrolment form asks (domain.md section 4)."""

    PHARMACY = "PHARMACY"  # for a named patient, by a certified pharmacy
    DISTRIBUTOR = "DISTRIBUTOR"  # in bulk
    BOTH = "BOTH"


class Sites(StrEnum):
    """Whether there are additional sites."""

    NONE = "NONE"
    NAMED = "NAMED"


ANSWERS: dict[Requirement, type[StrEnum]] = {
    Requirement.STOCK_ROUTE: StockRoute,
    Requirement.ADDITIONAL_SITES: Sites,
}


# A name and a telephone number.
ASKS_WHO = frozenset({Requirement.ALTERNATE_CONTACT})


class State(StrEnum):
    """How one requirement stands."""

    MET = "MET"
    EXPIRING = "EXPIRING"
    EXPIRED = "EXPIRED"
    MISSING = "MISSING"


MEETS = frozenset({State.MET, State.EXPIRING})


@dataclass(frozen=True)
class EvidenceFacts:
    """The newest of a requirement."""

    expires_date: date | None = None


@dataclass(frozen=True)
class StaffFacts:
    """Somebody who doses or watches here. ``in_date_until``: the last day their licence and registration hold, None
    without an end; ``trained``: a training record is entered, and until when."""

    name: str
    prescriber: bool
    in_date_until: date | None = None
    trained: bool = False
    trained_until: date | None = None


@dataclass(frozen=True)
class RequirementFacts:
    """``attested``: of those asked, the ones whose signature by the present representative holds."""

    representative: bool = False
    asked: tuple[str, ...] = ()
    attested: frozenset[str] = frozenset()
    staff: tuple[StaffFacts, ...] = ()
    working_oximeters: int = 0
    evidence: Mapping[Requirement, EvidenceFacts] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One requirement as it stands. ``until``: its last day, none without an end; ``days``: how many are left;
    ``count`` of ``of``: what there is; ``names``: whose is missing or over."""

    requirement: Requirement
    state: State
    until: date | None = None
    days: int | None = None
    count: int = 0
    of: int = 0
    names: tuple[str, ...] = ()

    @property
    def ours(self) -> bool:
        return self.requirement in OURS


def checklist(facts: RequirementFacts, *, today: date) -> tuple[Line, ...]:
    """Every requirement, in its order."""
    return tuple(_line(requirement, facts, today) for requirement in Requirement)


def _line(requirement: Requirement, facts: RequirementFacts, today: date) -> Line:
    match requirement:
        case Requirement.REPRESENTATIVE:
            return _has(requirement, 1 if facts.representative else 0)
        case Requirement.ATTESTATIONS:
            done = len(facts.attested & frozenset(facts.asked))
            met = bool(facts.asked) and done == len(facts.asked)
            return Line(requirement, State.MET if met else State.MISSING, count=done, of=len(facts.asked))
        case Requirement.PRESCRIBERS:
            return _cover(requirement, [person for person in facts.staff if person.prescriber], today)
        case Requirement.MONITORING_STAFF:
            return _cover(requirement, facts.staff, today)
        case Requirement.OXIMETERS:
            return _has(requirement, facts.working_oximeters)
        case Requirement.TRAINING:
            return _training(facts, today)
        case _:
            kept = facts.evidence.get(requirement)
            return _dated(requirement, kept.expires_date, today, count=1) if kept else _has(requirement, 0)


def _has(requirement: Requirement, count: int) -> Line:
    return Line(requirement, State.MET if count else State.MISSING, count=count)


def _dated(
    requirement: Requirement, until: date | None, today: date, *, count: int, of: int = 0, names: tuple[str, ...] = ()
) -> Line:
    """By its last day: until it is over, it holds."""
    if until is None:
        return Line(requirement, State.MET, count=count, of=of, names=names)
    days = days_left(until, today=today)
    state = State.EXPIRED if days < 0 else State.EXPIRING if is_near(until, today=today) else State.MET
    return Line(requirement, state, until, days, count, of, names)


def _cover(requirement: Requirement, people: "tuple[StaffFacts, ...] | list[StaffFacts]", today: date) -> Line:
    """It holds as long as one of them is in date: until the last of their days."""
    in_date = [person for person in people if person.in_date_until is None or person.in_date_until >= today]
    over = tuple(person.name for person in people if person not in in_date)
    if not in_date:
        state = State.EXPIRED if people else State.MISSING
        return Line(requirement, state, of=len(people), names=over)
    days = [person.in_date_until for person in in_date]
    last = None if None in days else max(day for day in days if day is not None)
    return _dated(requirement, last, today, count=len(in_date), of=len(people), names=over)


def _training(facts: RequirementFacts, today: date) -> Line:
    """Everybody who doses or watches has a record in date. Papers kept with the requirement stand for those of whom
    no record is entered; a record that ran out they do not mend."""
    requirement, kept = Requirement.TRAINING, facts.evidence.get(Requirement.TRAINING)
    entered = [person for person in facts.staff if person.trained]
    over = [p.name for p in entered if p.trained_until is not None and p.trained_until < today]
    if over:
        last = min(p.trained_until for p in entered if p.trained_until is not None)
        days = days_left(last, today=today)
        return Line(requirement, State.EXPIRED, last, days, len(entered) - len(over), len(facts.staff), tuple(over))
    without = tuple(person.name for person in facts.staff if not person.trained)
    if (without and kept is None) or not facts.staff:
        return Line(requirement, State.MISSING, count=len(entered), of=len(facts.staff), names=without)
    last_days = [person.trained_until for person in entered]
    if without and kept:
        last_days.append(kept.expires_date)
    first = min((day for day in last_days if day is not None), default=None)
    return _dated(requirement, first, today, count=len(entered), of=len(facts.staff), names=without)


def submission_refusals(facts: RequirementFacts, *, today: date) -> tuple[Refusal, ...]:
    """What the REMS asks and is not met keeps a submission back; what is ours does not [D]."""
    return tuple(
        Refusal("REQUIREMENT", {"requirement": line.requirement.value}, None, (ClearedBy.DOCUMENTATION,))
        for line in checklist(facts, today=today)
        if not line.ours and line.state not in MEETS
    )


def evidence_refusals(
    requirement: Requirement, *, answer: str, note: str, expires_date: date | None, paper: bool
) -> tuple[Refusal, ...]:
    """One of the answers where the requirement asks for one; a name where it asks for names; a last day where there
    always is one; and something said at all."""
    allowed = ANSWERS.get(requirement)
    if allowed and answer not in list(allowed):
        return (field_refusal("answer", "choose_one"),)
    if not note.strip() and (answer == Sites.NAMED or requirement in ASKS_WHO):
        return (field_refusal("note", "reason_missing"),)
    if requirement is Requirement.DEA_REGISTRATION and expires_date is None:
        return (field_refusal("expires_date", "last_day_missing"),)
    if not allowed and requirement is not Requirement.DEA_REGISTRATION and not paper and not note.strip():
        return (field_refusal("note", "paper_or_words"),)
    return ()
