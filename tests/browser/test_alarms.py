"""An alarm's life in real browsers: raised by the command alone, heard, had by name, told to the prescriber, and over
with the check."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.stage import TABLET, Clinic, Wall, accessible, picture
from tests.factories import LAST_DEVICE, Walk, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LATE = LAST_DEVICE + minutes(41)
SEEN = 7000  # milliseconds: the page asks every five seconds


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """Somebody else's tablet."""
    with browser.new_context(viewport=TABLET) as context:
        yield context.new_page()


def command(wall: Wall, now: datetime) -> None:
    wall.go_to(now)
    call_command("raise_alarms", "--once")


def rail(page: Page) -> str:
    return page.locator(".alarms").inner_text()


def test_an_overdue_check_is_raised_heard_had_and_over(
    page: Page, other: Page, live_server: LiveServer, wall: Wall, walk: Walk
) -> None:
    wall.go_to(LAST_DEVICE + minutes(30))
    for tablet, name in ((page, "nora"), (other, "nils")):
        Clinic(tablet, live_server).sign_in(name)
        tablet.goto(live_server.url)
    expect(page.locator(".alarms")).to_contain_text("None now.")
    sound = page.locator("#alarm-sound")
    expect(sound).to_have_text("Sound is off on this tablet: tap to turn on")
    sound.click()
    expect(sound).to_have_text("Sound on")

    # when the check is late, and the command looks
    command(wall, LATE)

    # then both tablets show it, one sounds it, and each says it once
    for tablet in (page, other):
        alarm = tablet.locator("[data-alarm]")
        expect(alarm).to_contain_text(re.compile(r"40-min check 0\d:\d\d late"), timeout=SEEN)
        expect(alarm).to_contain_text("Nobody has it yet. Paul Penstemon is told at 10:21")
        expect(tablet.get_by_role("status").filter(has_text="Chair 1: 40-min check late")).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("data-sounded", "late")
    expect(other.locator("html")).to_have_attribute("data-sound", "off")
    accessible(page)
    picture(page, "alarm-late")

    # when Nora has it
    page.get_by_role("button", name="I have it").click()

    # then both read her name, nobody can have it again, and it sounds no more
    for tablet in (page, other):
        expect(tablet.locator("[data-alarm]")).to_contain_text("Nora Nightjar has it, 10:16", timeout=SEEN)
        expect(tablet.get_by_role("button", name="I have it")).to_have_count(0)
        expect(tablet.locator("[data-alarm]")).to_have_attribute("data-sound", "")
    expect(page.locator("#alarm-sound")).not_to_have_text("Sound is off on this tablet: tap to turn on")
    accessible(page)
    picture(page, "alarm-had")

    # when she charts the check
    walk.check(LATE)

    # then it is over on the other tablet too
    expect(other.locator(".alarms")).to_contain_text("None now.", timeout=SEEN)
    Clinic(page, live_server).open_session(walk.dosing_session)
    page.locator("#alarm-history summary").click()
    expect(page.locator("#alarm-history")).to_contain_text("Nora Nightjar had it 10:16, over 10:16")
    accessible(page)


def test_the_prescriber_is_told_when_nobody_has_it(page: Page, live_server: LiveServer, wall: Wall, walk: Walk) -> None:
    command(wall, LATE)
    clinic = Clinic(page, live_server)
    clinic.sign_in("paul", opens=None)
    page.goto(live_server.url)
    expect(page.locator(".alarm-yours")).to_have_count(0)

    command(wall, LATE + minutes(5))

    expect(page.locator(".alarm-yours")).to_contain_text("For you", timeout=SEEN)
    assert "Paul Penstemon told 10:21" in rail(page)
    accessible(page)
    picture(page, "alarm-told")

    # somebody was faster, and this page does not know it yet: said in words, on the page that was pressed
    page.evaluate("document.body.setAttribute('aria-busy', 'true')")
    walk.check(LATE + minutes(5))
    page.get_by_role("button", name="I have it").click()
    expect(page.locator(".messages")).to_contain_text("This alarm is over")


def test_the_floor_is_right_and_says_so_while_nothing_records(
    page: Page, live_server: LiveServer, wall: Wall, walk: Walk
) -> None:
    wall.go_to(LATE + minutes(1))
    Clinic(page, live_server).sign_in("nora", opens=None)
    page.goto(live_server.url)
    assert "40-min check" in rail(page)
    assert "Alarms are shown and not recorded" in rail(page)
    accessible(page)
    page.emulate_media(color_scheme="dark")
    accessible(page)
    picture(page, "alarm-unrecorded-dark")
