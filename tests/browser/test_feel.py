"""How it feels: nothing jumps, nothing is sent twice, what was saved is said, an alarm is said once, a dim room is one
press away."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from clinic.rules.certification import CertificationStatus
from sessions_app.actions.site import stop_facility
from sessions_app.models import Check
from sessions_app.models.site import Site
from tests.browser.eyes import TABLET, TELEPHONE, seen_wrong
from tests.browser.stage import Clinic, Wall, picture, violations
from tests.factories import LAST_DEVICE, NINE, Walk, entry, make_cast, minutes
from tests.sessions_app.presenters.test_floor import varied

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

JUMPS = """
window.jumps = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.jumps += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
# Which theme stands when there first is a body to paint.
FIRST_SEEN = """
new MutationObserver(() => {
  if (document.body && !window.painted) window.painted = document.documentElement.dataset.bsTheme;
}).observe(document, { childList: true, subtree: true });
"""
STILL = 0.02
SIZES: list[ViewportSize] = [TABLET, {"width": 820, "height": 1180}, {"width": 1440, "height": 900}]
SAID = "Chair 1: 40-min check late"


def refresh(page: Page) -> None:
    """As when the tablet is taken up again: what is shown is asked for anew, and comes."""
    shown = page.locator("#live").get_attribute("data-version")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function("shown => document.getElementById('live').dataset.version !== shown", arg=shown)


def jumped(page: Page) -> float:
    """Since the page was asked for; two frames later, so that nothing is still to be painted."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return float(page.evaluate("window.jumps"))


def test_nothing_jumps_while_pages_load_refresh_and_save(
    page: Page, live_server: LiveServer, wall: Wall, walk: Walk
) -> None:
    page.add_init_script(JUMPS)
    clinic, found = Clinic(page, live_server), {}
    clinic.sign_in("nora")
    found["floor"] = jumped(page)
    walk.check(LAST_DEVICE + minutes(40))
    refresh(page)
    found["floor, fresh"] = jumped(page)

    clinic.open_session(walk.dosing_session)
    found["session"] = jumped(page)
    wall.go_to(LAST_DEVICE + minutes(41))
    refresh(page)
    found["session, fresh"] = jumped(page)

    clinic.step("repeat-bp")
    found["check"] = jumped(page)
    page.locator("[name=systolic_mmhg]").fill("131")
    page.locator("[name=diastolic_mmhg]").fill("84")
    clinic.save()
    found["saved"] = jumped(page)

    # what was saved is said with the server's time, in sight, and the first refresh does not take it away
    saved = page.locator(".messages > .alert")
    expect(saved).to_contain_text("saved, 10:16:00.")
    expect(saved).to_be_in_viewport()
    wall.go_to(LAST_DEVICE + minutes(42))
    refresh(page)
    expect(saved).to_be_in_viewport()
    found["saved, fresh"] = jumped(page)
    assert {name: round(much, 3) for name, much in found.items() if much > STILL} == {}


def test_whoever_presses_twice_saves_once(page: Page, live_server: LiveServer, walk: Walk) -> None:
    clinic = Clinic(page, live_server)
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)
    clinic.step("repeat-bp")
    address = page.url

    def pressures() -> list[int | None]:
        return list(Check.objects.order_by("order").values_list("systolic_mmhg", flat=True))[1:]

    def type_in(tab: Page, systolic: str) -> None:
        tab.locator("[name=systolic_mmhg]").fill(systolic)
        tab.locator("[name=diastolic_mmhg]").fill("84")

    type_in(page, "131")
    with page.expect_navigation():
        page.locator(".check-save .btn-primary").dblclick()
    clinic.saved()
    assert pressures() == [131]

    page.goto(address)
    type_in(page, "132")
    with page.expect_navigation():
        page.evaluate(
            "form => { form.requestSubmit(); form.requestSubmit(); }", page.locator("form.check-form").element_handle()
        )
    clinic.saved()
    assert pressures() == [131, 132]

    # the same form open twice: the second tab has what was typed in the first, and sends the same entry
    page.goto(address)
    type_in(page, "133")
    with page.context.expect_page() as opened:
        page.evaluate("address => { window.open(address) }", address)
    second = opened.value
    expect(second.locator("[name=systolic_mmhg]")).to_have_value("133")
    for tab in (page, second):
        with tab.expect_navigation():
            tab.locator(".check-save .btn-primary").click()
        expect(tab.locator(".messages")).to_contain_text("saved")
    assert pressures() == [131, 132, 133]


def test_an_alarm_is_said_once_to_one_person_on_one_device(
    page: Page, live_server: LiveServer, wall: Wall, walk: Walk
) -> None:
    wall.go_to(LAST_DEVICE + minutes(41))
    clinic = Clinic(page, live_server)
    clinic.sign_in("nora")
    voice = page.locator("body > [aria-live=assertive]")
    expect(voice).to_have_text(SAID)

    # a refresh, a reload, the session's page and another tab have nothing to add
    wall.go_to(LAST_DEVICE + minutes(42))
    page.reload()
    second = page.context.new_page()
    second.goto(f"{live_server.url}/dosing-sessions/{walk.dosing_session.pk}/")
    for tab in (page, second):
        tab.bring_to_front()
        tab.evaluate("new Promise(done => setTimeout(done, 1300))")
        expect(tab.locator("body > [aria-live=assertive]")).to_have_text("")

    # whoever comes after hears it for themselves
    second.close()
    clinic.sign_out()
    clinic.sign_in("nils")
    expect(voice).to_have_text(SAID)


def test_a_dim_room_is_one_press_away_and_remembered(page: Page, live_server: LiveServer, walk: Walk) -> None:
    page.add_init_script(FIRST_SEEN)
    root = page.locator("html")
    Clinic(page, live_server).sign_in("nora")
    expect(root).to_have_attribute("data-bs-theme", "light")

    page.get_by_role("button", name="Dark screen").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    assert page.evaluate("window.painted") == "dark", "never painted light first"
    expect(page.get_by_role("button", name="Dark screen")).to_have_attribute("aria-pressed", "true")

    page.goto(f"{live_server.url}/accounts/")
    page.get_by_role("button", name="As the device").click()
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("button", name="Light", exact=True).click()
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_every_state_of_the_floor_is_legible_to_everybody(page: Page, live_server: LiveServer, wall: Wall) -> None:
    cast = make_cast()
    varied(cast)
    wall.go_to(NINE + minutes(161))
    Clinic(page, live_server).sign_in("nora")
    words = page.locator(".tile").evaluate_all("tiles => tiles.map(tile => tile.classList[1])")
    assert len(set(words)) >= 4, words
    assert violations(page) + seen_wrong(page) == []

    # without colour: the signs keep theirs, what is pressed has an edge
    page.emulate_media(forced_colors="active")
    pressed = page.locator(".seg > [aria-current=true]")
    assert pressed.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    assert page.locator(".tile .sign").first.evaluate("e => getComputedStyle(e).forcedColorAdjust") == "none"
    picture(page, "floor-forced-colours")
    page.emulate_media(forced_colors="none")

    # nothing moves for whoever wants it still
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate("eyes.moving()") == []

    # no answer from the server
    page.route("**/*", lambda route: route.abort())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#line")).to_be_visible()
    assert violations(page) + seen_wrong(page) == []
    page.unroute("**/*")

    # a telephone with its menu open
    page.set_viewport_size(TELEPHONE)
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="My sign-in")).to_be_visible()
    assert violations(page) == []
    picture(page, "floor-menu")


def test_a_stopped_clinic_and_a_long_menu_keep_inside_the_screen(
    page: Page, live_server: LiveServer, wall: Wall, walk: Walk
) -> None:
    cast = walk.cast
    last = Site(cast.facility, "esketamine", at=wall.now).certification
    assert last is not None
    stop_facility(
        facility=cast.facility,
        program_code="esketamine",
        status=CertificationStatus.SUSPENDED,
        reason="Stopped by the REMS.",
        after=last.pk,
        entry=entry(),
        by=cast.ada,
        now=wall.now,
    )
    clinic = Clinic(page, live_server)
    clinic.sign_in("paul")
    for size in SIZES:
        page.set_viewport_size(size)
        page.goto(live_server.url)
        lines = page.locator(".status > *").evaluate_all("all => all.map(each => each.getBoundingClientRect())")
        assert all(each["left"] >= 0 and each["right"] <= size["width"] for each in lines)
        expect(page.locator(".status .phase-overdue").first).to_have_text("Not certified: no dosing")

        clinic.open_session(walk.dosing_session)
        page.locator(".next-also .menu > summary").click()
        for end in ("first", "last"):
            expect(page.locator(f".menu-list li:{end}-child a")).to_be_in_viewport(ratio=1)
