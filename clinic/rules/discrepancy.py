"""Something of the cabinet does not agree with its book: what is due because of it, and when it may be closed.

It blocks the day's closing of the cabinet, and never a patient."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from clinic.rules.local_time import day_span
from clinic.rules.refusals import ClearedBy, Refusal, reason_refusals

FORM_106_DAYS = 45


class DiscrepancyCause(StrEnum):
    """By what it came to light."""

    COUNT = "COUNT"
    UNACCOUNTED = "UNACCOUNTED"  # drawn for a session, and nobody said what became of it when the session ended
    LOST = "LOST"
    STOLEN = "STOLEN"


class DiscrepancyStepKind(StrEnum):
    """What was done about it."""

    SIGNIFICANT = "SIGNIFICANT"  # judged a theft or significant loss
    NOT_SIGNIFICANT = "NOT_SIGNIFICANT"
    NOTICE = "NOTICE"  # written notice to the DEA
    FORM_106 = "FORM_106"
    NOTE = "NOTE"


JUDGEMENTS = {DiscrepancyStepKind.SIGNIFICANT: True, DiscrepancyStepKind.NOT_SIGNIFICANT: False}


@dataclass(frozen=True)
class Done:
    kind: DiscrepancyStepKind
    at: datetime


@dataclass(frozen=True)
class DiscrepancyFacts:
    """``named``: how many devices it names, none where a count differs by a number; ``missing``: those of them that
    nobody can lay hands on, as the ledger has it now; ``adrift``: those of these that it still has with their session;
    ``differs``: by how many a count did. ``steps`` in their order."""

    cause: DiscrepancyCause
    discovered_at: datetime
    named: int = 0
    missing: int = 0
    adrift: int = 0
    differs: int = 0
    steps: tuple[Done, ...] = ()
    closed: bool = False

    @property
    def all_found(self) -> bool:
        """What a count found wanting is, once as many are named; what it found too much never is."""
        return self.named > 0 and self.missing == 0 and self.named + self.differs >= 0 >= self.differs

    @property
    def significant(self) -> bool | None:
        """Whether it is a theft or significant loss, as judged last; None while nobody has. What is reported stolen is
        one until somebody judges otherwise."""
        judged = [JUDGEMENTS[step.kind] for step in self.steps if step.kind in JUDGEMENTS]
        if judged:
            return judged[-1]
        return True if self.cause is DiscrepancyCause.STOLEN and not self.all_found else None

    def done_at(self, kind: DiscrepancyStepKind) -> datetime | None:
        """When it was done first."""
        return min((step.at for step in self.steps if step.kind is kind), default=None)


def next_business_day(day: date, *, is_holiday: Callable[[date], bool]) -> date:
    """The first day after this one that is neither of the weekend nor a holiday."""
    following = day + timedelta(days=1)
    while following.weekday() >= 5 or is_holiday(following):
        following += timedelta(days=1)
    return following


@dataclass(frozen=True)
class Clock:
    """Something due to the DEA: its last day, which ends at midnight in the facility's zone, and when it was done."""

    kind: DiscrepancyStepKind
    last_day: date
    ends_at: datetime
    done_at: datetime | None

    def is_late(self, *, now: datetime) -> bool:
        """Not done when its last day is over, or done after it."""
        return (self.done_at or now) >= self.ends_at


def clocks(facts: DiscrepancyFacts, *, zone: ZoneInfo, is_holiday: Callable[[date], bool]) -> tuple[Clock, ...]:
    """Theft or significant loss: written notice to the DEA within one business day of discovery [P], Form 106 within
    45 calendar days [S] (domain.md, section 6). Counted from the day it came to light, in the facility's zone, until
    it is judged to be neither, or everything is found again: waiting for a judgement gains no time. What is judged
    one stays due though the devices be found."""
    if facts.significant is False or (facts.significant is None and facts.all_found):
        return ()
    day = facts.discovered_at.astimezone(zone).date()
    last_days = {
        DiscrepancyStepKind.NOTICE: next_business_day(day, is_holiday=is_holiday),
        DiscrepancyStepKind.FORM_106: day + timedelta(days=FORM_106_DAYS),
    }
    return tuple(
        Clock(kind, last_day, day_span(last_day, zone)[1], facts.done_at(kind)) for kind, last_day in last_days.items()
    )


def closing_refusals(facts: DiscrepancyFacts) -> tuple[Refusal, ...]:
    """Why it may not be closed yet: the ledger says what became of everything it names; all is found again, or it is
    judged; and of a theft or significant loss the DEA was told."""
    if facts.closed:
        return (_refusal("closed"),)
    if facts.adrift:
        return (_refusal("adrift"),)
    if facts.significant is None and not facts.all_found:
        return (_refusal("not_judged"),)
    if not facts.significant:
        return ()
    wanted = {DiscrepancyStepKind.NOTICE: "notice", DiscrepancyStepKind.FORM_106: "form_106"}
    return tuple(_refusal(problem) for kind, problem in wanted.items() if facts.done_at(kind) is None)


def step_refusals(kind: DiscrepancyStepKind, *, text: str, reference: str) -> tuple[Refusal, ...]:
    """A form by which reference, everything else how or why. What has happened is recorded after closing too."""
    if kind is DiscrepancyStepKind.FORM_106:
        return reason_refusals(reference, name="reference")
    return reason_refusals(text, name="text")


def naming_refusals(facts: DiscrepancyFacts) -> tuple[Refusal, ...]:
    """No device is named in one that is closed."""
    return (_refusal("closed"),) if facts.closed else ()


def _refusal(problem: str) -> Refusal:
    return Refusal("DISCREPANCY", {"problem": problem}, None, (ClearedBy.DOCUMENTATION,))
