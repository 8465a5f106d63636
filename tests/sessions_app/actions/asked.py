"""What leads to a score and to its alert."""

from typing import Any

import pytest

from sessions_app.actions.safety_alert import answer_safety_alert
from sessions_app.actions.score import record_score, record_score_between
from sessions_app.models import SafetyAlert, Score
from sessions_app.models.score import instruments
from sessions_app.rules.instrument import Timing
from tests.factories import LAST_DEVICE, NINE, STAY_ENDS, Cast, Walk, entry, minutes, ready_to_leave

LATER = LAST_DEVICE + minutes(30)
CALM, ITEM_9 = [1] * 8 + [0], [1] * 8 + [1]


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return ready_to_leave(cast)


def asked(walk: Walk, items: list[int | None], now: Any = LATER, code: str = "phq9", **said: Any) -> Score:
    given = {"instrument": instruments()[code], "items": items, "timing": Timing.AT_READINESS}
    return record_score(**{**given, **walk.envelope(now), **said})


def between(cast: Cast, course: Any, items: list[int | None], now: Any = NINE, **said: Any) -> Score:
    given = {"instrument": instruments()["phq9"], "items": items, "timing": Timing.OTHER, "course": course}
    return record_score_between(**{**given, "entry": entry(), "by": cast.nora, "now": now, **said})


def answered(alert: SafetyAlert, cast: Cast, now: Any = STAY_ENDS, **said: Any) -> Any:
    given = {"alert": alert, "plan": "Her sister stays the night.", "entry": entry(), "by": cast.paul, "now": now}
    return answer_safety_alert(**{**given, **said})


def alert_of(score: Score) -> SafetyAlert:
    return SafetyAlert.objects.get(score=score)
