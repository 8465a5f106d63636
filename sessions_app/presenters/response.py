"""The patient page's part about response: the last score of each scale, and what waits for an answer."""

from typing import Any

from django.urls import reverse

from clinic.presenters.time import calendar_day
from clinic.rules.roles import Permission
from sessions_app.models import Course, Score
from sessions_app.models.patient_history import PatientHistory
from sessions_app.presenters.course import course_words_of
from sessions_app.presenters.patient_list import May
from sessions_app.presenters.safety_alert import score_words, waiting_alerts
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.program import Program


def response_section(history: PatientHistory, *, programs: dict[str, Program], may: May) -> dict[str, Any] | None:
    """Context of ``_response.html``; None for whoever reads none of these charts."""
    courses = [course for course in history.courses if may(Permission.READ_CHART, course.facility_id)]
    if not courses:
        return None
    read = {course.pk for course in courses}
    prescribes = {place for place in history.facilities if may(Permission.PRESCRIBE, place)}
    banners: list[dict[str, Any]] = []
    for alert in history.alerts:
        if alert.course_id in read:
            permissions = frozenset({Permission.PRESCRIBE} if alert.facility_id in prescribes else ())
            reader = Reader(next(c for c in courses if c.pk == alert.course_id).facility.zone, history.at)
            banners += waiting_alerts([alert], reader, permissions=permissions)
    return {"banners": banners, "courses": [_course(course, history, programs) for course in courses]}


def _course(course: Course, history: PatientHistory, programs: dict[str, Program]) -> dict[str, Any]:
    last: dict[str, Score] = {}
    for score in history.scores:
        if score.course_id == course.pk:
            last[score.instrument] = score
    zone = course.facility.zone
    return {
        "title": course_words_of(course, programs).label,
        "url": reverse("sessions_app:picture", args=[course.patient_id, course.pk]),
        "rows": [
            {"label": calendar_day(score.occurred_at.astimezone(zone).date()), "value": score_words(score)}
            for score in last.values()
        ],
    }
