"""Made-up patients and their courses as numbers, whose shares are those published (domain.md section 9). Pure: a random
generator in, plans out; the same generator gives the same registry. What is marked [D] is our own."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from sessions_app.rules.published import (
    DIASTOLIC_RISE,
    FIGURES,
    OLD_OVER,
    SYSTOLIC_RISE,
    YOUNG_UNDER,
    Measure,
)

# Ages at the first dose, with how many of a thousand: half of them up to 42, 64.3 % from 26 to 55.
AGES = ((18, 25, 120), (26, 42, 388), (43, 55, 255), (56, 78, 237))
UP_TO_EIGHT, UP_TO_TWELVE = 1 - FIGURES[Measure.NINE_SESSIONS].share, 1 - FIGURES[Measure.THIRTEEN_SESSIONS].share
LONGEST, TAIL = 150, 4.951  # from 13 sessions on: so many more at most, falling off so that the mean is as published
NOT_DOSED, LEFT_EARLY = 0.008, 0.004  # [D]
SERIOUS = 0.0006
PEAK_CHARTED_LATE = 0.015  # [D]
SAME_PATIENT = 4.0  # how alike the sessions of one patient are: lower is more alike [D]
DEVICES_MORE = (0.4, 0.65)  # three devices instead of two, in induction and later [D]
INDUCTION_DAYS, WEEKLY_UNTIL_DAY = 28, 56
MONITORED = (40, 60, 90)


class Ending(StrEnum):
    HOME = "HOME"
    NOT_DOSED = "NOT_DOSED"
    LEFT_EARLY = "LEFT_EARLY"
    HOSPITAL = "HOSPITAL"


@dataclass(frozen=True)
class PatientPlan:
    """``tendency``: how often this patient is sedated and dissociates; ``lingers``: by how much they leave later than
    they might; ``usual``: their blood pressure."""

    female: bool
    age: int
    sessions: int
    tendency: tuple[float, float]
    lingers: int
    usual: tuple[int, int]


@dataclass(frozen=True)
class CheckPlan:
    """Minutes from the last device that delivered a spray; before the first one below zero."""

    minute: int
    pressure: tuple[int, int]
    spo2: int
    sedated: bool = False
    dissociated: bool = False
    sedation_gone: bool = False
    dissociation_gone: bool = False


@dataclass(frozen=True)
class Visit:
    """One day of a course. ``number``: of the sessions with a dose; ``day``: from the first dose."""

    number: int
    day: int
    devices: int
    ending: Ending
    checks: tuple[CheckPlan, ...]
    ends_at: int

    @property
    def last_check(self) -> CheckPlan:
        return self.checks[-1]


def plan_patient(random: Random) -> PatientPlan:
    female = random.random() < FIGURES[Measure.FEMALE].share
    low, high = random.choices([(low, high) for low, high, _ in AGES], [weight for _, _, weight in AGES])[0]
    age = random.randint(low, high)
    of_signs = (FIGURES[Measure.SEDATION].share, FIGURES[Measure.DISSOCIATION].share)
    sedation, dissociation = (
        random.betavariate(share * SAME_PATIENT, (1 - share) * SAME_PATIENT) for share in of_signs
    )
    usual = (_about(random, 119 + (age > 55) * 4, 6, 104, 130), _about(random, 76, 4, 62, 82))
    lingers = min(int(random.expovariate(1 / 6)), 40)
    return PatientPlan(female, age, how_many_sessions(random), (sedation, dissociation), lingers, usual)


def how_many_sessions(random: Random) -> int:
    chance = random.random()
    if chance < UP_TO_EIGHT:
        return random.randint(1, 8)
    if chance < UP_TO_TWELVE:
        return random.randint(9, 12)
    return 13 + int(LONGEST * (1 - random.random() ** (1 / TAIL)))


def raised_share(*, female: bool, age: int) -> float:
    """How often the blood pressure of somebody like that rises much: sex and age each have their published share."""
    sex = FIGURES[Measure.INCREASED_BP_FEMALE if female else Measure.INCREASED_BP_MALE].share
    of_age = Measure.INCREASED_BP_YOUNG if age < YOUNG_UNDER else Measure.INCREASED_BP_MIDDLE
    of_age = Measure.INCREASED_BP_OLD if age > OLD_OVER else of_age
    return sex * FIGURES[of_age].share / FIGURES[Measure.INCREASED_BP].share


def plan_course(random: Random, plan: PatientPlan, *, within: int) -> Iterator[Visit]:
    """Twice weekly for four weeks, weekly for four, then weekly or every other week, so that it ends ``within`` so many
    days; 56 mg first. A visit without a dose is made up for at the next."""
    number, devices, day = 1, 2, 0
    left = plan.sessions
    weekly = WEEKLY_UNTIL_DAY + 14 * max(0, plan.sessions - 12) > within
    while left:
        ending = _ending(random, first=number == 1)
        if devices == 2 and number > 1 and random.random() < DEVICES_MORE[day >= INDUCTION_DAYS]:
            devices = 3
        yield plan_visit(random, plan, number=number, day=day, devices=devices, ending=ending)
        if ending is not Ending.NOT_DOSED:
            number += 1
            left -= 1
        day += _interval(random, day, number, weekly=weekly)


def _interval(random: Random, day: int, number: int, *, weekly: bool) -> int:
    if day < INDUCTION_DAYS - 4:
        return 3 if number % 2 == 0 else 4
    if day < WEEKLY_UNTIL_DAY or weekly:
        return 7
    return random.choice((7, 14, 14))


def _ending(random: Random, *, first: bool) -> Ending:
    chance = random.random()
    if chance < SERIOUS:
        return Ending.HOSPITAL
    if not first and chance < SERIOUS + NOT_DOSED:
        return Ending.NOT_DOSED
    return Ending.LEFT_EARLY if chance > 1 - LEFT_EARLY else Ending.HOME


def plan_visit(random: Random, plan: PatientPlan, *, number: int, day: int, devices: int, ending: Ending) -> Visit:
    before = (_about(random, plan.usual[0], 5, 98, 134), _about(random, plan.usual[1], 4, 58, 84))
    raised = raised_share(female=plan.female, age=plan.age + day // 365)
    rise = _rise(random, random.random() < raised)
    spo2 = random.randint(96, 99)
    sedated, dissociated = (random.random() < share for share in plan.tendency)
    slow = FIGURES[Measure.SEDATION_GONE].share, FIGURES[Measure.DISSOCIATION_GONE].share
    gone = (
        _gone(random, slow[0]) if sedated else 0,
        _gone(random, slow[1]) if dissociated else 0,
    )
    stays = max(121 + int(random.expovariate(1 / 4)) + plan.lingers, *(minute + 9 for minute in gone))
    ends_at = stays if ending is Ending.HOME else random.randint(62, 100)
    baseline = CheckPlan(-5 * (devices - 1) - 6, before, spo2)
    if ending is Ending.NOT_DOSED:
        return Visit(number, day, devices, ending, (baseline,), 0)
    checks = _checks(random, before, rise, spo2, gone, ends_at, home=ending is Ending.HOME)
    return Visit(number, day, devices, ending, (baseline, *checks), ends_at)


def _checks(
    random: Random,
    before: tuple[int, int],
    rise: tuple[int, int],
    spo2: int,
    gone: tuple[int, int],
    ends_at: int,
    *,
    home: bool,
) -> Iterator[CheckPlan]:
    was = [False, False]
    peak, *later = MONITORED
    late = random.random() < PEAK_CHARTED_LATE
    minutes = [peak + (random.randint(11, 15) if late else random.randint(-4, 6)), *later]
    minutes[1:] = [minute + random.randint(-4, 5) for minute in later]
    for minute in (*(m for m in minutes if m < ends_at - 8), *((ends_at - random.randint(3, 6),) if home else ())):
        are = [minute < until for until in gone]
        share = 1.0 if minute == minutes[0] else max(0.0, 1 - (minute - 40) / 75)
        noise = 0 if rise[0] >= SYSTOLIC_RISE and minute == minutes[0] else random.randint(-4, 4)
        systolic, diastolic = (int(b + r * share) + noise for b, r in zip(before, rise, strict=True))
        ended = [before and not now for before, now in zip(was, are, strict=True)]
        yield CheckPlan(minute, (systolic, diastolic), spo2 - are[0], *are, *ended)
        was = are


def _rise(random: Random, much: bool) -> tuple[int, int]:
    """``much``: as far as what counts as increased, or further."""
    if much:
        return random.randint(SYSTOLIC_RISE, SYSTOLIC_RISE + 14), random.randint(12, DIASTOLIC_RISE + 4)
    return random.randint(2, 16), random.randint(1, 10)


def _gone(random: Random, in_time: float) -> int:
    """Gone by then: seen at the check of minute 40, and gone by that of minute 90; rarely not at two hours."""
    return random.randint(56, 85) if random.random() < in_time else random.randint(124, 150)


def _about(random: Random, mean: int, spread: int, least: int, most: int) -> int:
    return min(max(round(random.gauss(mean, spread)), least), most)
