"""A tablet goes into a patient's hand on site only, and for what patients answer."""

from typing import Any

import pytest

from clinic.models import Tablet
from sessions_app.actions.tablet_handover import hand_over_tablet
from sessions_app.models import TabletHandover
from sessions_app.rules.instrument import Timing
from tests.expect import refused
from tests.factories import Cast, Walk, make_cast, make_tablet, minutes, ready_to_leave
from tests.sessions_app.actions.asked import LATER, walk

__all__ = ["walk"]


def handed(walk: Walk, tablet: Tablet | None, **said: Any) -> TabletHandover:
    given = {"instruments": ["phq9", "gad7"], "timing": Timing.AT_READINESS, "tablet": tablet, **walk.envelope(LATER)}
    return hand_over_tablet(**{**given, **said})


def test_it_says_what_is_asked_on_which_tablet(walk: Walk) -> None:
    tablet = make_tablet(walk.cast)
    made = handed(walk, tablet)
    assert (made.instruments, made.tablet, made.performed_by) == (["phq9", "gad7"], tablet, walk.cast.nora)


def test_it_is_refused_anywhere_but_on_a_tablet_of_this_clinic(walk: Walk) -> None:
    theirs = make_tablet(make_cast(facility_name="Annex", suffix="9"), secret="theirs")
    for tablet in (None, theirs):
        with refused("NOT_A_TABLET"):
            handed(walk, tablet)


@pytest.mark.parametrize("asked", [[], ["cssrs"], ["phq9", "madrs"]])
def test_it_asks_only_what_patients_answer(walk: Walk, asked: list[str]) -> None:
    tablet = make_tablet(walk.cast)
    with refused("FIELD", field="instruments"):
        handed(walk, tablet, instruments=asked)


def test_it_is_for_somebody_who_sits_here(cast: Cast) -> None:
    walk = ready_to_leave(cast)
    walk.release(LATER + minutes(90))
    tablet = make_tablet(cast)
    with refused("STATE"):
        handed(walk, tablet, now=LATER + minutes(91))
