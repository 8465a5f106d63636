"""The patient's picture: scores over the course with doses, phases and lines, and what each dose did."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.presenters.time import calendar_day, clock_time
from sessions_app.models import SafetyPlan, Score
from sessions_app.models.picture import Picture
from sessions_app.models.score import instruments
from sessions_app.presenters.course import PHASE_WORDS, course_words_of
from sessions_app.presenters.person import patient_header, print_line
from sessions_app.presenters.picture_chart import Column, Dose, Line, Point, days_of, draw_scores, draw_small
from sessions_app.presenters.safety_alert import ABOUT_WORDS, asked_words, score_words, void_plan_url, waiting_alerts
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import may_take
from sessions_app.rules.response import DoseDay, Series


def picture_page(picture: Picture, *, permissions: frozenset[str], printed_by: str) -> dict[str, Any]:
    """Context of ``picture.html``."""
    course, zone = picture.course, picture.zone
    return {
        "title": _("The patient's picture"),
        "person": {**patient_header(course.patient, on=picture.at, facility_zone=zone), "phase": ""},
        "facts": course_facts(picture),
        "banners": waiting_alerts(picture.alerts, Reader(zone, picture.at), permissions=permissions),
        "offered": _offered(picture) if may_take("record-score", permissions) else [],
        "charts": [chart_of(series, picture) for series in picture.series],
        "small": small_multiples(picture.dose_days),
        "small_rows": dose_rows(picture),
        "others": other_treatments(picture),
        "scores": [
            *(_row(score, zone) for score in reversed(picture.scores)),
            *(_plan_row(plan, zone) for plan in reversed(picture.plans)),
        ],
        "papers": papers(picture),
        "back_url": reverse("sessions_app:patient-page", args=[course.patient_id]),
        "print_line": print_line(course.patient, course.facility, now=picture.at, printed_by=printed_by),
    }


def course_facts(picture: Picture) -> list[dict[str, Any]]:
    programs = {picture.program.code: picture.program} if picture.program else {}
    words, doses = course_words_of(picture.course, programs), len(picture.dose_days)
    first = picture.first_dose_date
    rows: list[dict[str, Any]] = [
        {"label": _("Course"), "value": words.label, "badge": words.badge},
        {
            "label": _("Doses here"),
            "value": ngettext("%(n)s dose", "%(n)s doses", doses) % {"n": doses},
            "badge": None,
        },
    ]
    if first:
        rows.append({"label": _("First dose"), "value": calendar_day(first), "badge": None})
    return rows


def papers(picture: Picture) -> list[dict[str, str]]:
    args = [picture.course.patient_id, picture.course.pk]
    return [
        {"url": reverse("sessions_app:referrer-pdf", args=args), "label": _("Summary for the referrer (PDF)")},
        {"url": reverse("sessions_app:own-copy-pdf", args=args), "label": _("The patient's own copy (PDF)")},
    ]


def other_treatments(picture: Picture) -> list[dict[str, str]]:
    """What else is recorded of this course."""
    said = _("Antidepressant: %(drug)s")
    return [
        {"label": calendar_day(picture.day(row.occurred_at)), "value": said % {"drug": row.drug}}
        for row in picture.antidepressants
    ]


def definition_lines(series: Series) -> list[dict[str, Any]]:
    """Response and remission: how they are counted, where they stand for this patient, and whether a
    source is at hand."""
    instrument, found = series.instrument, []
    level = instrument.response_line(series.first.total)
    if instrument.response and level is not None:
        said = {"note": instrument.response.note, "first": series.first.total}
        found.append(
            {
                "kind": "response",
                "level": level,
                "short": _("response ≤ %(level)s") % {"level": f"{level:g}"},
                "text": _("Response: %(note)s (%(first)s).") % said,
                "checked": instrument.response.checked,
            }
        )
    if instrument.remission:
        number = instrument.remission.number
        found.append(
            {
                "kind": "remission",
                "level": number - 0.5,
                "short": _("remission < %(level)s") % {"level": number},
                "text": _("Remission: %(note)s.") % {"note": instrument.remission.note},
                "checked": instrument.remission.checked,
            }
        )
    return found


def standing_words(series: Series) -> str:
    """Where the last score stands."""
    last, fall = series.last, series.fall_percent(series.last)
    instrument = series.instrument
    if len(series.scores) == 1 or fall is None:
        return _("%(total)s; nothing to compare it with yet") % {"total": last.total}
    said = {"first": series.first.total, "last": last.total, "percent": abs(fall)}
    if fall < 0:
        words = _("%(first)s to %(last)s, up %(percent)s %%") % said
    else:
        words = _("%(first)s to %(last)s, down %(percent)s %%") % said
    if instrument.remitted(last.total):
        return _("%(words)s: remission") % {"words": words}
    if instrument.responded(series.first.total, last.total):
        return _("%(words)s: response") % {"words": words}
    return words


def chart_of(series: Series, picture: Picture) -> dict[str, Any]:
    instrument = series.instrument
    points = [Point(picture.day(each.at), each.total, each.ready) for each in series.scores]
    doses = [Dose(picture.day(day.at), day.mg) for day in picture.dose_days]
    lines = definition_lines(series)
    columns = [
        Column(span.from_date, span.to_date, str(PHASE_WORDS.get(span.phase, span.phase))) for span in picture.phases
    ]
    drawing = draw_scores(
        points,
        most=instrument.most,
        lines=[Line(line["level"], line["short"], line["kind"]) for line in lines],
        doses=doses,
        columns=columns,
        days=days_of([*(point.day for point in points), *(dose.day for dose in doses)]),
    )
    standing = standing_words(series)
    return {
        **drawing,
        "id": instrument.code,
        "title": f"{instrument.label}, {ABOUT_WORDS[instrument.about]}",
        "most": instrument.most,
        "standing": standing,
        "desc": _("%(name)s from 0 to %(most)s over the course: %(standing)s.")
        % {"name": instrument.label, "most": instrument.most, "standing": standing},
        "definitions": lines,
        "source": instrument.source,
        "rows": [
            {
                "day": calendar_day(picture.day(each.at)),
                "at": clock_time(each.at, picture.zone),
                "total": each.total,
                "fall": "" if (fall := series.fall_percent(each)) is None or each is series.first else f"{-fall:+d} %",
                "ready": each.ready,
                "patient": each.patient,
            }
            for each in series.scores
        ],
    }


def small_multiples(days: list[DoseDay]) -> list[dict[str, Any]]:
    """Side by side, one bar per dose."""
    if not days:
        return []
    drawn = (
        ("bp", _("Rise of systolic BP, mmHg"), [day.systolic_rise for day in days], 40),
        ("dissociation", _("Dissociation, minutes"), [day.dissociation_minutes for day in days], 60),
        ("sedation", _("Sedation, minutes"), [day.sedation_minutes for day in days], 60),
        ("ready", _("First device to readiness, minutes"), [day.ready_minutes for day in days], 150),
    )
    return [
        {"id": code, "title": title, "desc": _spoken(title, values), **draw_small(values, least=least)}
        for code, title, values, least in drawn
    ]


def _spoken(title: str, values: list[int | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return _("%(title)s: not measured.") % {"title": title}
    said = {"title": title, "least": min(known), "most": max(known), "last": known[-1]}
    return _("%(title)s by dose: from %(least)s to %(most)s, last %(last)s.") % said


def dose_rows(picture: Picture) -> list[dict[str, Any]]:
    return [_day_row(day, picture) for day in picture.dose_days]


def _day_row(day: DoseDay, picture: Picture) -> dict[str, Any]:
    def said(value: int | None) -> str:
        return "–" if value is None else str(value)

    both = (day.systolic_rise, day.diastolic_rise)
    return {
        "number": day.number,
        "day": calendar_day(picture.day(day.at)),
        "mg": said(day.mg),
        "rise": "–" if None in both else f"{both[0]}/{both[1]}",
        "dissociation": said(day.dissociation_minutes),
        "sedation": said(day.sedation_minutes),
        "ready": said(day.ready_minutes),
    }


def _offered(picture: Picture) -> list[dict[str, str]]:
    """While a session is open a score is entered on it."""
    course, session = picture.course, picture.open_session
    if session:
        url = reverse("sessions_app:record-score", args=[session.pk])
        return [{"url": url, "label": _("Enter a score of this session")}]
    return [
        {
            "url": reverse("sessions_app:enter-course-score", args=[course.patient_id, course.pk, each.code]),
            "label": each.label,
        }
        for each in instruments().values()
    ]


def _row(score: Score, zone: Any) -> dict[str, str]:
    return {
        "day": calendar_day(score.occurred_at.astimezone(zone).date()),
        "at": clock_time(score.occurred_at, zone),
        "what": score_words(score),
        "how": asked_words(score),
        "void_url": reverse("sessions_app:void-score", args=[score.pk]),
    }


def _plan_row(plan: SafetyPlan, zone: Any) -> dict[str, str]:
    return {
        "day": calendar_day(plan.occurred_at.astimezone(zone).date()),
        "at": clock_time(plan.occurred_at, zone),
        "what": _("Plan for a safety alert: %(plan)s") % {"plan": plan.plan},
        "how": plan.performed_by.printed_name,
        "void_url": void_plan_url(plan),
    }
