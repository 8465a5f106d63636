"""Putting right, ready to be tried."""

from typing import Any
from uuid import UUID, uuid4

from sessions_app.actions import monitoring, replacement
from sessions_app.models import SignEvent
from sessions_app.rules.facts import SignEventKind
from sessions_app.rules.states import State
from tests.attempts import CARE, Attempt
from tests.factories import Walk, checked_in, full_check
from tests.sessions_app.actions.attempt_scenes import FORTY_LATER, at, checks, of_session


def sign_began(walk: Walk) -> None:
    monitoring.record_sign(code="sedation", kind=SignEventKind.ONSET, **walk.envelope(FORTY_LATER))


def began(walk: Walk) -> UUID:
    """The sign that began; in a session without one, any."""
    found = SignEvent.objects.filter(dosing_session=walk.dosing_session).first()
    return found.pk if found else uuid4()


def other_chair(walk: Walk) -> Any:
    return checked_in(walk.cast).dosing_session


RIGHT = (
    Attempt(
        replacement.correct_check,
        CARE,
        at(State.MONITORING),
        of_session(
            check_id=lambda walk: checks(walk)[0].pk, check=full_check(120, 80), before_dose=True, reason="Typo."
        ),
        now=FORTY_LATER,
    ),
    Attempt(
        replacement.correct_sign,
        CARE,
        at(State.MONITORING, sign_began),
        of_session(
            event_id=began,
            kind=SignEventKind.RESOLUTION,
            reason="Ticked the wrong one.",
        ),
        now=FORTY_LATER,
    ),
    Attempt(
        replacement.move_check,
        CARE,
        at(State.MONITORING),
        of_session(check_id=lambda walk: checks(walk)[0].pk, to=other_chair, reason="The wrong chair."),
        now=FORTY_LATER,
    ),
)
