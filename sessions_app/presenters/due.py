"""What falls due of the courses of a facility, in words that say nothing of an illness: whoever books reads it."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day
from sessions_app.models.due import CourseDue
from sessions_app.presenters.authorisation import authorisation_words, standing_authorisation
from sessions_app.presenters.course_words import ASKING_WORDS, REVIEW_WORDS
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.authorisation import WANTS_ANOTHER, authorisation_state
from sessions_app.rules.benefit_review import ReviewState, review_due_date, review_state
from sessions_app.rules.contraindication import AskState, ask_state, asked_until

Line = dict[str, Any]
_NEVER = datetime.max.replace(tzinfo=UTC)


def due_page(courses: Iterable[CourseDue], reader: Reader, *, chart: bool) -> dict[str, Any]:
    """Context of ``due.html``: each part with what is over first, then by the day it falls due, and who comes first."""
    today, found = reader.now.astimezone(reader.zone).date(), list(courses)
    parts: tuple[tuple[str, str, Callable[[CourseDue, date], Line | None]], ...] = (
        ("asked", _("Questions before a dose, to be asked again"), _asking),
        ("reviews", _("Reviews with the prescriber"), _review),
        ("authorisations", _("Payers' authorisations"), _authorisation),
    )
    panels: list[dict[str, Any]] = []
    for key, title, line_of in parts:
        due = [(each, line) for each in found if (line := line_of(each, today))]
        lines: list[Line] = [{**_who(each, reader, chart=chart), **line} for each, line in due]
        panels.append({"id": key, "title": title, "lines": sorted(lines, key=_order)})
    return {"panels": panels}


def _order(line: Line) -> tuple[Any, ...]:
    return (*line["order"], line["booked"] or _NEVER, line["name"])


def _who(due: CourseDue, reader: Reader, *, chart: bool) -> Line:
    patient, course = due.course.patient, due.course
    page = reverse("sessions_app:patient-page", args=[patient.person_id])
    booked = due.next_booked
    return {
        "name": patient.full_name,
        "mrn": patient.mrn,
        "url": reverse("sessions_app:course-page", args=[patient.pk, course.pk]) if chart else page,
        "booked": booked,
        "next": calendar_day(booked.astimezone(reader.zone).date()) if booked else "",
    }


def _asking(due: CourseDue, today: date) -> Line | None:
    days = due.program.contraindication_review_days
    state = ask_state(due.program.contraindications, due.asked, days, today=today)
    if state is AskState.IN_FORCE:
        return None
    until = asked_until(due.program.contraindications, due.asked, days)
    said = _("hold to the end of %(day)s") % {"day": calendar_day(until)} if until else ""
    return _line(said, ASKING_WORDS[state], state is AskState.OVER, until)


def _review(due: CourseDue, today: date) -> Line | None:
    day = review_due_date(due.program, due.course.indication, due.first_dose)
    state = review_state(day, due.reviewed, today=today)
    if day is None or state not in (ReviewState.DUE, ReviewState.OVERDUE):
        return None
    said = _("before the first session on or after %(day)s") % {"day": calendar_day(day)}
    return _line(said, REVIEW_WORDS[state], state is ReviewState.OVERDUE, day)


def _authorisation(due: CourseDue, today: date) -> Line | None:
    row = standing_authorisation(due.authorisations, due.doses, today)
    if row is None or any(each.from_date > row.from_date for each in due.authorisations):
        return None  # nobody needs one, or the next is here already
    if authorisation_state(row.facts, used=row.facts.used(due.doses), today=today) not in WANTS_ANOTHER:
        return None
    words = authorisation_words(row, due.doses, today)
    args = [due.course.patient_id, due.course.pk]
    return {
        "said": f"{words['what']}: {words['detail']}",
        "badge": words["badge"],
        "order": (words["badge"]["kind"] != "overdue", row.to_date),
        "add_url": reverse("sessions_app:record-authorisation", args=args),
    }


def _line(said: str, words: tuple[Any, str], is_over: bool, day: date | None) -> Line:
    word, kind = words
    order = (not is_over, day or date.max)
    return {"said": said, "badge": {"word": word, "kind": kind}, "order": order}
