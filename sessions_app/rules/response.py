"""What a course's scores and sessions say together: the first score and how far each fell from it, and what each dose
did. Display only. Standard library only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.instrument import Instrument
from sessions_app.rules.program import Program
from sessions_app.rules.readings import after_dose, before_dose, blood_pressures
from sessions_app.rules.sign_spans import sign_spans

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Scored:
    """One total. ``ready``: asked when ready to leave, so that a rapid onset shows beside the one before the dose."""

    at: datetime
    total: int
    ready: bool
    patient: bool


@dataclass(frozen=True)
class Series:
    """The totals of one instrument, in order of time; the first of the course is what the others fall from."""

    instrument: Instrument
    scores: tuple[Scored, ...]

    @property
    def first(self) -> Scored:
        return self.scores[0]

    @property
    def last(self) -> Scored:
        """The last one not asked while the medicine acts."""
        return next((each for each in reversed(self.scores) if not each.ready), self.scores[-1])

    def fall_percent(self, scored: Scored) -> int | None:
        """From the first; below zero it rose. None from a first of nothing."""
        return round((self.first.total - scored.total) * 100 / self.first.total) if self.first.total else None


def series_of(instrument: Instrument, scores: Iterable[Scored]) -> Series | None:
    ordered = tuple(sorted(scores, key=lambda scored: scored.at))
    return Series(instrument, ordered) if ordered else None


@dataclass(frozen=True)
class PhaseSpan:
    """A line of the programme's dosing table along the course; open at its end."""

    phase: str
    from_date: date
    to_date: date | None


def phase_spans(program: Program, indication: str, first_dose: date | None) -> tuple[PhaseSpan, ...]:
    """By weeks since the first dose, wherever it was given [P]; neighbours of one name are one span."""
    if first_dose is None:
        return ()
    found: list[PhaseSpan] = []
    for line in sorted(program.regimens, key=lambda line: line.week_from):
        if line.indication != indication:
            continue
        begins = first_dose + timedelta(weeks=line.week_from - 1)
        ends = first_dose + timedelta(weeks=line.week_to) if line.week_to else None
        if found and found[-1].phase == line.phase:
            found[-1] = PhaseSpan(line.phase, found[-1].from_date, ends)
        else:
            found.append(PhaseSpan(line.phase, begins, ends))
    return tuple(found)


@dataclass(frozen=True)
class DoseDay:
    """What one session with a dose did; None where it was not measured, or is not over yet."""

    number: int
    at: datetime
    mg: int | None
    systolic_rise: int | None
    diastolic_rise: int | None
    dissociation_minutes: int | None
    sedation_minutes: int | None
    ready_minutes: int | None


def dose_day(facts: SessionFacts, *, number: int, mg: int | None, until: datetime) -> DoseDay:
    """``until``: where a sign that nobody saw the end of is cut off."""
    before, after = blood_pressures(before_dose(facts)), blood_pressures(after_dose(facts))
    first_at = facts.first_device_at or until
    ready = min((at for at in facts.assessed_at if at >= first_at), default=None)
    return DoseDay(
        number=number,
        at=first_at,
        mg=mg,
        systolic_rise=_rise([r.systolic for r in before], [r.systolic for r in after]),
        diastolic_rise=_rise([r.diastolic for r in before], [r.diastolic for r in after]),
        dissociation_minutes=_lasted(facts, "dissociation", until),
        sedation_minutes=_lasted(facts, "sedation", until),
        ready_minutes=(ready - first_at) // MINUTE if ready else None,
    )


def _rise(before: Sequence[int], after: Sequence[int]) -> int | None:
    """The highest since the dose above the last before it, never below zero."""
    return max(0, max(after) - before[-1]) if before and after else None


def _lasted(facts: SessionFacts, code: str, until: datetime) -> int | None:
    """How long a sign was there after the dose; zero where it was asked and never found."""
    if not any(check.sign(code) for check in after_dose(facts)):
        return None
    spans = [span for span in sign_spans(facts) if span.code == code]
    return sum(max(timedelta(0), (span.ended_at or until) - span.began_at) // MINUTE for span in spans)
