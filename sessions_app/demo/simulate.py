"""Made-up courses as numbers: when somebody came, what was given, what was measured, how it ended.

Pure: a random generator in, plans out. How often a sign is seen follows the published figures of 1.5 million sessions
(domain.md section 9); numbers marked [D] are our own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

SEDATION, DISSOCIATION, RAISED = 0.347, 0.410, 0.009
SLOW = 0.01  # not gone at two hours
NOT_DOSED, LEFT_EARLY, TRANSFERRED = 0.008, 0.004, 0.001  # [D]
INDUCTION_DAYS, WEEKLY_UNTIL_DAY = 28, 56
MORE_FROM_SECOND, MORE_LATER = 0.4, 0.65  # three devices instead of two [D]


class Ending(StrEnum):
    HOME = "HOME"
    NOT_DOSED = "NOT_DOSED"
    LEFT_EARLY = "LEFT_EARLY"
    TRANSFERRED = "TRANSFERRED"


@dataclass(frozen=True)
class Measured:
    """One check. A sign is present, absent, or ``gone``: absent for the first time after it was there."""

    systolic: int
    diastolic: int
    spo2: int
    sedation: bool
    dissociation: bool
    sedation_gone: bool = False
    dissociation_gone: bool = False


@dataclass(frozen=True)
class VisitPlan:
    """One session. Minutes count from the last device; a sign that never began ends at minute 0."""

    day: int
    devices: int
    before: tuple[int, int]
    rise: tuple[int, int]
    spo2: int
    sedation_until: int
    dissociation_until: int
    ends_at: int
    ending: Ending = Ending.HOME

    @property
    def raised(self) -> bool:
        """Above the programme's line at its peak."""
        return self.before[0] + self.rise[0] > 140 or self.before[1] + self.rise[1] > 90

    def checks(self, minutes: Iterable[int]) -> Iterator[tuple[int, Measured]]:
        """What is measured at these minutes and before leaving, as long as the patient is here."""
        sedated = dissociated = False
        final = (self.ends_at - 6,) if self.ending is Ending.HOME else ()
        for minute in (*(minute for minute in minutes if minute < self.ends_at - 10), *final):
            was_sedated, was_dissociated = sedated, dissociated
            sedated, dissociated = minute < self.sedation_until, minute < self.dissociation_until
            share = max(0.0, 1 - abs(minute - 40) / 75)
            systolic, diastolic = (
                round(before + rise * share) for before, rise in zip(self.before, self.rise, strict=True)
            )
            gone = (was_sedated and not sedated, was_dissociated and not dissociated)
            yield minute, Measured(systolic, diastolic, self.spo2 - sedated, sedated, dissociated, *gone)


def plan_course(random: Random, sessions: int) -> list[VisitPlan]:
    """A course of treatment-resistant depression: twice weekly for four weeks, weekly for four, then weekly or every
    other week; 56 mg first, then 56 or 84 mg."""
    plans: list[VisitPlan] = []
    for day in _days(random, sessions):
        devices = 2 if not plans else plans[-1].devices
        if devices == 2 and plans and random.random() < (MORE_FROM_SECOND if day < INDUCTION_DAYS else MORE_LATER):
            devices = 3
        plans.append(plan_visit(random, day=day, devices=devices, first=not plans))
    return plans


def _days(random: Random, sessions: int) -> Iterator[int]:
    day = 0
    for number in range(sessions):
        yield day
        if day < INDUCTION_DAYS - 4:
            day += 3 if number % 2 == 0 else 4
        elif day < WEEKLY_UNTIL_DAY:
            day += 7
        else:
            day += random.choice((7, 14, 14))


def plan_visit(random: Random, *, day: int, devices: int, first: bool = False) -> VisitPlan:
    """``first``: a first session is never one of the rare ones, so that what follows is a course."""
    raised, sedated, dissociated = (random.random() < share for share in (RAISED, SEDATION, DISSOCIATION))
    before = (_about(random, 122, 6, 106, 132), _about(random, 77, 4, 64, 82))
    rise = (random.randint(3, 8), random.randint(2, 6))
    if raised:
        before, rise = (max(before[0], 120), before[1]), (random.randint(24, 32), random.randint(12, 18))
    sedation_until = _until(random, 60, 90) if sedated else 0
    dissociation_until = _until(random, 45, 85) if dissociated else 0
    ending, ends_at = (Ending.HOME, 0) if first else _rare_end(random)
    if ending is Ending.HOME:
        ends_at = max(random.randint(121, 132), sedation_until + 8, dissociation_until + 8)
    spo2 = random.randint(96, 99)
    return VisitPlan(day, devices, before, rise, spo2, sedation_until, dissociation_until, ends_at, ending)


def _about(random: Random, mean: int, spread: int, least: int, most: int) -> int:
    return min(max(round(random.gauss(mean, spread)), least), most)


def _until(random: Random, earliest: int, latest: int) -> int:
    """Gone by then; in one of a hundred not at two hours."""
    return random.randint(125, 140) if random.random() < SLOW else random.randint(earliest, latest)


def _rare_end(random: Random) -> tuple[Ending, int]:
    chance = random.random()
    for ending, share in (
        (Ending.NOT_DOSED, NOT_DOSED),
        (Ending.LEFT_EARLY, LEFT_EARLY),
        (Ending.TRANSFERRED, TRANSFERRED),
    ):
        if chance < share:
            return ending, random.randint(60, 100)
        chance -= share
    return Ending.HOME, 0
