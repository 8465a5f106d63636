"""On which day, at which hour and in which chair the visits of a made-up clinic take place. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sessions_app.simulate.courses import PatientPlan, Visit, plan_course, plan_patient

CHAIRS = ("1", "2", "3", "4", "5")
STARTS = (time(7, 30), time(11, 15), time(15, 0))  # of checking in
SUNDAY = 6
CHECKED_IN, LAST_DEVICE = 0, 50  # minutes from checking in to the last device


@dataclass(frozen=True)
class Patient:
    """``number``: in the registry; ``starts``: the day of the first visit."""

    number: int
    plan: PatientPlan
    starts: date


@dataclass(frozen=True)
class Appointment:
    """``at``: the minute of the last device that will be given, from which the visit's own minutes count."""

    patient: Patient
    visit: Visit
    chair: str
    at: datetime


def fill(random: Random, numbers: range, *, first_day: date, days: int, zone: ZoneInfo) -> list[Appointment]:
    """Every appointment of these patients at one clinic, in the order of time."""
    taken: Counter[date] = Counter()
    found = [each for number in numbers for each in _of_patient(random, number, first_day, days, zone, taken)]
    return sorted(found, key=lambda each: (each.at, each.patient.number))


def _of_patient(
    random: Random, number: int, first_day: date, days: int, zone: ZoneInfo, taken: Counter[date]
) -> Iterator[Appointment]:
    plan = plan_patient(random)
    visits = list(plan_course(random, plan, within=days))
    room = max(0, days - visits[-1].day - 14)
    starts = first_day + timedelta(days=random.randint(0, room))
    starts -= timedelta(days=max(0, starts.weekday() - 2))  # twice a week never falls on a Sunday then
    patient = Patient(number, plan, max(starts, first_day))
    after = date.min
    for visit in visits:
        day = max(patient.starts + timedelta(days=visit.day), after)
        while day.weekday() == SUNDAY or taken[day] >= len(CHAIRS) * len(STARTS):
            day += timedelta(days=1)
        slot = taken[day]
        taken[day] += 1
        after = day + timedelta(days=2)
        minute = LAST_DEVICE + random.randint(0, 20)
        begins = datetime.combine(day, STARTS[slot // len(CHAIRS)], tzinfo=zone)
        yield Appointment(patient, visit, CHAIRS[slot % len(CHAIRS)], begins + timedelta(minutes=minute))
