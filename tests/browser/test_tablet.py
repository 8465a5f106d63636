"""A shared tablet: people come and go with their PIN, it locks itself and keeps what was typed, and it can be ended."""

import re
from collections.abc import Iterator
from time import process_time
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic.actions.tablet import revoke_tablet
from clinic.models import Tablet
from sessions_app.models import Check
from tests.browser.nurse import SECRET, Shared
from tests.browser.stage import Wall, accessible, in_the_dark, picture
from tests.factories import LAST_DEVICE, PIN, Walk, entry, give_pin, make_tablet, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AT_THE_LOCK = re.compile("/tablet/")


def count_loads(page: Page) -> list[str]:
    """Grows with every document asked for from now on."""
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url) if request.resource_type == "document" else None)
    return loads


@pytest.fixture
def shared(page: Page, live_server: LiveServer, walk: Walk) -> Iterator[Shared]:
    """Before it is enrolled; nora and paul have their PINs."""
    for person in (walk.cast.nora, walk.cast.paul):
        give_pin(person)
    page.clock.install()
    mishaps: list[Any] = []
    page.on("pageerror", lambda error: mishaps.append(error))
    yield Shared(page, live_server)
    assert mishaps == [], "in any script of any page"


def test_it_is_enrolled_and_two_people_take_turns_at_it(shared: Shared, walk: Walk) -> None:
    page = shared.page
    shared.come_through_the_door("ada")
    page.goto(f"{shared.server.url}/facility/enrol-tablet/")
    page.get_by_label("What it is called here").fill("Room 2")
    accessible(page)
    shared.save()
    expect(page.locator("#tablets")).to_contain_text("Room 2 (this one)")
    picture(page, "tablet-enrolled")

    shared.switch()
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "tablet-people")
    assert not shared.shows("Tamarack")
    shared.come_in("Nora", "111111")
    expect(page.get_by_role("alert")).to_contain_text("This is not the right PIN. Tries left: 4.")
    accessible(page)
    shared.come_in("Nora")
    expect(page.locator(".who-am-i")).to_contain_text("Nora Nightjar")

    shared.open_session(walk.dosing_session)
    here, other_tab = page.url, page.context.new_page()
    other_tab.goto(here)
    shared.switch()
    expect(other_tab).to_have_url(AT_THE_LOCK)
    other_tab.close()
    shared.come_in("Nora")

    took = []  # the server's own time: how busy the machine is otherwise is not the question
    for name in ("Paul", "Nora"):
        began, loads = process_time(), count_loads(page)
        shared.switch()
        shared.come_in(name)
        took.append(process_time() - began)
        assert (page.url, len(loads)) == (here, 4), "two forms, each with the page it leads to"
        expect(page.locator(".who-am-i")).to_contain_text(name)
    assert max(took) < 3, "from one person's page to the other's"
    shared.step("record-check")
    expect(page.get_by_role("button", name="Switch")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    picture(page, "tablet-check")
    assert PIN not in page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + location.href")


def test_it_locks_itself_and_keeps_what_was_typed_for_whoever_typed_it(
    shared: Shared, live_server: LiveServer, walk: Walk, wall: Wall
) -> None:
    page = shared.page
    make_tablet(walk.cast, secret=SECRET)
    page.context.add_cookies([{"name": "vigil_session_tablet", "value": SECRET, "url": live_server.url}])
    shared.open_session(walk.dosing_session)
    expect(page).to_have_url(AT_THE_LOCK)
    shared.come_in("Nora")
    shared.step("repeat-bp")
    typed_at = page.url
    page.locator("[name=systolic_mmhg]").fill("131")
    shared.nobody_touches_it("01:50")
    page.locator("[name=diastolic_mmhg]").fill("84")
    shared.nobody_touches_it("01:50")
    assert page.url == typed_at, "it was touched meanwhile"
    page.route("**/*", lambda route: route.abort())  # no server: the page stays, and is covered
    shared.nobody_touches_it("00:15")
    expect(page.locator("#lock-cover")).to_contain_text("Locked. No answer from the server.")
    expect(page.locator("main")).not_to_be_visible()
    picture(page, "tablet-covered")
    page.unroute("**/*")
    with page.expect_navigation():
        shared.nobody_touches_it("00:06")

    wall.go_to(LAST_DEVICE + minutes(44))
    expect(page).to_have_url(AT_THE_LOCK)
    assert not shared.shows("Tamarack")
    page.go_back()
    expect(page).to_have_url(AT_THE_LOCK)

    shared.come_in("Paul")
    assert (page.url, shared.pressure()) == (typed_at, ("", ""))
    shared.switch()
    shared.come_in("Nora")
    expect(page.locator("[data-draft=kept]")).to_contain_text("not sent")
    assert (page.url, shared.pressure()) == (typed_at, ("131", "84"))
    assert not Check.objects.filter(systolic_mmhg=131).exists()
    shared.save()
    shared.saved()
    assert Check.objects.get(systolic_mmhg=131).occurred_at == LAST_DEVICE + minutes(41), "when it was typed"


def test_it_is_revoked_in_the_middle_and_the_patient_is_watched_on(
    shared: Shared, live_server: LiveServer, walk: Walk
) -> None:
    page = shared.page
    make_tablet(walk.cast, secret=SECRET)
    page.context.add_cookies([{"name": "vigil_session_tablet", "value": SECRET, "url": live_server.url}])
    shared.open_session(walk.dosing_session)
    shared.come_in("Nora")
    expect(page.locator("#live")).to_contain_text("Tamarack")

    revoke_tablet(tablet=Tablet.objects.get(), entry=entry(), by=walk.cast.ada, now=LAST_DEVICE + minutes(41))

    with page.expect_navigation(url=re.compile("/accounts/login/")):
        shared.nobody_touches_it("00:06")  # the page asks for itself every five seconds
    assert shared.shows("This tablet is no longer enrolled. Sign in with your password.")
    assert not shared.shows("Tamarack")
    page.goto(f"{live_server.url}/tablet/")
    expect(page).to_have_url(re.compile("/accounts/login/"))

    shared.come_through_the_door("nora")
    shared.open_session(walk.dosing_session)
    shared.chart(132, 84, only_pressure=True)
    shared.saved()
    expect(page.get_by_role("button", name="Switch")).to_have_count(0)


def test_it_works_without_script(browser: Browser, live_server: LiveServer, walk: Walk) -> None:
    give_pin(walk.cast.nora)
    make_tablet(walk.cast, secret=SECRET)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "vigil_session_tablet", "value": SECRET, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/patients/")
    page.get_by_label("Nora Nightjar").check(force=True)
    page.get_by_label("PIN").fill(PIN)
    picture(page, "tablet-without-script")
    page.get_by_role("button", name="Come in").click()
    expect(page).to_have_url(f"{live_server.url}/patients/")
    page.get_by_role("button", name="Switch").click()
    expect(page).to_have_url(AT_THE_LOCK)
    context.close()
