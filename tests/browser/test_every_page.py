"""Every page as axe and eyes.js see it: as it stands, with a form that was filled in wrongly, and its colours by day
and by night. Colours are the long part, and among the slow tests; the journeys look at theirs each time."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page as Tab
from pytest_django.live_server_helper import LiveServer

from clinic.rules.roles import Role
from sessions_app.rules.states import State
from tests.browser.eyes import seen_wrong
from tests.browser.stage import Clinic, Wall, violations
from tests.factories import (
    STAY_ENDS,
    Cast,
    booked,
    cleared,
    employ,
    full_check,
    in_monitoring,
    in_state,
    make_cast,
    make_device,
    minutes,
)
from tests.pages import Page, pages, things_of
from tests.sessions_app.rich import rich_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Things = dict[str, Any]
# Posted, handed out as a file, or about a glass that nobody broke here.
NOT_SHOWN = ("choose-facility", "document", "portfolio-csv", "review-glass")
EVERY_STATE = ("dosing-session", "patient-page", "instructions")
NOW = STAY_ENDS + minutes(90)


def a_full_house(cast: Cast) -> list[Things]:
    """Somebody in every state a page knows, the richest first."""
    held = in_monitoring(cast)
    held.check(STAY_ENDS - minutes(80), full_check(150, 92))
    held.check(STAY_ENDS, full_check(151, 93))
    waiting = cleared(cast)
    make_device(cast)
    others = [in_state(cast, state) for state in (State.DOSING, State.CHECKED_IN, State.LEFT_EARLY, State.TRANSFERRED)]
    return [things_of(walk) for walk in (held, rich_session(cast), waiting, booked(cast), *others)]


def opened(tab: Tab, server: LiveServer, page: Page, house: list[Things]) -> Iterator[str]:
    """The page of everybody who has one; of one person where it looks alike for all."""
    for things in house:
        answer = tab.goto(server.url + page.url(things))
        assert answer is not None
        if answer.status == 200:
            yield tab.url
            if page.name not in EVERY_STATE:
                return
        else:
            assert answer.status == 404, (page.name, answer.status)


COLOURS = ("color-contrast",)
# What a sentence at a field can spoil on a page that was looked at a moment before.
OF_A_FORM = ("cat.forms", "cat.aria", "cat.name-role-value", "cat.structure")


def minded_colours(tab: Tab) -> list[str]:
    """What a change of colours can spoil."""
    found = []
    for scheme in ("light", "dark"):
        # Without motion, so that no colour is measured half way from day to night.
        tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found += violations(tab, only=COLOURS)
    return found


def minded(tab: Tab) -> list[str]:
    """Everything else; then the form with nothing in it that holds."""
    found = violations(tab, but=COLOURS) + seen_wrong(tab)
    own_form = tab.locator("main form[method=post]:not([action])")
    if own_form.locator("[name=entry_id]").count() == 1:
        own_form.locator("[name=entry_id]").evaluate("field => { field.value = 'none' }")
        with tab.expect_navigation() as moved:
            own_form.locator("button[type=submit]").last.click()
        assert moved.value.status in (409, 422), "nothing may be saved by a form without its number"
        found += [f"filled in wrongly: {each}" for each in violations(tab, only=OF_A_FORM)]
    return found


PARTS = 3


@pytest.mark.parametrize("look", [minded, pytest.param(minded_colours, marks=pytest.mark.slow)])
@pytest.mark.parametrize("part", range(PARTS))
def test_it_has_nothing_that_axe_minds(
    page: Tab, live_server: LiveServer, wall: Wall, part: int, look: Callable[[Tab], list[str]]
) -> None:
    cast = make_cast()
    house = a_full_house(cast)
    employ(cast.paul, cast.facility, Role.ADMINISTRATOR)
    wall.go_to(NOW)
    Clinic(page, live_server).sign_in("paul")

    report, seen = {}, set()
    mine = [each for each in pages()[part::PARTS] if each.name not in NOT_SHOWN]
    for each in mine:
        for url in opened(page, live_server, each, house):
            seen.add(each.name)
            if found := look(page):
                report[f"{each.name} {url.removeprefix(live_server.url)}"] = found

    assert report == {}
    assert {each.name for each in mine} == seen
