"""The dose in its course: is it on the label's table, and is it not too soon? (domain.md section 1)"""

from collections.abc import Iterator
from datetime import date

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from sessions_app.rules.benefit_review import review_due_date
from sessions_app.rules.facts import CourseFacts, DoseOrder
from sessions_app.rules.program import Program, Regimen


def week_of_course(first_dose_date: date | None, today: date) -> int:
    """Weeks since the first dose, wherever it was given, counted from 1: phase follows weeks, not sessions [P]."""
    return 1 if first_dose_date is None else (today - first_dose_date).days // 7 + 1


def regimen_of_week(program: Program, indication: str, week: int) -> Regimen | None:
    """The line of the dosing table for this indication and week, or None off the table."""
    return next(
        (
            line
            for line in program.regimens
            if line.indication == indication
            and line.week_from <= week
            and (line.week_to is None or week <= line.week_to)
        ),
        None,
    )


def regimen_on(program: Program, course: CourseFacts, today: date) -> Regimen | None:
    """The line of the dosing table that holds today, or None off the table."""
    return regimen_of_week(program, course.indication, week_of_course(course.first_dose_date, today))


def is_off_label(course: CourseFacts, program: Program) -> bool:
    """Off-label by the course's own word or by the programme's: an indication it does not label is off-label."""
    return course.off_label or course.indication in program.off_label or course.indication not in program.indications


def too_soon(program: Program, regimen: Regimen | None, last: date, today: date) -> bool:
    """Closer to the last dose than that line's interval; off the table than the shortest one [D]."""
    interval = regimen.interval if regimen else "twice_weekly_interval_days"
    return (today - last).days < program.value(interval)


def dose_warnings(course: CourseFacts, mg: int, *, program: Program, today: date) -> Iterator[str]:
    """What about this dose today needs the prescriber's reason: a warning to answer, never a stop [D]."""
    regimen = regimen_on(program, course, today)
    if is_off_label(course, program):
        yield "off_label"
    elif regimen is None:
        yield "off_table"
    else:
        first = course.first_dose_date is None or course.first_dose_date == today
        if mg not in (regimen.first_doses_mg if first else regimen.doses_mg):
            yield "off_table"
    if course.last_dose_date and too_soon(program, regimen, course.last_dose_date, today):
        yield "too_soon"
    due = review_due_date(program, course.indication, course.first_dose_date)
    if regimen and due and due <= today and not course.benefit_reviewed:
        yield "not_reviewed"


def dose_refusals(course: CourseFacts, order: DoseOrder | None, *, program: Program, today: date) -> Iterator[Refusal]:
    """A dose is ordered (mg, the devices that hold it, prescriber, time); off the table, off-label or too soon,
    with a reason. No reason makes a dose out of another number of devices."""
    if order is None:
        yield Refusal("DOSE_ORDER", {"problems": ("missing",)}, None, (ClearedBy.PRESCRIBER,))
        return
    if order.mg != order.devices * program.mg_per_device:
        params = {"problems": ("devices",), "mg": order.mg, "devices": order.devices}
        yield Refusal("DOSE_ORDER", params, None, (ClearedBy.PRESCRIBER,))
    problems = tuple(dose_warnings(course, order.mg, program=program, today=today))
    if problems and not order.reason.strip():
        yield Refusal("DOSE_ORDER", {"problems": problems, "mg": order.mg}, None, (ClearedBy.PRESCRIBER,))


def elsewhere_refusals(first: date | None, last: date | None, *, told: bool, today: date) -> Iterator[Refusal]:
    """Treatment elsewhere has its first dose, on a day that has come; the last one is not before it."""
    if first is None and (told or last is not None):
        yield field_refusal("first_dose_elsewhere_date", "time_missing")
    for name, day in (("first_dose_elsewhere_date", first), ("last_dose_elsewhere_date", last)):
        if day is not None and day > today:
            yield field_refusal(name, "future_day")
    if first is not None and last is not None and last < first:
        yield field_refusal("last_dose_elsewhere_date", "before_begin")
