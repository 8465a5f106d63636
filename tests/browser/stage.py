"""The stage of the browser tests: the clock on the wall, one person at one tablet, and what every page is held to."""

import os
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic.models import User
from sessions_app.models import DosingSession
from tests.factories import PASSWORD

TABLET = {"width": 1180, "height": 820}
AXE = Axe()
SCREENS = os.environ.get("VIGIL_SCREENS", "")


# Every row of a store of this device's own database, as it lies there: what is sealed as the letters of its bytes.
ON_THE_DEVICE = """async (name) => {
  const asked = indexedDB.open("vigil");
  const database = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const rows = await new Promise((done) => {
    const all = database.transaction(name).objectStore(name).getAll();
    all.onsuccess = () => done(all.result);
  });
  database.close();
  const bytes = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value);
  const letters = (key, value) => (bytes(value) ? String.fromCharCode(...new Uint8Array(value)) : value);
  return JSON.parse(JSON.stringify(rows, letters));
}"""


class Wall:
    """The clock on the wall of this test process; it stands still until somebody moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def read(self) -> datetime:
        return self.now

    def go_to(self, now: datetime) -> None:
        self.now = now


class Clinic:
    """What a nurse does with the mouse and the keyboard."""

    def __init__(self, page: Page, server: LiveServer) -> None:
        self.page, self.server = page, server

    def sign_in(self, username: str, *, opens: str | None = "/") -> None:
        """Come in already, as if a moment ago through the door, and see the floor; or what ``opens`` says."""
        come_in = Client()
        come_in.force_login(User.objects.get(username=username))
        cookie = come_in.cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.server.url}])
        if opens is not None:
            self.page.goto(self.server.url + opens)

    def come_through_the_door(self, username: str) -> None:
        self.page.goto(f"{self.server.url}/accounts/login/")
        self.page.get_by_label("Name", exact=False).first.fill(username)
        self.page.locator("input[type=password]").fill(PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("button[type=submit]").first.click()

    def sign_out(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("form[action*=logout] button").click()

    def open_session(self, dosing_session: DosingSession) -> None:
        self.page.goto(f"{self.server.url}/dosing-sessions/{dosing_session.pk}/")

    def step(self, name: str) -> None:
        """Open a step by its URL, as its link would."""
        base = re.match(r".*/dosing-sessions/[0-9a-f-]+/", self.page.url)
        assert base is not None
        self.page.goto(f"{base.group(0)}{name}/")

    def choose(self, name: str, value: str) -> None:
        self.page.locator(f'input[name="{name}"][value="{value}"]').check(force=True)

    def save(self) -> None:
        """Send the page's form; one that is signed, signed."""
        send = self.page.locator("main form button[type=submit].btn-primary")
        send.wait_for()  # a link pressed just now may still be on its way here
        for secret in self.page.locator("main form [name=signature]").all():
            secret.fill(PASSWORD)
        with self.page.expect_navigation():
            send.click()

    def release(self) -> None:
        """Press for it; whether it is refused, the page says."""
        self.step("discharge")
        self.page.locator("[name=handed_over_to]").fill("Basil Tamarack")
        self.page.locator("[name=still_true]").check(force=True)
        self.save()

    def sign_safety_plan(self) -> None:
        self.page.locator("[name=plan]").fill("Spoken with; no intent; her sister stays the night.")
        self.save()

    def saved(self) -> None:
        expect(self.page.locator("[role=status]", has_text="saved").first).to_be_visible()

    def next_title(self) -> str:
        return self.page.locator("#next-h").inner_text()

    def chart(self, systolic: int, diastolic: int, *, only_pressure: bool = False) -> None:
        self.step("repeat-bp" if only_pressure else "record-check")
        self.page.locator("[name=systolic_mmhg]").fill(str(systolic))
        self.page.locator("[name=diastolic_mmhg]").fill(str(diastolic))
        if not only_pressure:
            self.page.locator("[name=pulse_bpm]").fill("72")
            self.page.locator("[name=spo2_percent]").fill("98")
            for sign in ("sedation", "dissociation", "respiratory_depression"):
                self.choose(f"sign_{sign}_present", "no")
        self.save()


def on_the_device(page: Page, store: str) -> list[dict[str, Any]]:
    """What this device keeps: ``drafts``, or ``outbox``."""
    return list(page.evaluate(ON_THE_DEVICE, store))


def soon(page: Page, count: Callable[[], int], expected: int) -> None:
    """What a page does by itself and in its own time, it does within five seconds."""
    for _try in range(100):
        if count() == expected:
            return
        page.wait_for_timeout(50)
    assert count() == expected


def violations(page: Page, *, but: Iterable[str] = (), only: Iterable[str] = ()) -> list[str]:
    """What axe finds wrong with this page as it stands, by rule; ``but`` leaves rules out, with a reason beside it,
    ``only`` asks for these alone."""
    options: dict[str, Any] = {"rules": {rule: {"enabled": False} for rule in but}, "resultTypes": ["violations"]}
    if only:
        options["runOnly"] = list(only)
    # Without motion, so that no colour is measured half way from day to night.
    page.emulate_media(reduced_motion="reduce")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [f"{each['id']}: {', '.join(str(node['target']) for node in each['nodes'][:3])}" for each in found]


def accessible(page: Page) -> None:
    """Asked of every page in every state."""
    found = violations(page)
    assert found == [], found


def in_the_dark(page: Page, look: Callable[[Page], None]) -> None:
    """The same page as in a dim room."""
    # Without motion, so that no colour is measured half way from day to night.
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    look(page)
    page.emulate_media(color_scheme="light")


def picture(page: Page, name: str) -> None:
    """With VIGIL_SCREENS=folder the tests leave pictures to look at."""
    if SCREENS:
        page.screenshot(path=str(Path(SCREENS) / f"{name}.png"))
