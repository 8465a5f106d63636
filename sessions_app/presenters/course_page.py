"""One course on one page: where it stands, what was tried, what is taken besides, who pays, and what is due."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.presenters.signature import signature_note
from clinic.presenters.time import calendar_day
from clinic.rules.roles import Permission
from sessions_app.models import BenefitReview, Topic, Treatment, Trial
from sessions_app.models.patient_history import PatientHistory
from sessions_app.presenters.authorisation import authorisation_words
from sessions_app.presenters.course import course_words_of, needs_antidepressant, standing
from sessions_app.presenters.course_reader import CourseReader, named
from sessions_app.presenters.course_words import (
    ADEQUATE_SAID,
    BENEFIT_WORDS,
    FLAG_WORDS,
    KIND_WORDS,
    RESPONSE_SAID,
    REVIEW_WORDS,
    TRIAL_CLASS_WORDS,
)
from sessions_app.presenters.person import patient_header, print_line
from sessions_app.presenters.policy import days_words
from sessions_app.presenters.window import missed_words, window_of, window_row
from sessions_app.rules.benefit_review import ReviewState, review_due_date, review_state
from sessions_app.rules.treatment import flag_of, goes_on
from sessions_app.rules.trial import ENOUGH, adequate_trials

Panel = dict[str, Any]


def course_page(reader: CourseReader, *, review_days: int | None, printed_by: str) -> dict[str, Any]:
    """Context of ``sessions_app/course.html``. ``review_days``: after which the clinic asks the contraindications
    again."""
    course, history = reader.course, reader.history
    words = course_words_of(course, {course.program_code: reader.program})
    return {
        "person": {**patient_header(course.patient, on=history.at, facility_zone=reader.zone), "phase": ""},
        "course": {"title": words.label, "badge": words.badge},
        "back_url": reverse("sessions_app:patient-page", args=[course.patient_id]),
        "stands": stands_panel(reader),
        "panels": [review_panel(reader), trials_panel(reader), treatments_panel(reader)],
        "side": [authorisations_panel(reader), elsewhere_panel(reader), asked_panel(reader, review_days)],
        "taken_back": taken_back(reader),
        "print_line": print_line(course.patient, course.facility, now=history.at, printed_by=printed_by),
    }


def stands_panel(reader: CourseReader) -> Panel:
    course, history = reader.course, reader.history
    first, last = history.first_dose_date(course), history.last_dose_date(course)
    programs, today = {course.program_code: reader.program}, reader.today
    window = window_of(course, history, reader.program)
    count = len(history.dose_days(course))
    rows = [
        {"label": _("Now"), "value": standing(course, first, programs, today=today) or _("before the first dose")},
        {"label": _("First dose"), "value": calendar_day(first) if first else _("none yet")},
        {"label": _("Last dose"), "value": calendar_day(last) if last else _("none yet")},
        {"label": _("Doses here"), "value": str(count)},
    ]
    if last:
        rows.append(window_row(window, today=today, chart=True))
    return {"rows": rows, "notes": missed_words(window, today=today)}


def reviews_of(reader: CourseReader) -> list[BenefitReview]:
    """Those that count: in force and signed."""
    signatures = reader.history.signatures
    return [row for row in reader.mine(reader.history.benefit_reviews) if signatures.count(row)]


def review_standing(reader: CourseReader) -> tuple[date | None, ReviewState]:
    due = review_due_date(reader.program, reader.course.indication, reader.history.first_dose_date(reader.course))
    return due, review_state(due, [reader.day(row) for row in reviews_of(reader)], today=reader.today)


def review_panel(reader: CourseReader) -> Panel:
    due, state = review_standing(reader)
    word, kind = REVIEW_WORDS[state]
    lines = []
    for row in reversed(reader.mine(reader.history.benefit_reviews)):
        note = signature_note(reader.history.signatures, row, reader.zone)
        lines.append(
            {
                "what": _("Benefit: %(benefit)s") % {"benefit": str(BENEFIT_WORDS[row.benefit]).lower()},
                "detail": row.plan,
                "by": reader.signed_by(row, note),
                "broken": bool(note and note["broken"]),
                "take_back_url": reader.take_back(row, Permission.PRESCRIBE),
            }
        )
    when = _("Due by %(day)s, the end of induction.") % {"day": calendar_day(due)} if due else ""
    late = _("An order in maintenance without it asks the prescriber for a reason.")
    return {
        "title": _("Benefit after induction"),
        "badge": {"word": word, "kind": kind} if due else None,
        "note": " ".join(filter(None, (when, late if state is ReviewState.OVERDUE else "")))
        or _("Due four weeks after the first dose, where the table has an induction."),
        "lines": lines,
        **reader.add(Permission.PRESCRIBE, "review-benefit", _("Review")),
    }


def trials_words(reader: CourseReader) -> tuple[str, bool]:
    """``Two adequate trials in this episode: documented``, and whether they are."""
    found = adequate_trials(row.facts for row in reader.mine(reader.history.trials))
    if found >= ENOUGH:
        return _("Two adequate trials in this episode: documented."), True
    return _("Two adequate trials in this episode: not yet documented (%(count)s so far).") % {"count": found}, False


def trials_panel(reader: CourseReader) -> Panel:
    said, enough = trials_words(reader)
    lines = []
    for row in reader.mine(reader.history.trials):
        taken = [row.dose, _weeks(row), str(ADEQUATE_SAID[row.adequate]), str(RESPONSE_SAID[row.response])]
        taken.append(_("this episode") if row.this_episode else _("an earlier episode"))
        lines.append(
            {
                "what": f"{row.drug}, {TRIAL_CLASS_WORDS[row.drug_class]}",
                "detail": ", ".join(part for part in taken if part),
                "more": _("Stopped: %(why)s") % {"why": row.why_stopped} if row.why_stopped else "",
                "by": reader.by(row),
                "take_back_url": reader.take_back(row, Permission.CHART),
            }
        )
    return {
        "title": _("Tried before"),
        "badge": {"word": _("Documented"), "kind": "ready"} if enough else {"word": _("Not yet"), "kind": "held"},
        "note": f"{said} {_('Documentation only: no gate asks for it.')}",
        "lines": lines,
        **reader.add(Permission.CHART, "record-trial", _("Add")),
    }


def _weeks(row: Trial) -> str:
    return ngettext("%(count)s week", "%(count)s weeks", row.weeks) % {"count": row.weeks} if row.weeks else ""


def treatment_days(row: Treatment, to_date: date | None) -> str:
    since = _("since %(day)s") % {"day": calendar_day(row.from_date)} if row.from_date else _("since before")
    return f"{since}, {_('until %(day)s') % {'day': calendar_day(to_date)}}" if to_date else since


def last_day(row: Treatment, history: PatientHistory) -> date | None:
    end = history.treatment_ends.get(row.pk)
    return end.to_date if end else row.to_date


def treatments_panel(reader: CourseReader) -> Panel:
    history = reader.history
    current: list[Panel] = []
    over: list[Panel] = []
    for row in reader.mine(history.treatments):
        end, to_date = history.treatment_ends.get(row.pk), last_day(row, history)
        on, flag = goes_on(row.from_date, to_date, reader.today), flag_of(row.kind)
        may_end = on and end is None and reader.may(Permission.CHART)
        line = {
            "what": ", ".join(part for part in (row.name, row.dose) if part),
            "badge": {"word": FLAG_WORDS[flag], "kind": "held"} if flag and on else None,
            "detail": f"{KIND_WORDS[row.kind]}, {treatment_days(row, to_date)}",
            "more": _("Stopped: %(why)s") % {"why": end.why} if end and end.why else "",
            "by": reader.by(row),
            "end_url": reader.url("end-treatment", row.pk) if may_end else "",
            "take_back_url": reader.take_back(end or row, Permission.CHART),
        }
        (current if on else over).append({**line, "quiet": not on})
    signed = []
    for row in history.antidepressants.get(reader.course.pk, []):
        note = signature_note(history.signatures, row, reader.zone)
        detail = _("Antidepressant, as the indication requires")
        by, url = reader.signed_by(row, note), reader.take_back(row, Permission.PRESCRIBE)
        signed.append({"what": row.drug, "detail": detail, "by": by, "take_back_url": url})
    panel: Panel = {
        "title": _("Taken and done besides"),
        "badge": None,
        "note": _("Asked again on the day of every dose: nothing here answers that question."),
        "lines": [*signed, *current, *over],
        **reader.add(Permission.CHART, "record-treatment", _("Add")),
    }
    if needs_antidepressant(reader.course, {reader.course.program_code: reader.program}):
        panel["other_url"] = reader.url("record-antidepressant") if reader.may(Permission.PRESCRIBE) else ""
        panel["other_label"] = _("Oral antidepressant")
    return panel


def authorisations_panel(reader: CourseReader) -> Panel:
    days = reader.history.dose_days(reader.course)
    lines = [
        {
            **authorisation_words(row, days, reader.today),
            "by": reader.by(row),
            "take_back_url": reader.take_back(row, Permission.REGISTER),
        }
        for row in reversed(reader.mine(reader.history.authorisations))
    ]
    return {
        "title": _("Prior authorisation"),
        "badge": None,
        "note": "" if lines else _("None recorded."),
        "lines": lines,
        **reader.add(Permission.REGISTER, "record-authorisation", _("Add")),
    }


def elsewhere_panel(reader: CourseReader) -> Panel:
    course = reader.course
    first, last, doses = course.first_dose_elsewhere_date, course.last_dose_elsewhere_date, course.doses_elsewhere
    told = [
        (_("Where"), course.treated_where),
        (_("First dose"), calendar_day(first) if first else ""),
        (_("Last dose"), calendar_day(last) if last else ""),
        (_("Doses"), str(doses) if doses else ""),
    ]
    rows = [{"label": label, "value": value} for label, value in told if value]
    return {
        "title": _("Treated elsewhere before"),
        "badge": None,
        "rows": rows,
        "note": "" if rows else _("Not that is known."),
    }


def asked_panel(reader: CourseReader, review_days: int | None) -> Panel:
    """Contraindications: when each was answered last."""
    answers = [
        row
        for row in reader.history.answers
        if row.course_id == reader.course.pk and row.topic == Topic.CONTRAINDICATION
    ]
    rows = []
    for row in answers:
        asked = reader.day(row)
        old = review_days is not None and (reader.today - asked).days > review_days
        said = _("yes, asked %(day)s") if row.answer else _("no, asked %(day)s")
        rows.append(
            {
                "label": reader.program.contraindications.get(row.code, row.code),
                "value": said % {"day": calendar_day(asked)},
                "badge": {"word": _("Ask again"), "kind": "held"} if old else None,
            }
        )
    again = (
        _("Asked again after %(days)s, by this clinic's policy.") % {"days": days_words(review_days)}
        if review_days
        else _("This clinic's policy asks them once for a course, and again when something is new.")
    )
    return {"title": _("Contraindications"), "badge": None, "rows": rows, "note": again}


def taken_back(reader: CourseReader) -> list[dict[str, str]]:
    """What was written and no longer counts."""
    found = []
    for row in reader.history.taken_back_of(reader.course):
        correction = reader.history.corrections[row.pk]
        who = f"{correction.performed_by}, {calendar_day(correction.occurred_at.astimezone(reader.zone).date())}"
        found.append({"what": named(row), "why": correction.reason, "by": who})
    return found
