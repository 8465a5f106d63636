"""When the next session belongs, by the label's table and the programme's own intervals (domain.md section 1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sessions_app.rules.course import regimen_of_week, too_soon, week_of_course
from sessions_app.rules.program import Program
from sessions_app.rules.regimen import Regimen

DAY = timedelta(days=1)
# [D] The longest rest that still keeps the rhythm, as the intervals are the shortest: twice a week leaves seven days
# for two of them, once a week fourteen, and every second week (from week 9 on, [P]) two more than those fourteen.
LONGEST_REST = {"twice_weekly_interval_days": 5, "weekly_interval_days": 9}
EVERY_SECOND_WEEK_FROM, EVERY_SECOND_WEEK = 9, 16
RESTS = range(EVERY_SECOND_WEEK + 1)


@dataclass(frozen=True)
class Window:
    """First and last day for the next session, in one line of the table."""

    earliest: date
    latest: date
    phase: str
    interval: str


def next_window(
    program: Program, indication: str, *, first_dose_date: date | None, last_dose_date: date | None
) -> Window | None:
    """None before the first dose, and where the table has no day for it: off-label, or past its last week."""
    if first_dose_date is None or last_dose_date is None:
        return None
    days = list(_days(program, indication, first_dose_date, last_dose_date))
    if not days:
        return None
    earliest, line = latest, _ = days[0]
    for day, its in days[1:]:
        if day != latest + DAY or its is not line:
            break
        latest = day
    return Window(earliest, latest, line.phase, line.interval)


def _days(program: Program, indication: str, first: date, last: date) -> Iterator[tuple[date, Regimen]]:
    """The days that the table has for it, each judged by the line of its own week."""
    for rest in RESTS:
        day = last + rest * DAY
        week = week_of_course(first, day)
        line = regimen_of_week(program, indication, week)
        if line and not too_soon(program, line, last, day) and rest <= _longest_rest(line, week):
            yield day, line


def _longest_rest(line: Regimen, week: int) -> int:
    rest = LONGEST_REST[line.interval]
    seldom = line.interval == "weekly_interval_days" and week >= EVERY_SECOND_WEEK_FROM
    return EVERY_SECOND_WEEK if seldom else rest


def is_missed(window: Window | None, today: date) -> bool:
    return window is not None and today > window.latest
