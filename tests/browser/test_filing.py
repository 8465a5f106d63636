"""A week at the desk: forms typed into a portal, returned, sent again; and a correction after one was sent."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.stage import Clinic, Wall, accessible, in_the_dark, picture
from tests.factories import LAST_DEVICE, STAY_ENDS, Walk, discharged, full_check, make_cast, minutes
from tests.filings import complete, form_of, reach, submit

pytestmark = [pytest.mark.browser, pytest.mark.paperwork, pytest.mark.django_db(transaction=True)]
# A test's browser gives no clipboard to read.
KEEP_WHAT_IS_COPIED = """() => {
  window.copied = [];
  const writeText = async (text) => { window.copied.push(text); };
  Object.defineProperty(navigator, "clipboard", { value: { writeText } });
}"""
MORNING_AFTER = STAY_ENDS + timedelta(hours=22)


@pytest.fixture
def clinic(page: Page, live_server: LiveServer) -> Clinic:
    return Clinic(page, live_server)


def open_form(clinic: Clinic, walk: Walk) -> None:
    clinic.page.goto(f"{clinic.server.url}/filings/")
    with clinic.page.expect_navigation():
        clinic.page.locator("a.row-link", has_text=walk.dosing_session.patient.last_name).click()


def test_a_week_with_a_return(clinic: Clinic, wall: Wall) -> None:
    # given a treatment of yesterday, whose form lacks what only the clinician says
    walk = discharged(make_cast())
    reach(walk.cast)
    wall.go_to(MORNING_AFTER)
    clinic.sign_in("nora")
    page = clinic.page
    page.goto(f"{clinic.server.url}/filings/")
    expect(page.locator(".table-filings")).to_contain_text("6 days left")
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "forms")

    # when she follows what is empty, sees what to look at, and types it
    open_form(clinic, walk)
    expect(page.locator(".filing-missing")).to_contain_text("1 field is empty")
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "form")
    page.locator("#field-ready_minutes").get_by_role("link", name="Fill in").click()
    expect(page.locator(".step-side")).to_contain_text("after 45 min")
    expect(page.locator("[name=value]")).to_have_value("")
    page.locator("[name=value]").fill("45")
    clinic.save()

    # then she copies value after value by the keyboard, in the order of the form
    page.evaluate(KEEP_WHAT_IS_COPIED)
    copy = page.locator("[data-copy]")
    copy.first.focus()
    for _field in range(3):
        page.keyboard.press("Enter")
    page.wait_for_function("() => window.copied.length === 3")
    assert page.evaluate("() => window.copied") == ["Rosalind", "Tamarack", "3 Sep 1982"]
    expect(copy.nth(3)).to_be_focused()
    expect(page.locator("[data-copied]")).to_contain_text("next: Sex")

    # and writes down that it was sent, that it came back, and that it was sent again
    page.get_by_role("link", name="Record that it was sent").click()
    clinic.choose("route", "PORTAL")
    page.locator("[name=confirmation]").fill("PM-1")
    clinic.save()
    expect(page.locator(".filing-state .badge")).to_have_text("Sent")
    wall.go_to(MORNING_AFTER + timedelta(days=3))
    page.get_by_role("link", name="Record what came back").click()
    clinic.choose("kind", "RETURNED")
    page.locator("[name=reason]").fill("The lot number cannot be read.")
    clinic.save()
    expect(page.locator(".filing-state")).to_contain_text("since today")
    accessible(page)
    picture(page, "form-returned")
    page.goto(f"{clinic.server.url}/")
    expect(page.locator(".rail-forms")).to_have_text("Forms: 1 returned")
    open_form(clinic, walk)
    page.get_by_role("link", name="Record that it was sent again").click()
    clinic.choose("route", "FAX")
    clinic.save()
    expect(page.locator(".filing-versions > li")).to_have_count(2)
    assert form_of(walk).state == "SUBMITTED"


def test_a_correction_after_it_was_sent(clinic: Clinic, wall: Wall) -> None:
    # given a form that was sent with the check at 40 minutes
    walk = discharged(make_cast())
    complete(walk)
    submit(walk)
    wall.go_to(MORNING_AFTER)
    clinic.sign_in("nora")
    page = clinic.page

    # when somebody enters a reading nearer to minute 40 that was really taken
    walk.check(MORNING_AFTER, full_check(136, 84), at=LAST_DEVICE + minutes(40), by=walk.cast.nils)
    page.goto(f"{clinic.server.url}/filings/?pile=amend")
    open_form(clinic, walk)

    # then the form says what it said and what it says now, and the old one is kept
    expect(page.locator(".filing-missing")).to_contain_text("Blood pressure at 40 minutes: 128/82 136/84")
    expect(page.locator("#field-pressure_at_peak")).to_contain_text("was sent as 128/82")
    accessible(page)
    picture(page, "form-to-amend")
    with page.expect_navigation():
        page.locator("#field-pressure_at_peak .form-source a").click()
    assert "#row-" in page.url
    page.go_back()
    page.locator(".filing-versions a").first.click()
    expect(page.locator("#field-pressure_at_peak [data-value]")).to_have_text("128/82")
    accessible(page)

    # and once it is sent again, nothing is left to do
    open_form(clinic, walk)
    page.get_by_role("link", name="Record that it was sent again").click()
    clinic.choose("route", "PORTAL")
    clinic.save()
    page.goto(f"{clinic.server.url}/filings/")
    expect(page.locator(".empty")).to_contain_text("Nothing lies here")
