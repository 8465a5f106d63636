"""Putting right, ready to be tried."""

from typing import Any
from uuid import UUID, uuid4

from clinic.rules.roles import Role
from sessions_app.actions import monitoring, paper, replacement
from sessions_app.models import SignEvent
from sessions_app.rules.facts import SignEventKind
from sessions_app.rules.states import State
from tests.attempts import CARE, Attempt
from tests.factories import NINE, Cast, Walk, checked_in, full_check, make_course, one_more
from tests.sessions_app.actions.attempt_scenes import FORTY_LATER, at, checks, of_session
from tests.sessions_app.paper import CUT, POWER_BACK, Sheet


def sign_began(walk: Walk) -> None:
    monitoring.record_sign(code="sedation", kind=SignEventKind.ONSET, **walk.envelope(FORTY_LATER))


def began(walk: Walk) -> UUID:
    """The sign that began; in a session without one, any."""
    found = SignEvent.objects.filter(dosing_session=walk.dosing_session).first()
    return found.pk if found else uuid4()


def other_chair(walk: Walk) -> Any:
    return checked_in(walk.cast).dosing_session


def with_sheet(walk: Walk) -> None:
    """By somebody else than everybody who compares."""
    Sheet(walk.cast).check(FORTY_LATER).enter_on(walk.dosing_session, by=one_more(walk.cast, Role.NURSE, "Tess Tern"))


def of_course(cast: Cast) -> dict[str, Any]:
    """The same sheet whenever it is asked for."""
    return {
        "course": make_course(cast),
        "identifiers": ("name", "mrn"),
        "checked_in_at": NINE,
        "performed_by": cast.nora,
        "reason": CUT,
    }


RIGHT_OF_COURSE = (Attempt(paper.enter_paper_session, CARE, lambda cast: cast, of_course, now=POWER_BACK),)
RIGHT = (
    Attempt(
        paper.enter_paper,
        CARE,
        at(State.MONITORING),
        of_session(lines=lambda walk: Sheet(walk.cast).check(FORTY_LATER).lines, reason=CUT),
        now=POWER_BACK,
    ),
    Attempt(paper.confirm_paper, CARE, at(State.MONITORING, with_sheet), of_session(), now=POWER_BACK),
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
