"""The session page and its steps, state by state."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.presenters.steps import STEPS
from tests.clock import clock_at
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    checked_in,
    cleared,
    discharged,
    in_monitoring,
    make_cast,
    minutes,
    ready_to_leave,
)

pytestmark = pytest.mark.django_db

STATES: dict[str, tuple[Callable[[Cast], Walk], object]] = {
    "checked_in": (checked_in, NINE + minutes(5)),
    "cleared": (cleared, NINE + minutes(26)),
    "monitoring": (in_monitoring, LAST_DEVICE + minutes(41)),
    "late": (in_monitoring, LAST_DEVICE + minutes(46)),
    "held": (in_monitoring, STAY_ENDS + minutes(3)),
    "ready": (ready_to_leave, STAY_ENDS + minutes(1)),
    "discharged": (discharged, STAY_ENDS + minutes(3)),
}
# Of these every run asks every step; of the others the slow tests.
TELLING = ("checked_in", "held", "discharged")
# Steps that need more than a session to be opened, and those another page leads to.
ELSEWHERE = {
    "answer-safety-alert",
    "acknowledge-alarm",
    "record-outcome",
    "void",
    "patient",
    "facility",
    "check-in-booked",
    "cancel",
    "correct-check",
    "correct-sign",
    "move-check",
    "adverse-event",
    "adverse-event-pdf",
    "describe-serious-event",
    "follow-up-adverse-event",
    "report-adverse-event",
    "filing-pdf",
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def page(walk: Walk, step: str = "dosing-session") -> str:
    return reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk])


@pytest.mark.parametrize("state", STATES)
class TestSessionPage:
    def test_it_shows_every_state_to_every_role_with_as_many_queries(
        self, cast: Cast, client: Client, state: str, django_assert_max_num_queries: Callable
    ) -> None:
        make, now = STATES[state]
        walk = make(cast)

        for person in (cast.nora, cast.paul, cast.fred, cast.ada, cast.ines):
            client.force_login(person)
            with clock_at(now), django_assert_max_num_queries(23):
                response = client.get(page(walk))

            assert response.status_code == 200, person
            assert "Rosalind Tamarack" in response.content.decode()


@pytest.mark.parametrize(
    "state", [pytest.param(state, marks=() if state in TELLING else pytest.mark.slow) for state in STATES]
)
def test_every_step_opens_or_says_why(cast: Cast, client: Client, state: str) -> None:
    make, now = STATES[state]
    walk = make(cast)
    client.force_login(cast.paul)

    with clock_at(now):
        for step in STEPS.keys() - ELSEWHERE:
            assert client.get(page(walk, step)).status_code == 200, step


@pytest.mark.parametrize(
    ("seconds", "said"), [(-1, "due in"), (0, "due in"), (1, "due for"), (59, "due for"), (60, "late"), (480, "late")]
)
def test_the_bar_says_what_it_counts(cast: Cast, client: Client, seconds: int, said: str) -> None:
    walk = in_monitoring(cast)
    client.force_login(cast.nora)
    with clock_at(LAST_DEVICE + minutes(40) + timedelta(seconds=seconds)):
        page = client.get(reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])).content.decode()
    assert f'<span class="label">{said}</span>' in page
