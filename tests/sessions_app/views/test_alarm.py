"""One press on the floor or the session page, and back to where it was."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.clock import clock_at
from tests.expect import nothing_written
from tests.factories import Cast, Walk, entry, in_monitoring, minutes
from tests.scene import cast, clinic
from tests.sessions_app.actions.attempt_scenes import alarm_cause
from tests.sessions_app.actions.test_alarm import LATE, story, take

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return in_monitoring(cast)


def url(walk: Walk, name: str = "acknowledge-alarm") -> str:
    return reverse(f"sessions_app:{name}", args=[walk.dosing_session.pk])


def form(walk: Walk, back: str = "floor") -> dict[str, str]:
    cause = alarm_cause(walk, "CHECK_OVERDUE", LATE)
    return {"entry_id": str(entry().entry_id), "cause": cause, "back": back}


@pytest.mark.parametrize("back", ["floor", "session"])
def test_it_goes_back_to_where_it_was_pressed(cast: Cast, walk: Walk, client: Client, back: str) -> None:
    client.force_login(cast.nils)
    here = reverse("sessions_app:floor") if back == "floor" else url(walk, "dosing-session")
    with clock_at(LATE):
        assert "I have it" in client.get(here).content.decode()
        response = client.post(url(walk), form(walk, back))
        assert (response.status_code, response["Location"]) == (302, here)
        page = client.get(here).content.decode()
    assert "Nils Quince has it, 10:16" in page
    assert "I have it" not in page


def test_it_says_in_words_that_it_is_over_or_had(cast: Cast, walk: Walk, client: Client) -> None:
    client.force_login(cast.nora)
    pressed = form(walk)
    take(walk, pressed["cause"], LATE, by=cast.nils)
    with clock_at(LATE + minutes(1)):
        page = client.post(url(walk), pressed, follow=True).content.decode()
        assert "Nils Quince has it, 10:16" in page
        walk.check(LATE + minutes(1))
        page = client.post(url(walk), pressed, follow=True).content.decode()
    assert "This alarm is over" in page
    assert story(walk) == ["CHECK_OVERDUE had cleared"]


def test_it_writes_nothing_without_its_form_nor_for_whoever_may_not(cast: Cast, walk: Walk, client: Client) -> None:
    client.force_login(cast.nora)
    with clock_at(LATE), nothing_written():
        assert client.get(url(walk))["Location"] == url(walk, "dosing-session")
        assert client.post(url(walk), {"cause": "x", "back": "https://elsewhere.example"}).status_code == 302
    client.force_login(cast.fred)
    with clock_at(LATE), nothing_written():
        assert client.post(url(walk), form(walk)).status_code == 403


def test_it_tells_the_whole_story_on_the_session_page(cast: Cast, walk: Walk, client: Client) -> None:
    take(walk, alarm_cause(walk, "CHECK_OVERDUE", LATE), LATE)
    client.force_login(cast.ines)
    with clock_at(LATE + minutes(1)):
        page = client.get(url(walk, "dosing-session")).content.decode()
    assert "Alarms of this session" in page
    assert "Nora Nightjar had it 10:16" in page
