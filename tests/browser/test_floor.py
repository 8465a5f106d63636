"""The floor and the wall in a real browser: order, names, two tablets, clocks that are wrong."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from clinic.actions.staff import add_display
from tests.browser.stage import TABLET, Clinic, Wall, accessible, picture
from tests.factories import LAST_DEVICE, NINE, PASSWORD, Cast, entry, in_monitoring, make_cast, minutes
from tests.sessions_app.presenters.test_floor import varied

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MID_MORNING = NINE + minutes(126)
URGENCY = ("overdue", "held", "ready", "dosing", "monitor", "before", "free")
TELEVISION: ViewportSize = {"width": 1920, "height": 1080}
REFRESHED = 7000  # five seconds, and what a busy machine adds


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def second(browser: Browser) -> Iterator[Page]:
    """Another tablet, signed in by somebody else."""
    with browser.new_context(viewport=TABLET) as context:
        yield context.new_page()


def stand_by_urgency(page: Page) -> bool:
    words = page.locator(".tile").evaluate_all("tiles => tiles.map(tile => tile.className.match(/phase-(\\w+)/)[1])")
    order = [URGENCY.index(str(word)) for word in words]
    return order == sorted(order) and len(set(order)) > 3


def test_the_most_urgent_chair_stands_first_and_the_order_is_remembered(
    page: Page, live_server: LiveServer, wall: Wall, cast: Cast
) -> None:
    varied(cast)
    wall.go_to(MID_MORNING + minutes(35))
    clinic = Clinic(page, live_server)
    clinic.sign_in("nora")
    expect(page.get_by_role("link", name="By chair")).to_have_attribute("aria-current", "true")
    accessible(page)
    picture(page, "floor")

    page.get_by_role("link", name="By urgency").click()
    expect(page.get_by_role("link", name="By urgency")).to_have_attribute("aria-current", "true")
    assert stand_by_urgency(page)

    page.goto(f"{live_server.url}/")
    expect(page.get_by_role("link", name="By urgency")).to_have_attribute("aria-current", "true")
    page.emulate_media(color_scheme="dark")
    page.reload()
    accessible(page)
    picture(page, "floor-dark")


def test_the_whole_name_shows_while_the_initials_are_pressed(
    page: Page, live_server: LiveServer, wall: Wall, cast: Cast
) -> None:
    in_monitoring(cast)
    wall.go_to(LAST_DEVICE + minutes(12))
    Clinic(page, live_server).sign_in("nora")
    name = page.locator(".tile-name")
    expect(name).to_be_hidden()

    page.locator(".tile-who").hover()
    page.mouse.down()
    expect(name).to_be_visible()
    expect(name).to_have_text("Rosalind Tamarack")
    page.mouse.up()


def test_a_telephone_shows_the_most_urgent_first(
    browser: Browser, live_server: LiveServer, wall: Wall, cast: Cast
) -> None:
    varied(cast)
    wall.go_to(MID_MORNING + minutes(35))
    telephone = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
    with browser.new_context(viewport={"width": 390, "height": 844}, user_agent=telephone) as context:
        page = context.new_page()
        Clinic(page, live_server).sign_in("nora")
        assert stand_by_urgency(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        accessible(page)
        picture(page, "floor-phone")


def test_two_tablets_see_each_others_writes_within_five_seconds(
    page: Page, second: Page, live_server: LiveServer, wall: Wall, cast: Cast
) -> None:
    walk = in_monitoring(cast)
    wall.go_to(LAST_DEVICE + minutes(38))
    on_floor, at_chair = Clinic(page, live_server), Clinic(second, live_server)
    on_floor.sign_in("nora")
    at_chair.sign_in("nils")
    expect(page.locator(".tile .vital dd").first).to_have_text("128/82")

    at_chair.open_session(walk.dosing_session)
    at_chair.chart(147, 88)

    expect(page.locator(".tile .vital dd").first).to_contain_text("147/88", timeout=REFRESHED)
    at_chair.open_session(walk.dosing_session)
    on_floor.open_session(walk.dosing_session)
    on_floor.chart(139, 84, only_pressure=True)
    expect(second.locator("#live")).to_contain_text("139/84", timeout=REFRESHED)


def test_a_wrong_clock_and_a_long_wait_change_no_countdown(
    page: Page, live_server: LiveServer, wall: Wall, cast: Cast
) -> None:
    in_monitoring(cast)
    wall.go_to(LAST_DEVICE + minutes(30))
    page.add_init_script("const real = Date.now; Date.now = () => real() + 47 * 60000;")
    Clinic(page, live_server).sign_in("nora")
    count = page.locator(".tile .count")
    expect(count).to_contain_text("09:5")
    expect(page.locator("[data-clock]")).to_have_text("10:05")

    wall.go_to(LAST_DEVICE + minutes(34))
    expect(count).to_contain_text("05:5", timeout=REFRESHED)
    expect(page.locator("[data-clock]")).to_have_text("10:09")


def test_the_wall_names_nobody_and_has_nothing_to_press(
    browser: Browser, live_server: LiveServer, wall: Wall, cast: Cast
) -> None:
    varied(cast)
    add_display(
        facility=cast.facility, username="wall", password=PASSWORD, entry=entry(), by=cast.ada, now=NINE + minutes(1)
    )
    wall.go_to(MID_MORNING + minutes(35))
    with browser.new_context(viewport=TELEVISION) as context:
        page = context.new_page()
        Clinic(page, live_server).come_through_the_door("wall")
        expect(page).to_have_url(f"{live_server.url}/wall/")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        for name in ("Rosalind", "Tamarack", "R.T.", "Basil"):
            assert name not in page.locator("body").inner_text()
        assert page.locator("a:visible, button:visible, input:visible").count() == 0
        assert page.evaluate("document.documentElement.scrollHeight") == 1080
        accessible(page)
        picture(page, "wall")

        page.goto(f"{live_server.url}/wall/?theme=light")
        accessible(page)
        page.goto(f"{live_server.url}/")
        expect(page.locator("h1")).to_have_text("Not open to you")
