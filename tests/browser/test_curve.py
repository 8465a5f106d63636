"""The curve of the day, as the nurse sees it after each save, at night, on a phone, by keyboard and by ear."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.actions import monitoring
from sessions_app.rules.facts import SignEventKind
from sessions_app.rules.floor import stretch_of
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


# All that the page says but for its running counts, and where now stands and what lasts ends, in pixels of the paper.
SAID = """() => {
  const live = document.getElementById("live").cloneNode(true);
  for (const count of live.querySelectorAll(".count, input")) count.remove();
  const chart = document.querySelector(".chart").getBoundingClientRect();
  const right = (part) => part.getBoundingClientRect().right - chart.left;
  const places = Array.from(document.querySelectorAll(".c-now, .c-lanes .on, .on-arrow"), right);
  return [live.textContent.replace(/\\s+/g, " "), places];
}"""


def test_the_page_counts_on_by_itself_and_says_what_one_made_anew_says(
    page: Page, live_server: LiveServer, wall: Wall
) -> None:
    walk, clinic = in_monitoring(make_cast()), Clinic(page, live_server)
    onset: dict[str, Any] = {"code": "nausea", "kind": SignEventKind.ONSET}
    monitoring.record_sign(**onset, **walk.envelope(LAST_DEVICE + minutes(10)))
    begins, _ends = stretch_of(walk.dosing_session.pk, now=LAST_DEVICE + minutes(17))
    later = (begins + minutes(3)).replace(second=10)
    wall.go_to(later - minutes(2))
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)
    then, answers = page.evaluate(SAID), list[int]()

    def heard(answer: Response) -> None:
        if answer.url == page.url:
            answers.append(answer.status)

    page.on("response", heard)

    wall.go_to(later)
    local = later.astimezone(walk.dosing_session.facility.zone)
    shown = f"{local.hour}:{local.minute:02}"
    expect(page.locator(".person [data-clock]")).to_have_text(shown, timeout=20_000)
    expect(page.locator(".c-now-t")).to_have_text(shown)
    said, places = page.evaluate(SAID)

    assert set(answers) == {304}
    fresh = page.context.new_page()
    fresh.goto(page.url)
    expect(fresh.locator(".c-now-t")).to_have_text(shown)
    anew, places_anew = fresh.evaluate(SAID)
    assert said == anew
    assert places == pytest.approx(places_anew, abs=1.5)
    assert places != pytest.approx(then[1], abs=1.5)
