"""A course in words: the indication with its off-label mark, where it stands, and what it still needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.presenters.time import calendar_day, clock_time_with_zone
from sessions_app.models import Course, DosingSession
from sessions_app.rules.course import regimen_of_week, week_of_course
from sessions_app.rules.program import Program

PHASE_WORDS = {"induction": gettext_lazy("induction"), "maintenance": gettext_lazy("maintenance")}
INTERVAL_WORDS = {
    "twice_weekly_interval_days": gettext_lazy("twice weekly"),
    "weekly_interval_days": gettext_lazy("weekly or less often"),
}


@dataclass(frozen=True)
class CourseWords:
    """``short`` for a list, ``label`` for a heading."""

    short: str
    label: str
    badge: dict[str, str] | None


def course_words_of(course: Course, programs: Mapping[str, Program], *, chart: bool = True) -> CourseWords:
    """The indication as its programme names it, marked where it is off-label; the programme alone for whoever does not
    read the chart."""
    program, code = programs.get(course.program_code), course.indication
    if not chart:
        name = program.label if program else course.program_code
        return CourseWords(name, name, None)
    label = program.indications.get(code, code) if program else code
    return CourseWords(code, label, {"word": _("Off-label")} if is_off_label(course, programs) else None)


def is_off_label(course: Course, programs: Mapping[str, Program]) -> bool:
    program = programs.get(course.program_code)
    return program is not None and (
        course.indication in program.off_label or course.indication not in program.indications
    )


def needs_antidepressant(course: Course, programs: Mapping[str, Program]) -> bool:
    program = programs.get(course.program_code)
    return program is not None and course.indication in program.antidepressant_required


def first_dose_of(course: Course, first_here: date | None) -> date | None:
    """A dose given elsewhere counts too."""
    return min((day for day in (course.first_dose_elsewhere_date, first_here) if day), default=None)


def standing(course: Course, first_dose: date | None, programs: Mapping[str, Program], *, today: date) -> str:
    """``week 9, maintenance, weekly or less often``; empty before the first dose."""
    program = programs.get(course.program_code)
    if program is None or first_dose is None:
        return ""
    week = week_of_course(first_dose, today)
    said = _("week %(week)s") % {"week": week}
    line = regimen_of_week(program, course.indication, week)
    if line is None:
        return said if is_off_label(course, programs) else _("%(week)s, off the dosing table") % {"week": said}
    words = (said, PHASE_WORDS.get(line.phase, line.phase), INTERVAL_WORDS.get(line.interval, ""))
    return ", ".join(str(word) for word in words if word)


def course_fact(course: Course, programs: Mapping[str, Program], *, chart: bool = True) -> dict[str, Any]:
    """For the head of a page about this course."""
    words = course_words_of(course, programs, chart=chart)
    return {"label": _("Course"), "value": words.label, "badge": words.badge}


def booked_fact(dosing_session: DosingSession) -> dict[str, Any]:
    zone, at = dosing_session.facility.zone, dosing_session.scheduled_at
    when = f"{calendar_day(at.astimezone(zone).date())}, {clock_time_with_zone(at, zone)}"
    return {"label": _("Booked for"), "value": when, "badge": None}


def course_line(course: Course, programs: Mapping[str, Program], *, chart: bool) -> str:
    """One course among others to choose from."""
    words = course_words_of(course, programs, chart=chart)
    if not chart:
        began = calendar_day(course.occurred_at.astimezone(course.facility.zone).date())
        return _("%(programme)s, since %(day)s") % {"programme": words.label, "day": began}
    return f"{words.label}, {words.badge['word']}" if words.badge else words.label
