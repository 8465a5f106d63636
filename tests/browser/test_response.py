"""A patient answers on a tablet, and a prescriber answers for it before the patient leaves."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.models import Score
from tests.browser.nurse import SECRET, Shared
from tests.browser.stage import Clinic, Wall, accessible, in_the_dark, picture
from tests.factories import STAY_ENDS, give_pin, make_cast, make_course, make_patient, make_tablet, ready_to_leave
from tests.sessions_app.actions.asked import ITEM_9, asked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_patient_answers_alone_and_reaches_nothing_else(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given a nurse at an enrolled tablet, and a patient who is nearly ready
    cast = make_cast()
    walk = ready_to_leave(cast)
    give_pin(cast.nora)
    make_tablet(cast, secret=SECRET)
    shared = Shared(page, live_server)
    name = settings.TABLET_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": SECRET, "url": live_server.url}])
    wall.go_to(STAY_ENDS)
    page.goto(f"{live_server.url}/tablet/")
    shared.come_in("Nora")

    # when she hands it over
    shared.open_session(walk.dosing_session)
    shared.step("record-score")
    accessible(page)
    picture(page, "questionnaires")
    page.get_by_role("link", name="Hand the tablet to the patient").click()
    accessible(page)
    page.get_by_role("button", name="Hand it over").click()

    # then one large question stands there, and every other address leads back to it
    expect(page.get_by_role("heading", level=1)).to_have_text("Little interest or pleasure in doing things")
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "question")
    sizes = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.childElementCount === 0 && e.textContent.trim())"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 24
    for path in ("/", "/patients/", f"/dosing-sessions/{walk.dosing_session.pk}/"):
        page.goto(live_server.url + path)
        expect(page).to_have_url(re.compile("/questionnaire/$"))
    page.go_back()
    expect(page.locator("body")).not_to_contain_text("Tamarack")
    page.goto(f"{live_server.url}/questionnaire/")

    # when the patient answers with the keyboard and by touch, leaves one out and goes back once
    page.get_by_role("button", name="Several days").press("Enter")
    page.get_by_role("button", name="I would rather not answer").click()
    page.get_by_role("button", name="Question before").click()
    for number in range(2, 10):
        expect(page.get_by_text(f"Question {number} of 9")).to_be_visible()
        page.get_by_role("button", name="Several days").click()

    # then it is saved without a verdict, and the nurse comes back with her PIN
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. That was all.")
    accessible(page)
    picture(page, "question-done")
    assert Score.objects.get().total == 9
    page.get_by_role("link", name="For the staff").click()
    shared.come_in("Nora")
    shared.open_session(walk.dosing_session)
    expect(page.locator("[data-code=SAFETY_ALERT]")).to_contain_text("not answered")


def test_a_prescriber_answers_an_alert_before_the_release(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given a patient who is ready but for an answer
    walk = ready_to_leave(make_cast())
    asked(walk, ITEM_9)
    wall.go_to(STAY_ENDS)
    clinic = Clinic(page, live_server)

    # when a nurse would release
    clinic.sign_in("nora")
    expect(page.locator(".tile").first).to_contain_text("Safety alert")
    picture(page, "floor-with-an-alert")
    clinic.open_session(walk.dosing_session)
    clinic.release()
    expect(page.locator(".refused")).to_contain_text("Safety alert")
    clinic.sign_out()

    # when the prescriber reads it and signs a plan
    clinic.sign_in("paul", opens=None)
    clinic.open_session(walk.dosing_session)
    picture(page, "session-with-an-alert")
    page.locator("[data-code=SAFETY_ALERT] a").click()
    expect(page.locator("aside")).to_contain_text("Several days")
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "safety-plan")
    clinic.sign_safety_plan()

    # then the patient may go
    clinic.open_session(walk.dosing_session)
    expect(page.locator("[data-code=SAFETY_ALERT]")).to_have_count(0)
    clinic.release()
    expect(page.locator(".outcome")).to_contain_text("Gone home")
    page.goto(f"{live_server.url}/patients/{walk.refresh().patient_id}/courses/{walk.refresh().course_id}/picture/")
    accessible(page)
    in_the_dark(page, accessible)


def test_an_alert_of_the_other_clinic_holds_the_patient_here(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given a patient of two clinics, ready to leave the annex
    cast = make_cast()
    annex = make_cast(facility_name="Annex", suffix="9", organisation=cast.facility.organisation)
    course = make_course(cast, patient=make_patient(annex))
    walk = ready_to_leave(annex, of_course=make_course(annex, patient=course.patient))
    wall.go_to(STAY_ENDS)
    clinic = Clinic(page, live_server)

    # when a nurse of the first clinic enters what the patient answered by telephone the day before
    clinic.sign_in("nora", opens=f"/patients/{course.patient_id}/courses/{course.pk}/picture/")
    page.get_by_role("link", name="PHQ-9").click()
    for number in range(1, 10):
        clinic.choose(f"item_{number}", "1")
    clinic.save()
    clinic.sign_out()

    # then the annex hears of it at once, and does not release
    clinic.sign_in("nora9")
    expect(page.locator(".tile").first).to_contain_text("Safety alert")
    clinic.open_session(walk.dosing_session)
    clinic.release()
    expect(page.locator(".refused")).to_contain_text("Safety alert")
    clinic.sign_out()

    # when the annex's own prescriber reads where it comes from, and signs a plan
    clinic.sign_in("paul9", opens=None)
    clinic.open_session(walk.dosing_session)
    page.locator("[data-code=SAFETY_ALERT] a").click()
    expect(page.locator("aside")).to_contain_text(cast.facility.name)
    accessible(page)
    picture(page, "safety-plan-of-another-clinic")
    clinic.sign_safety_plan()

    # then the patient may go
    clinic.open_session(walk.dosing_session)
    clinic.release()
    expect(page.locator(".outcome")).to_contain_text("Gone home")
