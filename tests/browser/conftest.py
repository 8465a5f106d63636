"""Fixtures of the browser tests."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.nurse import SECRET, Nurse, enrol
from tests.browser.stage import TABLET, Wall
from tests.browser.thumb import Thumb
from tests.factories import LAST_DEVICE, NINE, Walk, give_pin, in_monitoring, make_cast, make_tablet, minutes


@pytest.fixture
def wall() -> Iterator[Wall]:
    """Both clocks that the views read, inside this test process alone."""
    wall = Wall(NINE)
    with mock.patch("clinic.clock.now", wall.read), mock.patch("clinic.clock.database_now", wall.read):
        yield wall


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A tablet lying on its side, whose owner asked for no motion: nothing waits for a transition to end. What it keeps
    for when no server answers is the matter of test_offline.py."""
    return {**browser_context_args, "viewport": TABLET, "reduced_motion": "reduce", "service_workers": "block"}


@pytest.fixture
def walk(wall: Wall) -> Walk:
    """A patient 40 minutes after the last device."""
    wall.go_to(LAST_DEVICE + minutes(40))
    return in_monitoring(make_cast())


@pytest.fixture
def thumb(page: Page, live_server: LiveServer, walk: Walk) -> Thumb:
    """The nurse, with the session page open."""
    thumb = Thumb(page, live_server)
    thumb.sign_in("nora", opens=None)
    thumb.open_session(walk.dosing_session)
    return thumb


@pytest.fixture
def nurse(page: Page, live_server: LiveServer, walk: Walk, wall: Wall) -> Iterator[Nurse]:
    """Nora, come in at the tablet, with a blood pressure to chart."""
    for person in (walk.cast.nora, walk.cast.paul):
        give_pin(person)
    make_tablet(walk.cast, secret=SECRET)
    enrol(page.context, live_server)
    mishaps: list[Any] = []
    page.on("pageerror", lambda error: mishaps.append(error))
    page.goto(f"{live_server.url}/dosing-sessions/{walk.dosing_session.pk}/repeat-bp/")
    nurse = Nurse(page, live_server, wall)
    nurse.come_in("Nora")
    yield nurse
    assert mishaps == [], "in any script of any page"
