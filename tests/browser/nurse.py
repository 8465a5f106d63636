"""A shared tablet, and the nurse at it while its network comes and goes."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, Error, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.models import Check, DosingSession
from tests.browser.stage import TABLET, Clinic, Wall, on_the_device, soon
from tests.factories import PIN

SECRET = "what-only-this-tablet-knows"


class Shared(Clinic):
    """The tablet, whoever holds it."""

    def come_in(self, name: str, pin: str = PIN) -> None:
        """By thumb; the sixth digit sends."""
        self.page.locator(".switch-tile", has_text=name).click()
        for digit in pin[:-1]:
            self.page.locator(f"[data-key='{digit}']").click()
        with self.page.expect_navigation():
            self.page.locator(f"[data-key='{pin[-1]}']").click()

    def switch(self) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Switch").click()

    def nobody_touches_it(self, time: str) -> None:
        self.page.clock.fast_forward(time)

    def pressure(self) -> tuple[str, str]:
        names = ("systolic_mmhg", "diastolic_mmhg")
        return tuple(self.page.locator(f"[name={name}]").input_value() for name in names)  # type: ignore[return-value]

    def shows(self, words: str) -> bool:
        return words in self.page.locator("body").inner_text()


class Nurse(Shared):
    """At an enrolled tablet. Its own clock runs; the one on the wall is put right whenever a server is to answer."""

    def __init__(self, page: Page, server: LiveServer, wall: Wall) -> None:
        super().__init__(page, server)
        self.wall, self.began, self.at_first, self.skipped = wall, monotonic(), wall.now, 0

    def passed(self) -> float:
        return monotonic() - self.began + self.skipped

    def catch_up(self) -> None:
        self.wall.go_to(self.at_first + timedelta(seconds=self.passed()))

    def pass_a_minute(self) -> None:
        self.page.clock.fast_forward("01:00")
        self.skipped += 60

    def goes_offline(self) -> None:
        self.page.context.set_offline(True)

    def comes_back(self) -> None:
        self.catch_up()
        self.page.context.set_offline(False)
        self.page.reload()

    def type_pressure(self, systolic: int, diastolic: int = 84) -> None:
        self.page.locator("[name=systolic_mmhg]").fill(str(systolic))
        self.page.locator("[name=diastolic_mmhg]").fill(str(diastolic))

    def press_save(self) -> None:
        self.page.locator(".check-save .btn-primary").click()

    def keeps(self) -> None:
        """Saved here, and ready for the next."""
        self.press_save()
        expect(self.page.locator("[data-draft=waits]")).to_contain_text("Kept on this tablet")
        expect(self.page.locator("[name=systolic_mmhg]")).to_have_value("")

    def scrolls(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollHeight > innerHeight"))

    def waiting(self) -> int:
        return len(on_the_device(self.page, "outbox"))

    def sends_all(self) -> None:
        soon(self.page, self.waiting, 0)


def open_tablet(browser_type: BrowserType, args: dict[str, Any], folder: Path) -> BrowserContext:
    """The same tablet each time it is switched on: its profile lies in its folder."""
    context = browser_type.launch_persistent_context(folder, **args, viewport=TABLET)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    return context


def enrol(context: BrowserContext, server: LiveServer) -> None:
    context.add_cookies(
        [{"name": "vigil_session_tablet", "value": SECRET, "url": server.url, "expires": 4_000_000_000}]
    )


def charted() -> list[int | None]:
    return list(Check.objects.filter(kind="MONITORING").order_by("recorded_at").values_list("systolic_mmhg", flat=True))


def row_of(systolic: int) -> Check:
    return Check.objects.select_related("recorded_by").get(systolic_mmhg=systolic)


def session_address(server: LiveServer, dosing_session: DosingSession) -> str:
    return f"{server.url}/dosing-sessions/{dosing_session.pk}/repeat-bp/"


def swallow_answers(page: Page) -> None:
    """What is sent arrives and is done; whoever sent it hears nothing."""

    def swallow(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        route.fetch(max_redirects=0)
        with suppress(Error):  # whoever sent it may have given up by itself
            route.abort()

    page.route("**/repeat-bp/", swallow)
