"""The demo says on every page, screen, wall and paper that it is one; a real installation never does."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.stage import TABLET, Clinic, Wall, picture, violations
from tests.factories import LAST_DEVICE, in_monitoring, make_cast, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAID = "Training. Made-up patients: nothing here is real"


def test_it_stands_over_every_page_and_costs_a_check_no_scrolling(
    page: Page, live_server: LiveServer, wall: Wall, settings: Any
) -> None:
    # given a demo, in which somebody is being monitored
    settings.VIGIL_DEMO = True
    session = in_monitoring(make_cast()).dosing_session
    clinic, band = Clinic(page, live_server), page.locator(".training")
    wall.go_to(LAST_DEVICE + minutes(40))
    # when one signs in and looks around
    page.goto(f"{live_server.url}/accounts/login/")
    expect(band).to_have_text(SAID)
    clinic.sign_in("nora")
    for path in ("/", "/nowhere/", f"/dosing-sessions/{session.pk}/", f"/dosing-sessions/{session.pk}/record-check/"):
        page.goto(live_server.url + path)
        # then the band is there, across the page, low, and in the page's title
        box = band.bounding_box()
        assert box is not None
        assert (box["x"], box["y"], box["width"]) == (0, 0, TABLET["width"])
        assert box["height"] <= 28
        assert page.title().startswith("Training · ")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            assert violations(page) == [], path
    # and the check page still fits the tablet
    assert page.evaluate("document.documentElement.scrollHeight") <= TABLET["height"]
    picture(page, "training-check-dark")
    # and it goes along when the page is scrolled, and onto paper
    page.goto(f"{live_server.url}/dosing-sessions/{session.pk}/")
    page.mouse.wheel(0, 400)
    expect(band).to_be_in_viewport()
    page.emulate_media(media="print")
    expect(band).to_be_visible()


def test_a_real_installation_never_says_it(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    expect(page.locator(".training")).to_have_count(0)
    assert "Training" not in page.title()
    assert "training.css" not in page.content()


@pytest.mark.parametrize("demo", [True, False])
def test_the_page_without_context_says_it_in_a_demo_alone(settings: Any, demo: bool) -> None:
    settings.VIGIL_DEMO = demo
    assert ("nothing here is real" in render_to_string("500.html")) is demo
