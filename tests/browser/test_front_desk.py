"""Scene: somebody is registered who may be known, enrolled with both signatures, and verified in one tap."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic.models import Enrolment, Patient
from sessions_app.models import EnrolmentVerification
from tests.browser.stage import Clinic, Wall, accessible, picture
from tests.factories import NINE, checked_in, make_cast, make_course, make_patient, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_patient_is_registered_enrolled_and_verified_in_one_tap(
    page: Page, live_server: LiveServer, wall: Wall
) -> None:
    cast = make_cast()
    known, clinic = make_patient(cast), Clinic(page, live_server)
    wall.go_to(NINE)
    clinic.sign_in("fred")

    # given somebody at the desk whose name is nearly that of a patient born on the same day
    page.goto(f"{clinic.server.url}/patients/register/")
    for name, value in (
        ("first_name", "Rosalynd"),
        ("last_name", "Tamarak"),
        ("birth_date", "9/3/1982"),
        ("mrn", "W-9001"),
    ):
        page.locator(f"[name={name}]").fill(value)
    clinic.choose("sex", "FEMALE")
    clinic.save()

    # then it is asked once, with a way to the one who is known
    asked = page.locator(".confirm")
    expect(asked).to_contain_text("Is it this patient?")
    expect(asked.get_by_role("link")).to_contain_text(known.mrn)
    accessible(page)
    picture(page, "may-be-known")
    page.get_by_label("No: a new patient").check()
    clinic.save()
    patient = Patient.objects.get(mrn="W-9001")

    # when the form is signed by both and the REMS has confirmed
    page.get_by_role("link", name="Record the enrolment").click()
    page.locator("[name=rems_identifier]").fill("E-9001")
    page.locator("[name=patient_signed_date]").fill("2026-04-14")
    page.locator("[name=prescriber]").select_option(str(cast.paul.pk))
    page.locator("[name=prescriber_signed_date]").fill("2026-04-14")
    page.get_by_label("The REMS confirmed that this patient is enrolled here").check()
    picture(page, "enrolment")
    clinic.save()
    expect(page.locator("main")).to_contain_text("Paul Penstemon")
    accessible(page)
    picture(page, "patient-enrolled")
    assert Enrolment.objects.filter(patient=patient).count() == 1
    clinic.sign_out()

    # then the nurse needs one tap before the dose
    walk = checked_in(cast, of_course=make_course(cast, patient=patient))
    walk.answer(NINE + minutes(1))
    walk.void(walk.rows("EnrolmentVerification")[0], NINE + minutes(2))
    wall.go_to(NINE + minutes(5))
    clinic.sign_in("nora")
    tile = page.locator(".tile", has_text="R.T.")
    expect(tile.get_by_role("button", name="Verified, portal")).to_be_visible()
    accessible(page)
    picture(page, "floor-verify")
    clinic.open_session(walk.dosing_session)
    picture(page, "session-verify")
    with page.expect_navigation():
        page.get_by_role("button", name="Verified, telephone").click()
    clinic.saved()
    last = EnrolmentVerification.objects.filter(dosing_session=walk.dosing_session).order_by("order").last()
    assert last is not None
    assert (last.how, last.performed_by) == ("TELEPHONE", cast.nora)
