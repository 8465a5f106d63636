"""What is known of one session, as gate.md speaks of it: readings, sprays, what somebody decided. Of rows in force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

MINUTE = timedelta(minutes=1)
PRESSURE, OXYGEN = "blood_pressure", "spo2"
# Each sign with its row of the gate, and what its score says: how it is counted, and which way is worse.
SIGNS = {
    "sedation": ("SEDATION", "moaas_normal", "less"),
    "dissociation": ("DISSOCIATION", "cadss_normal", "more"),
    "respiratory_depression": ("RESPIRATORY", "respiratory_rate_floor", "less"),
}
MEASURES = (PRESSURE, OXYGEN, *SIGNS)
STOPS_DOSING = ("sedation", "respiratory_depression")


@dataclass(frozen=True)
class Spray:
    key: UUID
    order: int
    at: datetime
    counts_from: datetime
    outcome: str | None

    @property
    def delivered(self) -> bool:
        return self.outcome != "FAILED"


@dataclass(frozen=True)
class Reading:
    """One check. ``signs``: the answer (None: not obtained) and the score."""

    key: UUID
    order: int
    at: datetime
    baseline: bool
    systolic: int | None
    diastolic: int | None
    oxygen: int | None
    signs: Mapping[str, tuple[bool | None, int | None]]
    missing: frozenset[str]

    @property
    def asked(self) -> set[str]:
        return {
            *({PRESSURE} if self.systolic is not None or PRESSURE in self.missing else ()),
            *({OXYGEN} if self.oxygen is not None or OXYGEN in self.missing else ()),
            *self.signs,
        }


@dataclass(frozen=True)
class Said:
    """A sign began or was gone, or something serious happened."""

    key: UUID
    order: int
    at: datetime
    what: str = ""


@dataclass(frozen=True)
class Decided:
    order: int
    at: datetime
    code: str
    measure: str
    on: frozenset[UUID]
    examined: bool


@dataclass
class Asked:
    """What only the start gate asks. ``course_problem``: the dose needs the prescriber's reason."""

    certified: bool = True
    representative: bool = True
    enrolled: bool = True
    verified_today: bool = True
    of_age: bool = True
    contraindications: list[bool | None] = field(default_factory=list)
    asked_long_ago: bool = False
    anything_new: bool | None = False
    asked_again: bool = False
    medicines: list[bool | None] = field(default_factory=list)
    off_label_open: bool = False
    antidepressant_open: bool = False
    ordered: int | None = 2
    order_open: bool = False
    prescriber_here: bool = True
    oximeter_here: bool = True
    intake: dict[str, tuple[UUID, str, datetime | None] | None] = field(default_factory=dict)
    counselled: bool = True
    emergency: bool = False


@dataclass
class Known:
    numbers: Mapping[str, int]
    checked_in: datetime
    sprays: list[Spray] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    began: list[Said] = field(default_factory=list)
    gone: list[Said] = field(default_factory=list)
    serious: list[Said] = field(default_factory=list)
    alerts: list[Said] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    excused: list[tuple[str, frozenset[UUID], bool]] = field(default_factory=list)
    assessed: list[datetime] = field(default_factory=list)
    instructed: bool = False
    way_home: tuple[str, str, str, bool] | None = None
    rides: bool = True
    inpatient: bool = False
    stay_ordered: timedelta | None = None
    reopened: tuple[int, datetime] | None = None
    asked: Asked | None = None
    today: date | None = None

    def minutes(self, name: str) -> timedelta:
        return self.numbers[name] * MINUTE

    @property
    def given(self) -> list[Spray]:
        return [spray for spray in self.sprays if spray.delivered]

    @property
    def first(self) -> datetime | None:
        """When the first device was handed over, whatever it delivered."""
        return min((spray.at for spray in self.sprays), default=None)

    @property
    def anchor(self) -> datetime | None:
        return max((spray.counts_from for spray in self.given), default=None)

    @property
    def stay_ends(self) -> datetime | None:
        stay = max(self.minutes("minimum_stay_minutes"), self.stay_ordered or 0 * MINUTE)
        return self.anchor + stay if self.anchor else None

    @property
    def before(self) -> list[Reading]:
        """The pre-dose check, of one or several."""
        return [row for row in self.readings if row.baseline and (self.first is None or row.at <= self.first)]

    @property
    def after(self) -> list[Reading]:
        return [row for row in self.readings if row not in self.before]

    def stands(self, decision: Decided) -> bool:
        """A check or device of an earlier time that was entered after it voids it; it is not earlier than what it
        judged, whatever was typed."""
        judged = [row.at for row in self.readings if row.key in decision.on]
        made = max([decision.at, *judged])
        rows = [(row.order, row.at) for row in (*self.readings, *self.sprays)]
        return not any(order > decision.order and at < made for order, at in rows)

    def decision(self, code: str, on: frozenset[UUID], measure: str = "") -> Decided | None:
        found = [
            row for row in self.decided if (row.code, row.measure, row.on) == (code, measure, on) and self.stands(row)
        ]
        return max(found, key=lambda row: row.order, default=None)


def by_minute(rows: list[Reading], wanted: Callable[[Reading], Any]) -> list[list[Reading]]:
    """Those that have it, oldest first; what was measured in one minute is one reading."""
    found = [row for row in rows if wanted(row)]
    return [[row for row in found if row.at == at] for at in sorted({row.at for row in found})]


def keys(rows: list[Reading]) -> frozenset[UUID]:
    return frozenset(row.key for row in rows)


@dataclass(frozen=True)
class Pressure:
    at: datetime
    systolic: int
    diastolic: int
    on: frozenset[UUID]

    def below_or_same(self, other: "Pressure") -> bool:
        return self.systolic <= other.systolic and self.diastolic <= other.diastolic


def pressures(rows: list[Reading]) -> list[Pressure]:
    """Of two in one minute the worse counts, each number by itself."""
    return [
        Pressure(same[0].at, max(r.systolic or 0 for r in same), max(r.diastolic or 0 for r in same), keys(same))
        for same in by_minute(rows, lambda row: row.systolic is not None)
    ]


@dataclass(frozen=True)
class SignReading:
    at: datetime
    answer: bool | None
    score: int | None
    present: bool | None
    on: frozenset[UUID]


def sign_readings(known: Known, rows: list[Reading], sign: str) -> list[SignReading]:
    """The worse answer counts, and so does the worse of answer and score."""
    worse_is = SIGNS[sign][2]
    found = []
    for same in by_minute(rows, lambda row: sign in row.signs):
        answers = [row.signs[sign][0] for row in same]
        answer = True if True in answers else None if None in answers else False
        scores = [score for row in same if (score := row.signs[sign][1]) is not None]
        worst = (min(scores) if worse_is == "less" else max(scores)) if scores else None
        found.append(SignReading(same[0].at, answer, worst, _present(known, sign, answer, worst), keys(same)))
    return found


def _present(known: Known, sign: str, answer: bool | None, score: int | None) -> bool | None:
    _row, number, worse_is = SIGNS[sign]
    if score is None:
        return answer
    line = known.numbers[number]
    return True if (score < line if worse_is == "less" else score > line) else answer


def no_worse(sign: str, now: SignReading, before: SignReading | None) -> bool:
    """Neither by answer nor, where both are scored, by score; scored at one end only is worse."""
    if before is None or None in (now.answer, before.answer) or (now.answer and not before.answer):
        return False
    if now.score is None or before.score is None:
        return now.score is before.score
    return now.score >= before.score if SIGNS[sign][2] == "less" else now.score <= before.score
