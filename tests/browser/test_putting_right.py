"""What was charted wrongly is put right: a typo, the wrong chair, the wrong patient released, a late entry."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.stage import Clinic, Wall, accessible, picture
from tests.factories import (
    LAST_DEVICE,
    STAY_ENDS,
    Walk,
    discharged,
    full_check,
    in_monitoring,
    make_cast,
    make_course,
    make_patient,
    minutes,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LATER = LAST_DEVICE + minutes(40)


@pytest.fixture
def clinic(page: Page, live_server: LiveServer) -> Clinic:
    return Clinic(page, live_server)


def open_correction(clinic: Clinic, walk: Walk, value: str) -> None:
    clinic.open_session(walk.dosing_session)
    clinic.page.locator("#readings-table > summary").click()
    row = clinic.page.locator(".table-readings tr", has_text=value)
    with clinic.page.expect_navigation():
        row.get_by_role("link", name="Correct").click()


def test_a_typo_is_corrected_in_one_step(clinic: Clinic, wall: Wall) -> None:
    # given a check with its digits swapped
    walk = in_monitoring(make_cast())
    walk.check(LATER, full_check(182, 82))
    wall.go_to(LATER + minutes(3))
    clinic.sign_in("nora")
    page = clinic.page

    # when its own values are opened and the wrong one is typed anew
    open_correction(clinic, walk, "182/82")
    expect(page.locator("[name=systolic_mmhg]")).to_have_value("182")
    expect(page.locator("main")).to_contain_text("The one form that is filled in")
    accessible(page)
    picture(page, "correct-check")
    page.locator("[name=systolic_mmhg]").fill("128")
    page.locator("[name=reason]").fill("Digits swapped.")
    clinic.save()

    # then the old row stays, struck through, and the new one says what it was
    page.locator("#readings-table > summary").click()
    struck = page.locator(".table-readings tr.struck")
    expect(struck).to_contain_text("182/82")
    expect(struck).to_contain_text("by Nora Nightjar: Digits swapped.")
    expect(page.locator(".table-readings tr", has_text="was 182/82")).to_contain_text("128/82")
    expect(page.locator(".gate")).not_to_contain_text("above the line")
    accessible(page)
    picture(page, "corrected")


def test_a_check_on_the_wrong_chair_is_moved(clinic: Clinic, wall: Wall) -> None:
    # given two patients, and one's check charted on the other's chair
    cast = make_cast()
    here = in_monitoring(cast)
    maud = make_patient(cast, name=("Maud", "Larkspur"))
    there = in_monitoring(cast, of_course=make_course(cast, patient=maud))
    here.check(LATER, full_check(162, 95))
    wall.go_to(LATER + minutes(2))
    clinic.sign_in("nora")
    page = clinic.page

    # when the nurse chooses the right chair, by initials, the name behind one press
    open_correction(clinic, here, "162/95")
    page.get_by_role("link", name="Wrong chair").click()
    expect(page.locator(".names-panel dd", has_text="Maud Larkspur")).to_be_hidden()
    page.locator(".names-panel summary").click()
    expect(page.locator(".names-panel dd", has_text="Maud Larkspur")).to_be_visible()
    accessible(page)
    picture(page, "move-check")
    page.locator("[name=to]").first.check(force=True)
    page.locator("[name=reason]").fill("Stood at the wrong chair.")
    clinic.save()

    # then it is struck here and holds the patient there
    page.locator("#readings-table > summary").click()
    expect(page.locator(".table-readings tr.struck")).to_contain_text(f"moved to chair {there.refresh().chair} (M.L.)")
    expect(page.locator(".gate")).not_to_contain_text("above the line")
    clinic.open_session(there.dosing_session)
    expect(page.locator(".table-readings tr", has_text="162/95")).to_contain_text("moved here from chair 1")
    expect(page.locator(".gate")).to_contain_text("above the line")


def test_the_wrong_patient_was_released_and_is_back(clinic: Clinic, wall: Wall) -> None:
    # given a patient who was released and is still here
    walk = discharged(make_cast())
    wall.go_to(STAY_ENDS + minutes(4))
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)
    page = clinic.page

    # when the session is re-opened
    page.get_by_role("link", name="Re-open today").click()
    page.locator("[name=reason]").fill("Released the wrong patient.")
    clinic.save()

    # then the release of before stays struck through, and leaving begins anew
    expect(page.locator(".events li", has_text="Released to Basil Tamarack").locator("s")).to_be_visible()
    expect(page.locator(".events li", has_text="Released to Basil Tamarack")).to_contain_text("re-opened 11:39 by")
    gate = page.locator(".gate")
    expect(gate).to_contain_text("No final check yet")
    expect(gate).to_contain_text("Readiness to leave not assessed")
    accessible(page)
    picture(page, "re-opened")


def test_a_reading_is_entered_late_and_says_so(clinic: Clinic, wall: Wall) -> None:
    # given a patient watched for an hour, and a check that nobody typed
    walk = in_monitoring(make_cast())
    wall.go_to(LATER + minutes(25))
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)
    expect(clinic.page.locator(".gate")).to_contain_text("40-min check missed or late")

    # when it is typed with the time on the clipboard
    clinic.step("record-check")
    page = clinic.page
    page.locator("[name=occurred_time]").fill("10:15")
    page.locator("[name=systolic_mmhg]").fill("131")
    page.locator("[name=diastolic_mmhg]").fill("81")
    page.locator("[name=pulse_bpm]").fill("72")
    page.locator("[name=spo2_percent]").fill("97")
    for sign in ("sedation", "dissociation", "respiratory_depression"):
        clinic.choose(f"sign_{sign}_present", "no")
    clinic.save()

    # then it stands at its own time, and the gate no longer misses it
    clinic.open_session(walk.dosing_session)
    page.locator("#readings-table > summary").click()
    expect(page.locator(".table-readings tr", has_text="131/81")).to_contain_text("10:15")
    expect(page.locator(".gate")).not_to_contain_text("40-min check missed")
