"""One session in a real browser, from sign-in to release. The clock is moved inside the test process alone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.actions import booking
from sessions_app.models import DosingSession
from tests.browser.stage import Clinic, Wall
from tests.factories import NINE, Cast, entry, make_cast, make_course, make_device, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_nurse_takes_a_patient_through_a_session(page: Page, live_server: LiveServer, wall: Wall) -> None:
    cast = make_cast()
    make_device(cast, number="D-1")
    make_device(cast, number="D-2")
    course = make_course(cast)
    booked = booking.book_session(course=course, scheduled_at=NINE, chair="1", entry=entry(), by=cast.fred, now=NINE)
    clinic = Clinic(page, live_server)

    clinic.come_through_the_door("nora")
    prepare(clinic, booked, cast, wall)
    dose(clinic, booked, wall)
    watch_and_release(clinic, booked, wall)

    assert DosingSession.objects.get(pk=booked.pk).state == "DISCHARGED"


def prepare(clinic: Clinic, booked: DosingSession, cast: Cast, wall: Wall) -> None:
    page = clinic.page
    clinic.open_session(booked)
    with page.expect_navigation():
        page.get_by_role("link", name="Check in").first.click()
    for identifier in page.locator("input[name=identifiers]").all()[:2]:
        identifier.check(force=True)
    clinic.save()

    clinic.open_session(booked)
    for kind in ("food", "liquid", "nasal_spray"):
        if page.locator(f"input[name={kind}_answer]").count() == 0:
            clinic.step("report-intake")
        clinic.choose(f"{kind}_answer", "NONE")
    clinic.save()
    clinic.saved()

    clinic.step("answer-questions")
    for field in page.locator("main input[type=radio][value=no]").all():
        field.check(force=True)
    clinic.save()

    clinic.step("verify-enrolment")
    clinic.choose("how", "PORTAL")
    clinic.save()
    clinic.step("counsel")
    page.locator("[name=counselled]").check(force=True)
    clinic.save()
    clinic.step("arrange-way-home")
    clinic.choose("kind", "PERSON")
    page.locator("[name=name]").fill("Basil Tamarack")
    page.locator("[name=phone]").fill("(555) 555-013")
    page.locator("[name=will_not_drive]").check(force=True)
    clinic.save()
    expect(page.locator("#error_1_id_phone, .invalid-feedback").first).to_contain_text("a phone number here has ten")
    expect(page.locator("[name=name]")).to_have_value("Basil Tamarack")
    page.locator("[name=phone]").fill("(555) 555-0134")
    clinic.save()

    wall.go_to(NINE + minutes(20))
    clinic.chart(128, 82)
    clinic.saved()
    clinic.sign_out()
    clinic.come_through_the_door("paul")
    clinic.open_session(booked)
    clinic.step("order-dose")
    clinic.choose("devices", "2")
    clinic.save()
    clinic.sign_out()
    clinic.come_through_the_door("nora")
    clinic.open_session(booked)
    clinic.step("clear")
    clinic.save()
    clinic.saved()


def dose(clinic: Clinic, booked: DosingSession, wall: Wall) -> None:
    page = clinic.page
    for number in (1, 2):
        wall.go_to(NINE + minutes(25 + 5 * number))
        clinic.step("administer-device")
        page.locator("[name=device]").select_option(index=1)
        clinic.save()
        clinic.saved()
        page.get_by_role("link", name="Full, partial or failed").click()
        clinic.choose("outcome", "FULL")
        clinic.save()
    clinic.step("finish-dosing")
    clinic.save()
    expect(page.locator(".gate")).to_contain_text("Two hours are not over yet")


def watch_and_release(clinic: Clinic, booked: DosingSession, wall: Wall) -> None:
    page, last_device = clinic.page, NINE + minutes(35)
    stay_ends = last_device + minutes(120)
    wall.go_to(last_device + minutes(40))
    clinic.chart(148, 91)
    wall.go_to(stay_ends - minutes(4))
    clinic.chart(126, 80)
    clinic.step("assess-readiness")
    page.locator("[name=ready]").check(force=True)
    clinic.save()
    clinic.step("give-instructions")
    clinic.choose("language", "en")
    clinic.choose("how", "PRINTED")
    clinic.save()

    wall.go_to(stay_ends - timedelta(seconds=1))
    clinic.release()
    expect(page.locator(".refused")).to_contain_text("Two hours are not over yet")
    expect(page.locator("[name=handed_over_to]")).to_have_value("Basil Tamarack")

    wall.go_to(stay_ends)
    clinic.save()
    expect(page.locator(".outcome")).to_contain_text("Gone home")
