"""A whole session with the keyboard alone: Tab, arrows, Space, Enter and what is typed, from sign-in to release."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.actions import booking
from sessions_app.models import Check, DosingSession
from tests.browser.stage import Clinic, Wall, accessible
from tests.factories import NINE, PASSWORD, Walk, entry, in_monitoring, make_cast, make_course, make_device, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEXT = ".next-bar .next-do > .btn-primary"
SEND = "main form button.btn-primary[type=submit]"
FIRST_DEVICE, LAST_DEVICE = NINE + minutes(30), NINE + minutes(35)


class Keys(Clinic):
    """Somebody whose hands never leave the keyboard."""

    def tab_to(self, selector: str, most: int = 90) -> None:
        """Forward from wherever the focus is; a trap, or a way round that is too long, fails here."""
        for _press in range(most):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not come to {selector}")

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def type_into(self, name: str, words: str) -> None:
        self.tab_to(f"main [name='{name}']")
        self.page.keyboard.type(words)

    def choose(self, name: str, value: str) -> None:
        """Of a group of radio buttons Tab knows one; the arrows go through them."""
        self.tab_to(f"main [name='{name}']")
        self.page.keyboard.press("Space")
        for _press in range(12):
            if self.page.evaluate("document.activeElement.value") == value:
                break
            self.page.keyboard.press("ArrowRight")
        expect(self.page.locator(f"[name='{name}'][value='{value}']")).to_be_checked()

    def tick(self, selector: str) -> None:
        self.tab_to(selector)
        self.page.keyboard.press("Space")

    def send(self) -> None:
        """With the signature where one is asked; then whoever reads on begins at what was saved."""
        if self.page.locator("main form [name=signature]").count():
            self.type_into("signature", PASSWORD)
        self.tab_to(SEND)
        self.enter()
        expect(self.page.locator(".messages > .alert:focus")).to_contain_text("saved")

    def follow(self, words: str) -> None:
        """The one big action of the session page."""
        self.tab_to(NEXT)
        expect(self.page.locator(NEXT)).to_have_text(words)
        self.enter()

    def chart(self, systolic: int, diastolic: int, *, only_pressure: bool = False) -> None:
        """The first number has the focus as the page opens; Tab goes on as one reads."""
        assert self.page.evaluate("document.activeElement.name") == "systolic_mmhg"
        for number in (systolic, diastolic, 72, 98, 14):
            self.page.keyboard.type(str(number))
            self.page.keyboard.press("Tab")
        for sign in ("sedation", "dissociation", "respiratory_depression"):
            self.choose(f"sign_{sign}_present", "no")
        self.send()


def test_a_session_is_taken_through_without_a_pointer(page: Page, live_server: LiveServer, wall: Wall) -> None:
    cast = make_cast()
    make_device(cast, number="D-1")
    make_device(cast, number="D-2")
    booked = booking.book_session(
        course=make_course(cast), scheduled_at=NINE, chair="1", entry=entry(), by=cast.fred, now=NINE
    )
    keys, walk = Keys(page, live_server), Walk(cast, booked)

    sign_in(keys, "paul")
    prepare(keys, wall)
    dose(keys, wall, walk)
    watch_and_release(keys, wall)

    assert DosingSession.objects.get(pk=booked.pk).state == "DISCHARGED"
    assert Check.objects.count() == 3


def sign_in(keys: Keys, username: str) -> None:
    page = keys.page
    page.goto(f"{keys.server.url}/accounts/login/")
    keys.tab_to("[name=login]")
    page.keyboard.type(username)
    keys.tab_to("[name=password]")
    page.keyboard.type(PASSWORD)
    keys.enter()

    # The first Tab of every page leads past its head.
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the main part")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    keys.tab_to(".tile .stretched-link")
    keys.enter()


def prepare(keys: Keys, wall: Wall) -> None:
    page = keys.page
    keys.follow("Check in")
    for identifier in page.locator("[name=identifiers]").all()[:2]:
        keys.tick(f"#{identifier.get_attribute('id')}")
    keys.send()

    keys.follow("Ask food, drink, spray")
    for kind in ("food", "liquid", "nasal_spray"):
        keys.choose(f"{kind}_answer", "NONE")
    keys.send()

    keys.follow("Ask the questions")
    names = page.locator("main input[type=radio][value=no]").evaluate_all("all => all.map(each => each.name)")
    for name in names:
        keys.choose(name, "no")
    keys.send()

    keys.tab_to(".verify-tap button")
    keys.enter()
    keys.follow("Counsel")
    keys.tick("[name=counselled]")
    keys.send()
    keys.follow("Arrange way home")
    keys.choose("kind", "PERSON")
    keys.type_into("name", "Basil Tamarack")
    keys.type_into("phone", "(555) 555-0134")
    keys.tick("[name=will_not_drive]")
    keys.send()

    wall.go_to(NINE + minutes(20))
    keys.follow("Chart the check")
    keys.chart(128, 82)
    keys.follow("Order the dose")
    keys.choose("devices", "2")
    keys.send()
    keys.follow("Clear for dosing")
    keys.send()


def dose(keys: Keys, wall: Wall, walk: Walk) -> None:
    wall.go_to(FIRST_DEVICE)
    keys.follow("Hand over the device")
    keys.tab_to("[name=device]")
    keys.page.keyboard.press("ArrowDown")
    keys.send()
    keys.follow("Full, partial or failed")
    keys.choose("outcome", "FULL")
    keys.send()

    wall.go_to(LAST_DEVICE)
    walk.give(LAST_DEVICE)  # the second is handed over as the first
    walk.finish(LAST_DEVICE)


def watch_and_release(keys: Keys, wall: Wall) -> None:
    page = keys.page
    wall.go_to(LAST_DEVICE + minutes(40))
    page.reload()
    keys.follow("Chart the 40-min check")
    keys.chart(131, 84)
    wall.go_to(LAST_DEVICE + minutes(116))
    page.reload()
    keys.follow("Chart the final check")
    keys.chart(126, 80)
    keys.follow("Instructions")
    keys.choose("language", "en")
    keys.choose("how", "PRINTED")
    keys.send()
    keys.follow("Assess readiness")
    keys.tick("[name=ready]")
    keys.send()

    wall.go_to(LAST_DEVICE + minutes(120))
    page.reload()
    keys.follow("Release the patient")
    keys.type_into("handed_over_to", "Basil Tamarack")
    keys.tick("[name=still_true]")
    keys.send()
    expect(page.locator(".outcome")).to_contain_text("Gone home")


def test_what_is_refused_takes_the_focus_and_nothing_holds_it(page: Page, live_server: LiveServer, wall: Wall) -> None:
    walk = in_monitoring(make_cast())
    wall.go_to(LAST_DEVICE + minutes(40))
    keys = Keys(page, live_server)
    sign_in(keys, "nora")

    # a menu opens, is gone through, and gives the focus back
    keys.tab_to(".menu > summary")
    page.keyboard.press("Enter")
    keys.tab_to(".menu-list li:last-child a")
    accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator(".menu > summary")).to_be_focused()

    # a check sent too early: what is empty has the focus, and Tab goes on to what may be done about it
    keys.open_session(walk.dosing_session)
    keys.follow("Chart the 40-min check")
    page.keyboard.type("128")
    page.keyboard.press("Tab")
    page.keyboard.type("82")
    keys.enter()
    expect(page.locator(":focus")).to_contain_text("Not saved yet. Still empty:")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Save check")

    # from the last of the page Tab leaves it: no trap
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
    else:
        raise AssertionError("Tab never leaves the page")

    # a gate that says no
    keys.step("discharge")
    keys.type_into("handed_over_to", "Basil Tamarack")
    keys.tab_to(SEND)
    keys.enter()
    expect(page.locator(".error-summary, .refused")).to_be_focused()
