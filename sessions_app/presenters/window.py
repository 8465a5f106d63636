"""When the next session belongs, in words, and what to do where one was missed."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day
from sessions_app.models import Course
from sessions_app.models.patient_history import PatientHistory
from sessions_app.presenters.course import INTERVAL_WORDS, PHASE_WORDS
from sessions_app.rules.program import Program
from sessions_app.rules.window import Window, is_missed, next_window


def window_of(course: Course, history: PatientHistory, program: Program) -> Window | None:
    return next_window(
        program,
        course.indication,
        first_dose_date=history.first_dose_date(course),
        last_dose_date=history.last_dose_date(course),
    )


def window_days(window: Window) -> str:
    if window.earliest == window.latest:
        return calendar_day(window.earliest)
    return _("%(first)s to %(last)s") % {
        "first": calendar_day(window.earliest),
        "last": calendar_day(window.latest),
    }


def window_row(window: Window | None, *, today: date, chart: bool) -> dict[str, Any]:
    """A row of a panel; the phase only for whoever reads the chart."""
    label = _("Next session")
    if window is None:
        return {"label": label, "value": _("no day by the table: the prescriber decides"), "badge": None}
    said = [window_days(window)]
    if chart:
        said += [str(PHASE_WORDS.get(window.phase, window.phase)), str(INTERVAL_WORDS.get(window.interval, ""))]
    badge = {"word": _("Missed"), "kind": "held"} if is_missed(window, today) else None
    return {"label": label, "value": ", ".join(word for word in said if word), "badge": badge}


def missed_words(window: Window | None, *, today: date) -> list[str]:
    """What the label says of a missed session [P], and what is commonly considered besides [S]."""
    if window is None or not is_missed(window, today):
        return []
    return [
        _("A session was missed. Without worsening: continue the schedule of the table (label)."),
        _("In maintenance, with worsening: consider stepping back to the earlier frequency (secondary source)."),
    ]
