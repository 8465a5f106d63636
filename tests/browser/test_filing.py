"""A week at the desk: forms typed into a portal, returned, sent again; and a correction after one was sent."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.models import FilingVersion
from tests.browser.stage import Clinic, Wall, accessible, in_the_dark, picture
from tests.factories import (
    LAST_DEVICE,
    STAY_ENDS,
    Walk,
    discharged,
    full_check,
    make_cast,
    make_course,
    make_patient,
    minutes,
)
from tests.filings import complete, form_of, reach, submit
from tests.sessions_app.views.pdfs import pages_in

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


def test_a_value_said_otherwise_another_edition_and_the_days_pile_for_the_fax(clinic: Clinic, wall: Wall) -> None:
    # given two treatments of yesterday, whose forms are complete but for what only the clinician says
    walk = discharged(make_cast())
    somebody = make_patient(walk.cast, name=("Ann", "Aster"))
    other = discharged(walk.cast, of_course=make_course(walk.cast, patient=somebody))
    reach(walk.cast)
    wall.go_to(MORNING_AFTER)
    clinic.sign_in("nora")
    page = clinic.page

    # when she says another pressure than the record says, she is asked why, and both stay to be read
    page.goto(f"{clinic.server.url}/dosing-sessions/{walk.dosing_session.pk}/filing/")
    field = page.locator("#field-pressure_at_peak")
    field.get_by_role("link", name="Change").click()
    page.locator("[name=value]").fill("131/80")
    page.locator("main form button[type=submit].btn-primary").click()
    expect(page.get_by_role("alert").first).to_contain_text("One answer needs another look")
    page.locator("[name=reason]").fill("The cuff's own print says so.")
    clinic.save()
    expect(field.locator("[data-value]")).to_have_text("131/80")
    expect(field.locator("s")).to_have_text("128/82")
    expect(field).to_contain_text("The cuff's own print says so.")
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "form-said-otherwise")

    # when the administrator switches to the newer edition from that day on
    clinic.sign_in("ada")
    page.goto(f"{clinic.server.url}/facility/forms/switch-edition/")
    accessible(page)
    picture(page, "switch-edition")
    page.get_by_label("Newer edition").check(force=True)
    page.locator("[name=from_date]").fill("2026-04-14")
    clinic.save()
    expect(page.locator("main")).to_contain_text("Newer edition")
    accessible(page)
    picture(page, "forms-here")

    # then both forms ask what it asks, and the day's pile is one file with each form's own pages
    clinic.sign_in("nora")
    open_form(clinic, other)
    expect(page.locator("main")).to_contain_text("Check against the current form before use.")
    page.goto(f"{clinic.server.url}/filings/")
    accessible(page)
    picture(page, "forms-of-the-day")
    page.get_by_label("Treated on").fill("2026-04-14")
    page.get_by_label("Faxed to").fill("The REMS")
    with page.context.expect_event("request", lambda asked: "/filings/pdf/" in asked.url) as asked:
        page.locator("#print-forms button").click()
    text = pages_in(page.request.get(asked.value.url).body())
    for each in (walk, other):
        assert each.dosing_session.patient.full_name in text
    assert "131/80" in text

    # and what was sent by fax is written down, what is empty with its reason, and is acknowledged
    page.goto(f"{clinic.server.url}/dosing-sessions/{walk.dosing_session.pk}/filing/")
    page.get_by_role("link", name="Record that it was sent").click()
    clinic.choose("route", "FAX")
    page.locator("[name=confirmation]").fill("F-17")
    page.locator("main form button[type=submit].btn-primary").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.locator("[name=route][value=FAX]")).to_be_checked()
    expect(page.locator("[name=confirmation]")).to_have_value("F-17")
    page.locator("[name=incomplete_reason]").fill("No oximeter.")
    accessible(page)
    picture(page, "form-sent-by-fax")
    clinic.save()
    expect(page.locator(".filing-state .badge")).to_have_text("Sent")
    (sent,) = FilingVersion.objects.filter(filing=form_of(walk))
    assert (sent.route, sent.confirmation, sent.reason) == ("FAX", "F-17", "No oximeter.")
    page.get_by_role("link", name="Record what came back").click()
    clinic.choose("kind", "ACKNOWLEDGED")
    clinic.save()
    expect(page.locator(".filing-state .badge")).to_have_text("Acknowledged")
