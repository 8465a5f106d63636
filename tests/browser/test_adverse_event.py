"""Scene: an event at the chair, told to the end: described, reported, followed up, and on the monitoring form."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.actions import monitoring
from tests.browser.stage import Clinic, Wall, accessible, in_the_dark, picture
from tests.factories import LAST_DEVICE, in_monitoring, make_cast, minutes
from tests.sessions_app.actions.test_adverse_event import form_says
from tests.sessions_app.views.pdfs import pages_in

pytestmark = [pytest.mark.browser, pytest.mark.paperwork, pytest.mark.django_db(transaction=True)]
LATER = LAST_DEVICE + minutes(25)


def test_from_the_chair_to_the_report_and_the_form(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given somebody who fainted at the chair, as the nurse has charted
    cast = make_cast()
    walk = in_monitoring(cast)
    monitoring.report_serious_event(what="Fainted.", **walk.envelope(LATER))
    wall.go_to(LATER + minutes(5))
    clinic = Clinic(page, live_server)
    clinic.sign_in("nora")

    # when she goes from the session to the event, and describes it without a hand on the mouse
    clinic.open_session(walk.dosing_session)
    page.get_by_role("link", name="Fainted").click()
    expect(page.locator("main")).to_contain_text("nobody has said how")
    accessible(page)
    page.get_by_role("link", name="Describe it").press("Enter")
    page.get_by_label("other important medical event").press("Space")
    page.get_by_label("What happened, and what was done").fill("On the floor for a minute, legs up, awake.")
    page.get_by_label("recovered", exact=True).press("Space")
    page.get_by_label("somebody of the clinic").press("Space")
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "adverse-event-describe")
    page.get_by_role("button", name="Save the description").press("Enter")
    clinic.saved()

    # then it is to be reported, and the patient is held as before
    expect(page.locator(".badge", has_text="To report")).to_be_visible()

    # when it was reported to the manufacturer, and the patient tells more the next hour
    page.get_by_role("link", name="Record a report").click()
    page.get_by_label("manufacturer").check()
    page.get_by_label("On", exact=True).fill("2026-04-14")
    page.get_by_label("Reference").fill("A-117")
    accessible(page)
    page.get_by_role("button", name="Save the report").click()
    clinic.saved()
    expect(page.locator(".badge", has_text="Reported")).to_be_visible()
    page.get_by_role("link", name="Follow-up").click()
    page.get_by_label("other important medical event").check()
    page.get_by_label("What happened, and what was done").fill("Has a bruise.")
    page.get_by_label("recovering").check()
    page.get_by_label("the patient", exact=True).check()
    page.get_by_role("button", name="Save the follow-up").click()
    clinic.saved()

    # then it is to be reported again; the printed report and the monitoring form say all of it
    expect(page.locator(".badge", has_text="To report")).to_be_visible()
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "adverse-event")
    report = page.get_by_role("link", name="Report (PDF)")
    text = pages_in(page.request.get(f"{live_server.url}{report.get_attribute('href')}").body())
    for said in ("On the floor for a minute, legs up, awake.", "Has a bruise.", "reference A-117"):
        assert said in text
    assert form_says(walk, LATER + minutes(5)) == {
        "serious_event": "yes",
        "serious_event_details": "Fainted. On the floor for a minute, legs up, awake. Has a bruise.",
    }

    # and the clinic's list has it under what it waits for
    page.get_by_role("link", name="All adverse events").click()
    expect(page.locator("section", has_text="To report").first.locator("tbody")).to_contain_text("Fainted")
    accessible(page)
    in_the_dark(page, accessible)
