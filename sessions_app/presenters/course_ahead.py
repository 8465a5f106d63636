"""What lies ahead on a course, for the patient's page: the next session's days, what is due, who pays, and the way to
the course."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from clinic.rules.roles import Permission
from sessions_app.models import Course
from sessions_app.models.patient_history import PatientHistory
from sessions_app.presenters.authorisation import authorisation_words, standing_authorisation
from sessions_app.presenters.besides import flagged
from sessions_app.presenters.course_page import last_day, review_standing
from sessions_app.presenters.course_reader import CourseReader
from sessions_app.presenters.course_words import REVIEW_WORDS
from sessions_app.presenters.patient_list import May
from sessions_app.presenters.window import missed_words, window_of, window_row
from sessions_app.rules.benefit_review import ReviewState
from sessions_app.rules.program import Program
from sessions_app.rules.treatment import goes_on


def course_ahead(
    course: Course, history: PatientHistory, programs: Mapping[str, Program], may: May
) -> dict[str, Any] | None:
    """Values of ``sessions_app/_course_ahead.html``; None for a programme that is not known any more."""
    program = programs.get(course.program_code)
    if program is None:
        return None
    reader = CourseReader(course, history, program, may=lambda permission: may(permission, course.facility_id))
    chart = reader.may(Permission.READ_CHART)
    rows, notes = [], []
    if history.last_dose_date(course):
        window = window_of(course, history, program)
        rows.append(window_row(window, today=reader.today, chart=chart))
        notes = missed_words(window, today=reader.today) if chart else []
    if chart:
        rows += [*_review(reader), *_besides(reader)]
    rows += _authorisation(reader)
    return {"rows": rows, "notes": notes, **_way(reader, chart=chart)}


def _way(reader: CourseReader, *, chart: bool) -> dict[str, str]:
    if chart:
        return {"url": reader.url("course-page"), "label": _("Open the course")}
    if reader.may(Permission.REGISTER):
        return {"url": reader.url("record-authorisation"), "label": _("Record an authorisation")}
    return {}


def _review(reader: CourseReader) -> list[dict[str, Any]]:
    due, state = review_standing(reader)
    if due is None or state not in (ReviewState.DUE, ReviewState.OVERDUE):
        return []
    word, kind = REVIEW_WORDS[state]
    return [{"label": _("Benefit review"), "value": "", "badge": {"word": word, "kind": kind}}]


def _besides(reader: CourseReader) -> list[dict[str, Any]]:
    rows = reader.mine(reader.history.treatments)
    now = [row for row in rows if goes_on(row.from_date, last_day(row, reader.history), reader.today)]
    return [{"label": _("Matters for the dose"), **line} for line in flagged(now)]


def _authorisation(reader: CourseReader) -> list[dict[str, Any]]:
    rows, days = reader.mine(reader.history.authorisations), reader.history.dose_days(reader.course)
    row = standing_authorisation(rows, days, reader.today)
    if row is None:
        return []
    words = authorisation_words(row, days, reader.today)
    said = f"{words['what']}: {words['detail']}"
    return [{"label": _("Authorisation"), "value": said, "badge": words["badge"]}]
