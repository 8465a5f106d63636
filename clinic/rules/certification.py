"""The certification of a facility under one programme: the one literal table of its states, and whether the facility
may dose at this moment. The app certifies nobody: CERTIFIED is the REMS's own word, written down."""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clinic.rules.refusals import Refusal, field_refusal, state_refusal


class CertificationStatus(StrEnum):
    """Where the certification of a facility under one programme stands; before the first step it stands nowhere."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"
    CERTIFIED = "CERTIFIED"
    RECERTIFICATION_DUE = "RECERTIFICATION_DUE"
    SUSPENDED = "SUSPENDED"
    WITHDRAWN = "WITHDRAWN"


_S = CertificationStatus

STOPS = (_S.SUSPENDED, _S.WITHDRAWN)
# The REMS's confirmation was given and has not been taken back.
CONFIRMED = (_S.CERTIFIED, _S.RECERTIFICATION_DUE)
# Ended by a new word of the REMS alone: a letter from before is no answer.
ANSWERED_ANEW = (_S.SUSPENDED, _S.RECERTIFICATION_DUE)

# from (None: nothing yet), to, by what. Total: every other pair is refused. What the issue leaves open is ours [D]: a
# clinic that adopts Vigil comes certified; a suspension ends by a new word of the REMS alone; withdrawn begins anew.
TRANSITIONS: dict[tuple[CertificationStatus | None, CertificationStatus], str] = {
    (None, _S.DRAFT): "begun",
    (None, _S.CERTIFIED): "came certified, the REMS's confirmation",
    (_S.DRAFT, _S.SUBMITTED): "what the REMS asks is met",
    (_S.SUBMITTED, _S.RETURNED): "findings",
    (_S.RETURNED, _S.DRAFT): "taken up again",
    (_S.SUBMITTED, _S.CERTIFIED): "the REMS's confirmation",
    (_S.CERTIFIED, _S.RECERTIFICATION_DUE): "new Authorized Representative, or reason",
    (_S.RECERTIFICATION_DUE, _S.CERTIFIED): "the REMS's confirmation",
    (_S.SUSPENDED, _S.CERTIFIED): "the REMS's confirmation",
    (_S.WITHDRAWN, _S.DRAFT): "begun again",
    (_S.SUSPENDED, _S.WITHDRAWN): "reason",
    **{(status, stop): "reason" for status in _S if status not in STOPS for stop in STOPS},
}


def may_step(status: CertificationStatus | None, to: CertificationStatus) -> bool:
    """Whether the table has a way from ``status`` to ``to``."""
    return (status, to) in TRANSITIONS


def steps_from(status: CertificationStatus | None) -> tuple[CertificationStatus, ...]:
    """Where it may go from here."""
    return tuple(end for start, end in TRANSITIONS if start == status)


def step_refusals(
    status: CertificationStatus | None, to: CertificationStatus, *, moved_on: bool = False
) -> tuple[Refusal, ...]:
    """STATE when the table has no such way, or when somebody took a step since this one was looked at."""
    return () if may_step(status, to) and not moved_on else (state_refusal(status or "", to),)


def confirmation_refusals(
    status: CertificationStatus | None, confirmed_on: date, identifier: str, *, since: date, recorded: Collection[str]
) -> tuple[Refusal, ...]:
    """Only a new word of the REMS lifts a suspension or confirms a new Authorized Representative (domain.md section 4,
    [P]): none from before ``since``, the day of what it answers, and none of those ``recorded`` here before."""
    refusals = []
    if status in ANSWERED_ANEW and confirmed_on < since:
        refusals.append(field_refusal("confirmation_date", "older_word"))
    if identifier.strip().casefold() in {known.strip().casefold() for known in recorded}:
        refusals.append(field_refusal("confirmation_identifier", "known_word"))
    return tuple(refusals)


@dataclass(frozen=True)
class ReviewFacts:
    """The facility's own review: the last day for the next one (none: it keeps no interval), and whether dosing stops
    when it is over. ``broken``: what is written of it is not what was signed."""

    due_date: date | None = None
    stops: bool = False
    broken: bool = False

    def overdue(self, today: date) -> bool:
        return self.broken or (self.due_date is not None and today > self.due_date)


@dataclass(frozen=True)
class CertificationFacts:
    """``status``: where the line stands, or None when nothing was begun. ``representative_current``: an Authorized
    Representative is designated and is the one the last confirmation names. ``review_overdue``: the facility's own
    review is due, and ``review_stops``: its policy then stops dosing."""

    status: CertificationStatus | None
    representative_current: bool
    review_overdue: bool = False
    review_stops: bool = False


def certification_refusals(facts: CertificationFacts) -> tuple[Refusal, ...]:
    """A setting doses only while the REMS's confirmation of it is in force, and a new Authorized Representative must
    re-certify (domain.md section 4, [P]). What the facility set itself for its own review only warns, unless it says
    that dosing stops [D]."""
    refusals = []
    if facts.status not in CONFIRMED:
        refusals.append(Refusal("FACILITY", {"status": facts.status and facts.status.value}))
    elif facts.review_stops and review_due(facts):
        refusals.append(Refusal("FACILITY", {"status": "REVIEW"}))
    if not facts.representative_current:
        refusals.append(Refusal("AUTHORIZED_REP"))
    return tuple(refusals)


def review_due(facts: CertificationFacts) -> bool:
    """Worth a word, though nothing stops: the facility's own review is overdue, or re-certification is due."""
    return facts.review_overdue or facts.status is CertificationStatus.RECERTIFICATION_DUE


def review_refusals(interval_months: int | None, *, overdue_stops: bool) -> tuple[Refusal, ...]:
    """From one month to five years [D]; what is never due cannot stop anything."""
    if interval_months is None:
        return (field_refusal("overdue_stops", "needs_an_interval"),) if overdue_stops else ()
    return () if 1 <= interval_months <= 60 else (field_refusal("interval_months", "interval_impossible"),)


def next_review(today: date, interval_months: int | None) -> date | None:
    """The same day of the month, so many months on, or that month's last."""
    if interval_months is None:
        return None
    year, month = divmod(today.year * 12 + today.month - 1 + interval_months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
