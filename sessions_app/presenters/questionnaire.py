"""Which questionnaire, at the chair: each a button, and what was answered in this session."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time
from sessions_app.models import DosingSession, Score, TabletHandover
from sessions_app.models.score import instruments
from sessions_app.presenters.safety_alert import ABOUT_WORDS, asked_words, score_words
from sessions_app.presenters.steps import may_take
from sessions_app.rules.instrument import Instrument, Kind, Timing
from sessions_app.rules.states import AT_START_GATE, State


def timing_of(session: DosingSession) -> str:
    """The likeliest: before the dose, or when the stay comes to its end. Whoever enters it may say otherwise."""
    if session.state in AT_START_GATE:
        return Timing.BEFORE_DOSE.value
    return (Timing.AT_READINESS if session.state == State.MONITORING else Timing.OTHER).value


def questionnaires_page(
    session: DosingSession, scores: Iterable[Score], *, permissions: frozenset[str]
) -> dict[str, Any]:
    """Context of ``questionnaires.html``."""
    zone = session.facility.zone
    notes = {
        Kind.ITEMS: _("with its items"),
        Kind.SCREENER: _("answers by number, from your own paper"),
        Kind.TOTAL: _("total only"),
    }
    return {
        "title": _("Questionnaires"),
        "offered": [
            {
                "url": reverse("sessions_app:enter-score", args=[session.pk, each.code]),
                "label": each.label,
                "note": f"{ABOUT_WORDS[each.about]}, {notes[each.kind]}",
            }
            for each in instruments().values()
        ],
        "hand_over_url": reverse("sessions_app:hand-over-tablet", args=[session.pk])
        if may_take("hand-over-tablet", permissions)
        else "",
        "scores": [
            {
                "what": score_words(score),
                "when": clock_time(score.occurred_at, zone),
                "how": asked_words(score),
                "void_url": reverse("sessions_app:void-score", args=[score.pk]),
            }
            for score in scores
        ],
        "picture_url": reverse("sessions_app:picture", args=[session.patient_id, session.course_id]),
        "back_url": reverse("sessions_app:dosing-session", args=[session.pk]),
    }


def question_page(
    handover: TabletHandover, instrument: Instrument, answers: list[int | None], *, done: int, again: bool
) -> dict[str, Any]:
    """Context of ``questionnaire.html``: one question, in the words it was published in."""
    number, asked = len(answers) + 1, len(instrument.items)
    return {
        "lead": instrument.lead,
        "question": instrument.items[number - 1],
        "choices": [{"value": value, "word": word} for value, word in enumerate(instrument.answers)],
        "number": number,
        "of": asked,
        "sheet": done + 1,
        "sheets": len(handover.instruments),
        "language": instrument.languages[0],
        "again": again,
    }


def thanks_page() -> dict[str, Any]:
    """No verdict: the result is for whoever looks after the patient."""
    return {"door_url": reverse("tablet:switch-in")}
