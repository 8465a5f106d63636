"""Scores, alerts and the tablet in a patient's hand, ready to be tried."""

from typing import Any

from sessions_app.actions.safety_alert import answer_safety_alert
from sessions_app.actions.score import record_score, record_score_between, void_plan, void_score
from sessions_app.actions.tablet_handover import hand_over_tablet
from sessions_app.models import Course, SafetyAlert, SafetyPlan, Score
from sessions_app.models.score import instruments
from sessions_app.rules.instrument import Timing
from sessions_app.rules.states import OPEN, State
from tests.attempts import CARE, PRESCRIBE, Attempt
from tests.factories import NINE, Cast, entry, make_course, make_tablet
from tests.sessions_app.actions.attempt_scenes import CHARTED, FORTY_LATER, at, of_session

ASKED: dict[str, Any] = {"instrument": instruments()["phq9"], "items": [1] * 8 + [0], "timing": Timing.AT_READINESS}
# Item 9 is answered.
ALERTS: dict[str, Any] = {**ASKED, "items": [1] * 9}


def scored(cast: Cast, course: Course | None = None, **said: Any) -> Score:
    given = {**ASKED, "course": course or make_course(cast), "entry": entry(), "by": cast.nora, "now": NINE}
    return record_score_between(**{**given, **said})


def alerted(cast: Cast) -> SafetyAlert:
    return SafetyAlert.objects.get(score=scored(cast, **ALERTS))


def planned(cast: Cast) -> SafetyPlan:
    alert = alerted(cast)
    return answer_safety_alert(alert=alert, plan="Stays with her sister.", entry=entry(), by=cast.paul, now=NINE)


RESPONSE_ON_SESSIONS = (
    Attempt(record_score, CARE, at(State.MONITORING), of_session(**ASKED), now=FORTY_LATER, allowed=CHARTED),
)
RESPONSE_ON_SESSIONS += (
    Attempt(
        hand_over_tablet,
        CARE,
        at(State.MONITORING),
        of_session(instruments=["phq9"], timing=Timing.AT_READINESS, tablet=lambda walk: make_tablet(walk.cast)),
        now=FORTY_LATER,
        allowed=OPEN,
    ),
)
RESPONSE_ATTEMPTS = (
    Attempt(record_score_between, CARE, make_course, lambda made: {"course": made, **ASKED}),
    Attempt(void_score, CARE, scored, lambda score: {"score": score, "reason": "Another patient's."}),
    Attempt(void_plan, CARE, planned, lambda plan: {"plan": plan, "reason": "Of another alert."}),
    Attempt(answer_safety_alert, PRESCRIBE, alerted, lambda alert: {"alert": alert, "plan": "Stays with her sister."}),
)
