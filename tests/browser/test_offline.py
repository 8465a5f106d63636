"""The network drops: the tablet shows what it kept, counts on, refuses what needs the server, gives nothing away."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from django.http import HttpResponse
from playwright.sync_api import BrowserType, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.views import live
from tests.browser.stage import TABLET, Clinic, Wall, accessible, picture
from tests.browser.wire import Wire, wire_to
from tests.factories import LAST_DEVICE, PIN, Walk, give_pin, make_tablet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SECRET = "what-only-this-tablet-knows"
ADDRESSES = """async () => {
  const line = new MessageChannel();
  const heard = new Promise((done) => { line.port1.onmessage = (event) => done(event.data); });
  navigator.serviceWorker.controller?.postMessage({ kind: "kept" }, [line.port2]);
  return navigator.serviceWorker.controller ? heard : [];
}"""


def stop_the_workers(page: Page) -> None:
    """As a browser does by itself, after half a minute without work."""
    line = page.context.new_cdp_session(page)
    line.send("ServiceWorker.enable")
    line.send("ServiceWorker.stopAllWorkers")


class Ward(Clinic):
    """A nurse at an enrolled tablet whose browser keeps pages."""

    def __init__(self, page: Page, wire: Wire) -> None:
        self.page, self.wire, self.url = page, wire, wire.url

    def come_in(self, name: str = "Nora", pin: str = PIN) -> None:
        self.page.goto(f"{self.url}/tablet/")
        self.page.locator(".switch-tile", has_text=name).click()
        with self.page.expect_navigation():
            self.page.locator("[name=pin]").press_sequentially(pin)

    def keeps(self, *addresses: str) -> None:
        """Waits until all of these are kept."""
        wanted = set(addresses)
        for _look in range(100):
            if wanted <= set(self.page.evaluate(ADDRESSES)):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{wanted} not in {self.page.evaluate(ADDRESSES)}")

    def drop_the_network(self) -> None:
        self.wire.cut()
        self.page.evaluate("vigil.clock.reached()")
        expect(self.banner).to_be_visible()

    @property
    def banner(self) -> Locator:
        return self.page.locator("#line")

    def path(self, walk: Walk, step: str = "") -> str:
        return f"/dosing-sessions/{walk.dosing_session.pk}/{step}"


@pytest.fixture
def profile(browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path) -> Iterator[Any]:
    """Opens the tablet's browser, which remembers on its disk and nowhere else."""
    opened = []

    def open_browser() -> Page:
        context = browser_type.launch_persistent_context(
            tmp_path / "tablet", viewport=TABLET, **browser_type_launch_args
        )
        opened.append(context)
        return context.pages[0]

    yield open_browser
    for context in opened:
        context.close()


@pytest.fixture
def wire(live_server: LiveServer) -> Iterator[Wire]:
    with wire_to(live_server.url) as wire:
        yield wire


@pytest.fixture
def ward(profile: Any, wire: Wire, wall: Wall, walk: Walk) -> Iterator[Ward]:
    """Nora came in half a minute before a check is due; her floor is kept, and the check of the one patient."""
    wall.go_to(LAST_DEVICE + timedelta(minutes=39, seconds=30))
    for person in (walk.cast.nora, walk.cast.paul):
        give_pin(person)
    make_tablet(walk.cast, secret=SECRET)
    page = profile()
    page.context.add_cookies([{"name": "vigil_session_tablet", "value": SECRET, "url": wire.url, "expires": 2**31}])
    mishaps: list[Any] = []
    page.on("pageerror", lambda error: mishaps.append(error))
    ward = Ward(page, wire)
    ward.come_in()
    ward.keeps("/", ward.path(walk, "record-check/"))
    yield ward
    assert mishaps == [], "in any script of any page"


def test_the_floor_stays_after_a_reload_and_a_chair_never_opened_can_be_charted(ward: Ward) -> None:
    page = ward.page

    ward.drop_the_network()
    page.reload()

    # then the floor is there, says since when, and what needs the server is dashed with its reason
    expect(page.locator(".tile", has_text="Monitoring")).to_be_visible()
    expect(ward.banner).to_contain_text("Offline since 10:14")
    emergency = page.get_by_role("link", name="Emergency")
    expect(emergency).to_have_attribute("aria-disabled", "true")
    emergency.click(force=True)
    expect(page.locator(".offline-why")).to_contain_text("Call for help by voice")
    accessible(page)
    picture(page, "offline-floor")

    # when the tile is tapped, whose session nobody opened here, its check opens, and leads back to the floor
    page.locator(".tile .stretched-link").click()
    expect(page).to_have_url(re.compile("/record-check/$"))
    page.locator("[name=systolic_mmhg]").fill("131")
    page.locator("[name=diastolic_mmhg]").fill("84")
    picture(page, "offline-check")
    page.locator(".check-top a").first.click()
    expect(page).to_have_url(f"{ward.url}/")
    expect(page.locator(".tile", has_text="Monitoring")).to_be_visible()


def test_a_page_that_is_shown_because_the_server_is_slow_says_of_when_it_is(
    ward: Ward, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk.check(LAST_DEVICE + timedelta(minutes=39))  # somewhere else: what is kept is not true any more
    at_once = live.render

    def after_four_seconds(*args: Any, **kwargs: Any) -> HttpResponse:
        sleep(4)
        return at_once(*args, **kwargs)

    monkeypatch.setattr(live, "render", after_four_seconds)
    ward.page.goto(ward.url)
    expect(ward.banner).to_contain_text("This page is of 10:14.")
    expect(ward.banner.locator("[data-since]")).to_be_hidden()
    expect(ward.banner).to_be_hidden(timeout=15_000)  # a fresh part stands in it


def test_a_check_that_falls_due_is_called_by_the_tablet_itself_until_it_is_charted_there(ward: Ward) -> None:
    page = ward.page
    page.clock.install()
    page.reload()
    ward.drop_the_network()
    alarm, voice = page.locator("[data-alarm][data-local]"), page.locator("[aria-live=assertive]")

    page.clock.fast_forward(32_000)
    expect(voice).to_have_text("Chair 1: 40-min check is due")
    page.clock.fast_forward(60_000)
    expect(voice).to_have_text("Chair 1: 40-min check late")
    expect(alarm).to_have_count(1)
    expect(alarm).to_have_attribute("data-sound", "late")
    expect(page.locator(".tile.phase-overdue")).to_contain_text("40-min check late")
    accessible(page)
    picture(page, "offline-late")

    # when it is charted, it waits here, and the next one is counted
    alarm.get_by_role("link").click()
    page.locator("[name=systolic_mmhg]").fill("131")
    page.locator("[name=diastolic_mmhg]").fill("84")
    page.locator(".check-save .btn-primary").click()
    expect(page.locator("#waiting [data-kept]")).to_be_visible()
    assert page.url == ward.url + "/"
    expect(page.locator(".tile-waits")).to_contain_text("1 check waits, 10:16")
    expect(page.locator(".tile.phase-monitor")).to_contain_text("Final check in")
    expect(alarm).to_have_count(0)
    picture(page, "offline-waits")


def test_what_a_gate_decides_is_refused_with_its_reason(ward: Ward, walk: Walk) -> None:
    page = ward.page
    page.goto(ward.url + ward.path(walk, "discharge/"))
    ward.drop_the_network()
    release = page.get_by_role("button", name="Release")
    expect(release).to_have_attribute("aria-disabled", "true")
    why = "Leaving is decided with everything that everybody charted; that needs the server."
    expect(page.locator(f"#{release.get_attribute('aria-describedby')}")).to_have_text(why)
    accessible(page)
    picture(page, "offline-release")
    release.click(force=True)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/discharge/$"))
    page.reload()
    expect(page.locator("body")).to_contain_text("This page is not kept on the tablet: it needs the network.")
    accessible(page)
    picture(page, "offline-not-kept")

    # back online it goes on by itself
    ward.wire.mend()
    expect(release).to_be_enabled(timeout=15_000)


def test_restarted_offline_it_shows_nothing_of_anybody_and_its_disk_holds_no_name(
    ward: Ward, walk: Walk, profile: Any, tmp_path: Path
) -> None:
    page = ward.page
    page.goto(ward.url + ward.path(walk))
    ward.keeps(ward.path(walk))
    key = page.locator("html").get_attribute("data-keep-key") or ""
    page.context.close()

    # The browser's own history has the titles of pages: docs/operations.md says how it is told to keep none.
    files = (file for file in (tmp_path / "tablet").rglob("*") if file.is_file())
    kept = [file for file in files if not file.name.startswith("History") and file.parent.name != "Sessions"]
    disk = b"".join(file.read_bytes() for file in kept)
    assert str(walk.dosing_session.pk).encode() in disk, "it does keep something"
    for told in ("Tamarack", "Rosalind", "128/82", key):
        assert told.encode() not in disk, told
        assert told.encode("utf-16-le") not in disk, told

    ward.wire.cut()
    page = profile()
    for address in ("/", ward.path(walk), ward.path(walk, "record-check/")):
        page.goto(ward.url + address)
        expect(page.locator("body")).to_contain_text("This tablet shows nothing until it is online again.")
        assert "Tamarack" not in page.content()
    accessible(page)
    picture(page, "offline-restarted")


class TestLock:
    """Nobody touches it for two minutes, and no server answers."""

    @pytest.fixture
    def locked(self, ward: Ward, walk: Walk) -> Ward:
        page = ward.page
        with page.expect_navigation():
            page.get_by_role("button", name="Switch").click()
        ward.come_in()  # the worker was not there yet when she came in for the first time
        page.clock.install()
        page.goto(ward.url + ward.path(walk, "record-check/"))
        page.locator("[name=systolic_mmhg]").fill("131")
        ward.drop_the_network()
        page.clock.fast_forward("02:05")
        expect(page.get_by_text("Until then it opens for Nora Nightjar, RN alone.")).to_be_visible()
        return ward

    @staticmethod
    def open_with(ward: Ward, pin: str) -> None:
        ward.page.locator("#lock-secret").fill(pin)
        ward.page.get_by_role("button", name="Open").click()

    def test_it_only_hides_and_the_same_pin_opens_it_where_it_was(self, locked: Ward) -> None:
        page = locked.page
        expect(page.locator("main")).not_to_be_visible()
        accessible(page)
        picture(page, "offline-locked")
        self.open_with(locked, "111111")
        expect(page.get_by_role("alert")).to_contain_text("Tries left: 4.")

        page.reload()  # no way round it
        expect(page.locator("#lock-secret")).to_be_visible()
        expect(page.locator("main")).not_to_be_visible()
        self.open_with(locked, PIN)
        expect(page.locator("[name=systolic_mmhg]")).to_be_visible()
        expect(page.locator("[name=systolic_mmhg]")).to_have_value("131")

    def test_a_browser_that_stopped_its_worker_still_opens_a_page_that_was_kept(self, locked: Ward) -> None:
        page = locked.page
        page.reload()
        expect(page.locator("#lock-secret")).to_be_visible()
        expect(page.locator("html[data-kept]")).to_have_count(1)
        stop_the_workers(page)
        self.open_with(locked, PIN)
        expect(page.locator("main")).to_be_visible()

    def test_switch_hides_too(self, locked: Ward) -> None:
        page = locked.page
        self.open_with(locked, PIN)
        page.get_by_role("button", name="Switch").click()
        expect(page.get_by_text("Until then it opens for Nora Nightjar, RN alone.")).to_be_visible()
        expect(page.locator("main")).not_to_be_visible()

    def test_after_five_wrong_ones_it_stays_hidden_and_reads_nothing_more(self, locked: Ward) -> None:
        page = locked.page
        for left in ("4", "3", "2", "1"):
            self.open_with(locked, "111111")
            expect(page.get_by_role("alert")).to_contain_text(f"Tries left: {left}.")
        self.open_with(locked, "111111")
        expect(page.get_by_role("alert")).to_contain_text("Five wrong tries")
        expect(page.locator("#lock-secret")).to_be_disabled()
        page.reload()
        expect(page.locator("body")).to_contain_text("This tablet shows nothing until it is online again.")
