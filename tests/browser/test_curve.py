"""The curve of the day, as the nurse sees it after each save, at night, on a phone, by keyboard and by ear."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.stage import Clinic, Wall, accessible, picture
from tests.factories import LAST_DEVICE, STAY_ENDS, Walk, discharged, full_check, in_monitoring, make_cast, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def held() -> Walk:
    """Blood pressure above the line past the minimum stay."""
    walk = in_monitoring(make_cast())
    for minute, systolic, diastolic in ((40, 152, 94), (60, 158, 96), (118, 150, 92)):
        walk.check(LAST_DEVICE + minutes(minute), full_check(systolic, diastolic))
    return walk


def test_after_each_save_the_value_stands_on_the_curve(page: Page, live_server: LiveServer, wall: Wall) -> None:
    walk, clinic = in_monitoring(make_cast()), Clinic(page, live_server)
    wall.go_to(LAST_DEVICE + minutes(40))
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)
    expect(page.locator(".c-sys")).to_have_count(2)
    expect(page.locator(".readings-fold table")).not_to_be_visible()

    clinic.chart(152, 94)

    clinic.saved()
    expect(page.get_by_role("img", name="Blood pressure, pulse and SpO₂ from 9:20 to 10:15")).to_be_visible()
    expect(page.locator(".c-sys")).to_have_count(4)
    expect(page.locator(".c-value.last")).to_have_text("152/94")
    expect(page.locator(".c-now-t")).to_have_text("10:15")


def test_the_table_is_one_press_away(page: Page, live_server: LiveServer, wall: Wall) -> None:
    walk, clinic = held(), Clinic(page, live_server)
    wall.go_to(STAY_ENDS)
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)
    chart, table = page.locator(".chart"), page.get_by_role("table", name="Readings, 4 checks")
    expect(chart).to_be_visible()

    page.locator(".readings-fold summary").focus()
    page.keyboard.press("Enter")

    expect(table).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(5)
    expect(chart).not_to_be_visible()
    accessible(page)

    page.keyboard.press("Enter")

    expect(chart).to_be_visible()
    expect(table).not_to_be_visible()


STATES: dict[str, tuple[Callable[[], Walk], datetime]] = {
    "monitoring": (lambda: in_monitoring(make_cast()), LAST_DEVICE + minutes(41)),
    "held": (held, STAY_ENDS + minutes(3)),
    "ended": (lambda: discharged(make_cast()), STAY_ENDS + minutes(3)),
}


@pytest.mark.parametrize(
    "state", ["held", *(pytest.param(each, marks=pytest.mark.slow) for each in ("monitoring", "ended"))]
)
def test_it_is_accessible_by_day_and_by_night(page: Page, live_server: LiveServer, wall: Wall, state: str) -> None:
    make, now = STATES[state]
    walk, clinic = make(), Clinic(page, live_server)
    wall.go_to(now)
    clinic.sign_in("nora")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        clinic.open_session(walk.dosing_session)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        expect(page.locator(".chart")).to_be_visible()
        accessible(page)
        picture(page, f"curve-{state}-{scheme}")


def test_on_a_phone_it_is_scrolled_and_not_shrunk(page: Page, live_server: LiveServer, wall: Wall) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    walk, clinic = held(), Clinic(page, live_server)
    wall.go_to(STAY_ENDS)
    clinic.sign_in("nora", opens=None)

    clinic.open_session(walk.dosing_session)

    wrap = page.locator(".chart-wrap")
    assert page.locator(".chart").evaluate("chart => chart.getBoundingClientRect().width") >= 720
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert wrap.evaluate("wrap => wrap.scrollLeft") > 200  # it opens at the last reading
    assert inside(page, ".c-value.last", ".chart-wrap")
    accessible(page)

    wrap.evaluate("wrap => { wrap.scrollLeft = 0; }")
    page.wait_for_timeout(50)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the page fetches itself anew
    page.wait_for_timeout(500)
    assert wrap.evaluate("wrap => wrap.scrollLeft") < 2


def inside(page: Page, inner: str, outer: str) -> bool:
    one, other = page.locator(inner).bounding_box(), page.locator(outer).bounding_box()
    assert one is not None
    assert other is not None
    return other["x"] <= one["x"] and one["x"] + one["width"] <= other["x"] + other["width"]
