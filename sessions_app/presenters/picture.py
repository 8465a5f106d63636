"""The page of a course's scores."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day, clock_time
from sessions_app.models import Score
from sessions_app.models.picture import Picture
from sessions_app.models.score import instruments
from sessions_app.presenters.person import patient_header, print_line
from sessions_app.presenters.safety_alert import asked_words, score_words, waiting_alerts
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import may_take


def picture_page(picture: Picture, *, permissions: frozenset[str], printed_by: str) -> dict[str, Any]:
    """Context of ``picture.html``."""
    course, zone = picture.course, picture.course.facility.zone
    reader = Reader(zone, picture.at)
    return {
        "title": _("Response"),
        "person": {**patient_header(course.patient, on=picture.at, facility_zone=zone), "phase": ""},
        "banners": waiting_alerts(picture.alerts, reader, permissions=permissions),
        "offered": _offered(picture) if may_take("record-score", permissions) else [],
        "scores": [_row(score, zone) for score in reversed(picture.scores)],
        "back_url": reverse("sessions_app:patient-page", args=[course.patient_id]),
        "print_line": print_line(course.patient, course.facility, now=picture.at, printed_by=printed_by),
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
