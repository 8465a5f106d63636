"""Benefit is evaluated at the end of induction, before treatment goes on (domain.md section 1, [P])."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from sessions_app.rules.program import Program

INDUCTION = "induction"
# [D] A review of the last week of induction is the one of its end, and the one that is shown as due.
EARLY = timedelta(days=7)


class Benefit(StrEnum):
    YES = "YES"
    NO = "NO"
    UNSURE = "UNSURE"


class ReviewState(StrEnum):
    NOT_DUE = "NOT_DUE"
    DUE = "DUE"
    OVERDUE = "OVERDUE"
    DONE = "DONE"


def review_due_date(program: Program, indication: str, first_dose_date: date | None) -> date | None:
    """The first day after induction, by the table; None before the first dose, and where the table has no induction."""
    weeks = [
        line.week_to
        for line in program.regimens
        if line.indication == indication and line.phase == INDUCTION and line.week_to is not None
    ]
    if first_dose_date is None or not weeks:
        return None
    return first_dose_date + timedelta(weeks=max(weeks))


def is_reviewed(due_date: date | None, reviewed: Iterable[date]) -> bool:
    return due_date is not None and any(day >= due_date - EARLY for day in reviewed)


def review_state(due_date: date | None, reviewed: Iterable[date], *, today: date) -> ReviewState:
    if is_reviewed(due_date, reviewed):
        return ReviewState.DONE
    if due_date is None or today < due_date - EARLY:
        return ReviewState.NOT_DUE
    return ReviewState.DUE if today < due_date else ReviewState.OVERDUE
