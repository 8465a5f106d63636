"""Rating scales as data (``instruments/*.toml``): their items, what their scores mean, and which answers are
followed up for suicide risk (domain.md section 5). Standard library only.

Nothing is carried forward or filled in: with an item left out there is no total."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from clinic.rules.refusals import Refusal, field_refusal

Answers = Sequence[int | None]


class Kind(StrEnum):
    """ITEMS: with its wording, a total; SCREENER: yes or no by number, a level of risk; TOTAL: the total alone."""

    ITEMS = "items"
    SCREENER = "screener"
    TOTAL = "total"


class Timing(StrEnum):
    """When it was asked, so that a rapid onset shows."""

    BEFORE_DOSE = "BEFORE_DOSE"
    AT_READINESS = "AT_READINESS"
    NEXT_VISIT = "NEXT_VISIT"
    OTHER = "OTHER"


class AnsweredBy(StrEnum):
    STAFF = "STAFF"
    PATIENT = "PATIENT"  # on a tablet that was handed over


class Risk(StrEnum):
    """The triage of the C-SSRS screener [P]."""

    NONE = "NONE"
    LOW = "LOW"
    MODERATE = "MODERATE"
    HIGH = "HIGH"


class AlertCause(StrEnum):
    """Why a score opens a safety alert."""

    PHQ_ITEM_9 = "PHQ_ITEM_9"
    CSSRS_MODERATE = "CSSRS_MODERATE"
    CSSRS_HIGH = "CSSRS_HIGH"


@dataclass(frozen=True)
class Definition:
    """How response or remission is counted. ``checked``: a source stands behind the number, else it is to be checked.
    Response: ``number`` percent down from the first score; remission: below ``number``."""

    number: int
    note: str
    checked: bool


@dataclass(frozen=True)
class Instrument:
    code: str
    version: str
    label: str
    title: str
    about: str
    kind: Kind
    most: int
    by_patient: bool
    source: str
    lead: str = ""
    answers: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    risk_item: int = 0
    bands: Mapping[str, int] = field(default_factory=dict)
    response: Definition | None = None
    remission: Definition | None = None

    def total(self, answers: Answers) -> int | None:
        """The sum, where every item was answered."""
        if self.kind is not Kind.ITEMS:
            return None
        given = [answer for answer in answers if answer is not None]
        return sum(given) if len(given) == len(self.items) else None

    def band(self, total: int) -> str:
        """The word of its authors; empty where they have none."""
        reached = [word for word, least in self.bands.items() if total >= least]
        return reached[-1] if reached else ""

    def risk(self, answers: Answers) -> Risk | None:
        """Of a screener: HIGH for question 4 or 5 in the past month, or behaviour in the past 3 months; MODERATE for
        question 3, or behaviour ever; LOW for 1 or 2 [P]. A yes counts whatever else was left out; with something left
        out and no yes there is no level. Questions 3 to 5 are not asked after a no to 2."""
        if self.kind is not Kind.SCREENER:
            return None
        one, two, three, four, five, ever, lately = answers
        if four or five or lately:
            return Risk.HIGH
        if three or ever:
            return Risk.MODERATE
        if one or two:
            return Risk.LOW
        return None if None in (one, two, ever) else Risk.NONE

    def alert(self, answers: Answers) -> AlertCause | None:
        """Whether a prescriber must answer this before the patient is released."""
        if self.risk_item and answers and (answers[self.risk_item - 1] or 0) > 0:
            return AlertCause.PHQ_ITEM_9
        return {Risk.MODERATE: AlertCause.CSSRS_MODERATE, Risk.HIGH: AlertCause.CSSRS_HIGH}.get(
            self.risk(answers) or Risk.NONE
        )

    def responded(self, first: int, total: int) -> bool:
        """At least so many percent below the first score; a first score of nothing cannot fall."""
        return bool(self.response and first) and (first - total) * 100 >= first * self.response.number  # type: ignore[union-attr]

    def remitted(self, total: int) -> bool:
        return self.remission is not None and total < self.remission.number

    def response_line(self, first: int) -> float | None:
        """At or below this, the first score has fallen far enough."""
        return first * (100 - self.response.number) / 100 if self.response and first else None


def score_refusals(instrument: Instrument, answers: Answers, total: int | None) -> tuple[Refusal, ...]:
    """Why this cannot be a score of this instrument. A total that is typed is one of a TOTAL alone."""
    if instrument.kind is Kind.TOTAL:
        if answers:
            return (field_refusal("total", "unknown"),)
        if total is None:
            return (field_refusal("total", "nothing_entered"),)
        return () if 0 <= total <= instrument.most else (_impossible("total", total, instrument.most),)
    most = 1 if instrument.kind is Kind.SCREENER else len(instrument.answers) - 1
    if total is not None or len(answers) != len(instrument.items):
        return (field_refusal("item_1", "unknown"),)
    refusals = tuple(
        _impossible(f"item_{number}", answer, most)
        for number, answer in enumerate(answers, start=1)
        if answer is not None and not 0 <= answer <= most
    )
    nothing = () if any(answer is not None for answer in answers) else (field_refusal("item_1", "nothing_entered"),)
    return refusals or nothing


def _impossible(name: str, value: int, most: int) -> Refusal:
    return field_refusal(name, "impossible", value=value, low=0, high=most)


def parse_instrument(text: str) -> Instrument:
    """From its file; a file that names something unknown raises TypeError, one that lacks something KeyError."""
    data = tomllib.loads(text)
    data["kind"] = Kind(data["kind"])
    for name in ("answers", "items", "languages"):
        data[name] = tuple(data.get(name, ()))
    if said := data.get("response"):
        data["response"] = Definition(said["fall_percent"], said["note"], said["checked"])
    if said := data.get("remission"):
        data["remission"] = Definition(said["below"], said["note"], said["checked"])
    return Instrument(**data)
