"""Readings by the minute: of two in one minute the worse counts, each number by itself (gate.md, BP row)."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sessions_app.rules.facts import Check, CheckKind, SessionFacts
from sessions_app.rules.once import WorkedOutOnce
from sessions_app.rules.program import Program
from sessions_app.rules.signs import Sign

Worked = TypeVar("Worked")


class Checks(tuple[Check, ...], WorkedOutOnce):
    """Checks that remember what follows from them: every rule asks for the same readings."""


@dataclass(frozen=True)
class BloodPressureReading:
    """mmHg; ``ids`` are the checks that make it up, and what a decision on it is bound to."""

    occurred_at: datetime
    systolic: int
    diastolic: int
    ids: frozenset[UUID]

    def above(self, systolic: int, diastolic: int) -> bool:
        """Above the line by either number."""
        return self.systolic > systolic or self.diastolic > diastolic

    def not_above(self, other: "BloodPressureReading") -> bool:
        """Both numbers at or below the other reading's."""
        return self.systolic <= other.systolic and self.diastolic <= other.diastolic


@dataclass(frozen=True)
class Spo2Reading:
    """Per cent."""

    occurred_at: datetime
    percent: int
    ids: frozenset[UUID]


@dataclass(frozen=True)
class SignReading:
    """A sign at one minute. ``answer`` is the worst given (yes, then not obtained as None, then no), ``score``
    the worst score, ``present`` whether the worse of both says the sign is there (None: nobody could tell)."""

    occurred_at: datetime
    answer: bool | None
    score: int | None
    present: bool | None
    ids: frozenset[UUID]

    def no_worse_than(self, before: "SignReading | None", sign: Sign) -> bool:
        """Neither by answer nor, where both are scored, by score; scored at one end only is worse."""
        if before is None or self.answer is None or before.answer is None:
            return False
        if self.answer and not before.answer:
            return False
        if (self.score is None) != (before.score is None):
            return False
        return self.score is None or before.score is None or not sign.worse(self.score, before.score)


def before_dose(facts: SessionFacts) -> Checks:
    """The baseline checks, none of them after the first device (the same minute is fine)."""
    first_at = facts.first_device_at
    return facts.once(
        "before_dose",
        lambda: Checks(
            check
            for check in facts.checks
            if check.kind is CheckKind.BASELINE and (first_at is None or check.occurred_at <= first_at)
        ),
    )


def after_dose(facts: SessionFacts) -> Checks:
    """Every other check: also one charted as a baseline that turned out to be later than the first device."""
    return facts.once("after_dose", lambda: _others(facts.checks, before_dose(facts)))


def _others(checks: Iterable[Check], than: Iterable[Check]) -> Checks:
    known = {check.id for check in than}
    return Checks(check for check in checks if check.id not in known)


def _once(checks: Iterable[Check], key: Hashable, work_out: Callable[[], Worked]) -> Worked:
    return checks.once(key, work_out) if isinstance(checks, Checks) else work_out()


def _by_minute(checks: Iterable[Check], asked: Callable[[Check], bool]) -> list[list[Check]]:
    minutes: dict[datetime, list[Check]] = {}
    for check in checks:
        if asked(check):
            minutes.setdefault(check.occurred_at, []).append(check)
    return [minutes[minute] for minute in sorted(minutes)]


def blood_pressures(checks: Iterable[Check]) -> tuple[BloodPressureReading, ...]:
    """Every blood pressure, oldest first."""
    return _once(
        checks,
        "blood_pressures",
        lambda: tuple(
            BloodPressureReading(
                group[0].occurred_at,
                max(check.systolic_mmhg or 0 for check in group),
                max(check.diastolic_mmhg or 0 for check in group),
                frozenset(check.id for check in group),
            )
            for group in _by_minute(checks, lambda check: check.systolic_mmhg is not None)
        ),
    )


def spo2s(checks: Iterable[Check]) -> tuple[Spo2Reading, ...]:
    """Every oxygen saturation, oldest first."""
    return _once(
        checks,
        "spo2s",
        lambda: tuple(
            Spo2Reading(
                group[0].occurred_at,
                min(check.spo2_percent or 0 for check in group),
                frozenset(check.id for check in group),
            )
            for group in _by_minute(checks, lambda check: check.spo2_percent is not None)
        ),
    )


def sign_readings(checks: Iterable[Check], sign: Sign, program: Program) -> tuple[SignReading, ...]:
    """Every minute at which this sign was asked, oldest first; *not obtained* is an asking without an answer."""
    # The programme is kept with what it judged: no other can have its id meanwhile.
    key = (sign.code, id(program))
    _program, readings = _once(checks, key, lambda: (program, _sign_readings(checks, sign, program)))
    return readings


def _sign_readings(checks: Iterable[Check], sign: Sign, program: Program) -> tuple[SignReading, ...]:
    readings = []
    for group in _by_minute(checks, lambda check: check.sign(sign.code) is not None):
        observed = [found for check in group if (found := check.sign(sign.code))]
        answers = {found.present for found in observed}
        answer = True if True in answers else None if None in answers else False
        scores = [found.score for found in observed if found.score is not None and sign.scale]
        score = sign.worst(scores) if scores else None
        out_of_line = score is not None and not program.score_is_normal(sign, score)
        readings.append(
            SignReading(
                group[0].occurred_at,
                answer,
                score,
                True if out_of_line else answer,
                frozenset(check.id for check in group),
            )
        )
    return tuple(readings)


def measures_asked(check: Check) -> tuple[str, ...]:
    """The measures of this check, by name, each as a value or as *not obtained*."""
    measures = []
    if check.systolic_mmhg is not None or check.blood_pressure_not_obtained:
        measures.append("blood_pressure")
    if check.spo2_percent is not None or check.spo2_not_obtained:
        measures.append("spo2")
    return (*measures, *(answer.code for answer in check.signs))


def is_full(check: Check, program: Program) -> bool:
    """A full check has BP, SpO2 and every sign of the programme, each as a value or as *not obtained*."""
    return set(program.measures) <= set(measures_asked(check))


def not_obtained(check: Check) -> tuple[str, ...]:
    """The measures of this check that were refused or failed, by name."""
    measures = []
    if check.blood_pressure_not_obtained:
        measures.append("blood_pressure")
    if check.spo2_not_obtained:
        measures.append("spo2")
    return (*measures, *(answer.code for answer in check.signs if answer.present is None))
