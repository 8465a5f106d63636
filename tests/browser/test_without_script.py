"""Charting by keyboard alone, and without any script."""

from unittest import mock

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.models import Check
from tests.factories import LAST_DEVICE, PASSWORD, in_monitoring, make_cast, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False])
def test_it_charts_a_check_by_keyboard(browser: Browser, live_server: LiveServer, script: bool) -> None:
    now = LAST_DEVICE + minutes(40)
    with (
        mock.patch("clinic.clock.now", return_value=now),
        mock.patch("clinic.clock.database_now", return_value=now),
        browser.new_context(java_script_enabled=script, viewport={"width": 1180, "height": 820}) as context,
    ):
        walk = in_monitoring(make_cast())
        page = context.new_page()
        page.goto(f"{live_server.url}/accounts/login/")
        page.locator("[name=login]").focus()
        page.keyboard.type("nora")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{live_server.url}/")
        page.goto(f"{live_server.url}/dosing-sessions/{walk.dosing_session.pk}/record-check/")
        page.locator("[name=systolic_mmhg]").focus()
        for number in ("128", "82", "74", "97"):
            page.keyboard.type(number)
            page.keyboard.press("Tab")
        for sign in ("sedation", "dissociation", "respiratory_depression"):
            page.locator(f"[name=sign_{sign}_present]").first.focus()
            page.keyboard.press("Space")
        page.locator(".check-save button[type=submit]").focus()
        page.keyboard.press("Enter")

        expect(page.locator("[role=status]", has_text="40-min check saved").first).to_be_visible()
        check = Check.objects.get(kind="MONITORING")
        assert (check.systolic_mmhg, check.diastolic_mmhg, check.pulse_bpm, check.spo2_percent) == (128, 82, 74, 97)
        assert [sign.present for sign in check.signobservations.all()] == [False, False, False]
