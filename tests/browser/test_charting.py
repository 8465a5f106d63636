"""Charting by thumb: one screen, counted taps, symptoms, what could not be measured, a repeat, a medicine."""

import time

import pytest
from playwright.sync_api import expect

from sessions_app.models import SignEvent
from sessions_app.rules.charting import SignEntry
from tests.browser.stage import accessible, picture
from tests.browser.thumb import Thumb, newest
from tests.factories import LAST_DEVICE, Walk, full_check, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# From the session page to the saved check: taps and keys of an ordinary full check. It may fall, never grow.
FULL_CHECK = 16
REPEAT = 2


def test_a_full_check_by_thumb_is_counted(thumb: Thumb) -> None:
    page, began = thumb.page, time.monotonic()

    thumb.link("Chart the 40-min check")
    assert not thumb.scrolls()
    assert thumb.still().startswith("Still empty: BP, Pulse")
    thumb.keys("128")
    assert thumb.active() == "diastolic_mmhg", "three digits are a systolic"
    thumb.keys("82")
    assert thumb.active() == "pulse_bpm", "a third digit after 82 could not be a diastolic"
    thumb.keys("74")
    thumb.keys("97")
    assert thumb.active() == "sign_respiratory_depression_score"
    thumb.keys("14")
    assert thumb.active() == ""
    thumb.tap("[name=sign_sedation_score][value='5']")
    thumb.absent("dissociation")
    thumb.absent("respiratory_depression")
    expect(page.locator("[name=sign_sedation_present][value=no]")).to_be_checked()
    assert thumb.still() == "Nothing is empty."
    picture(page, "check-full")
    thumb.send()

    thumb.saved()
    check = newest()
    signs = {row.code: (row.present, row.score) for row in check.signobservations.all()}
    assert (check.systolic_mmhg, check.diastolic_mmhg, check.pulse_bpm, check.spo2_percent) == (128, 82, 74, 97)
    assert signs == {"sedation": (False, 5), "dissociation": (False, None), "respiratory_depression": (False, 14)}
    expect(page.get_by_role("img", name="Blood pressure, pulse").first).to_contain_text("128/82")
    assert thumb.count == FULL_CHECK
    # A second a tap leaves four; the scripted hand shows that nothing on the way keeps the nurse waiting.
    assert FULL_CHECK * 1.0 < 20
    assert time.monotonic() - began < 20


def test_the_keypad_moves_on_when_no_digit_can_follow_and_a_keyboard_never_does(thumb: Thumb) -> None:
    page = thumb.page
    thumb.step("record-check")
    thumb.keys("90")
    assert (thumb.value("systolic_mmhg"), thumb.active()) == ("90", "diastolic_mmhg")
    thumb.keys("8")
    thumb.tap("[data-key=next]")
    assert (thumb.value("diastolic_mmhg"), thumb.active()) == ("8", "pulse_bpm")
    thumb.keys("102")
    assert (thumb.value("pulse_bpm"), thumb.active()) == ("102", "spo2_percent")
    thumb.keys("10")
    assert thumb.active() == "spo2_percent", "10 may become 100"
    thumb.tap("[data-key=delete]")
    assert thumb.value("spo2_percent") == "1"
    thumb.tap("[name=diastolic_mmhg]")
    thumb.keys("60")
    assert thumb.value("diastolic_mmhg") == "60", "a cell come back to is typed anew"

    page.locator("[name=systolic_mmhg]").fill("")
    page.keyboard.type("128")
    assert (thumb.value("systolic_mmhg"), thumb.active()) == ("128", "systolic_mmhg")


def test_an_unlikely_value_is_asked_about_without_scrolling(thumb: Thumb) -> None:
    thumb.step("record-check")
    thumb.keys("23090")
    thumb.send()
    expect(thumb.page.locator(".confirm")).to_contain_text("Systolic 230 is rarely seen.")
    assert not thumb.scrolls()
    accessible(thumb.page)


def test_a_score_answers_until_a_hand_does(thumb: Thumb) -> None:
    present, absent = (thumb.page.locator(f"[name=sign_sedation_present][value={value}]") for value in ("yes", "no"))
    thumb.step("record-check")
    thumb.tap("[name=sign_sedation_score][value='3']")
    expect(present).to_be_checked()
    thumb.tap("[name=sign_sedation_score][value='5']")
    expect(absent).to_be_checked()
    thumb.tap("[name=sign_sedation_present][value=yes]")
    thumb.tap("[name=sign_sedation_score][value='5']")
    expect(present).to_be_checked()


def test_saved_early_it_says_what_is_empty_and_asks_once(thumb: Thumb) -> None:
    page = thumb.page
    thumb.step("record-check")
    thumb.keys("12882" + "74")
    thumb.absent("sedation")
    thumb.send()

    expect(page.locator(".check-save")).to_contain_text("Still empty: SpO₂, Dissociation, Respiratory depression")
    assert thumb.value("systolic_mmhg") == "128"
    assert not thumb.scrolls()
    accessible(page)
    picture(page, "check-asks")
    thumb.send()
    expect(page.locator(".check-save")).to_contain_text("Not saved yet")
    assert newest().kind == "BASELINE", "Save alone is not the answer"

    thumb.absent("dissociation")
    with page.expect_navigation():
        thumb.tap(".save-without")
    thumb.saved()
    assert (newest().systolic_mmhg, newest().spo2_percent) == (128, None)
    assert {row.code for row in newest().signobservations.all()} == {"sedation", "dissociation"}


def test_a_sign_that_began_is_gone_by_one_tap(thumb: Thumb, walk: Walk) -> None:
    walk.check(LAST_DEVICE + minutes(20), full_check(sedation=SignEntry(True, 3), dissociation=SignEntry(True, 12)))
    page = thumb.page
    thumb.step("record-check")
    assert not thumb.scrolls()
    expect(page.locator(".sign-row", has_text="Sedation")).to_contain_text("since 9:55")
    accessible(page)
    picture(page, "check-began")
    thumb.tap("[name=sign_sedation_gone]")
    expect(page.locator("[name=sign_sedation_present][value=no]")).to_be_checked()
    thumb.tap("[name=sign_sedation_present][value=yes]")
    expect(page.locator("[name=sign_sedation_gone]")).not_to_be_checked()
    thumb.tap("[name=sign_sedation_gone]")
    thumb.keys("12882" + "74" + "97" + "14")
    thumb.tap("[name=sign_dissociation_present][value=yes]")
    thumb.absent("respiratory_depression")
    thumb.send()

    thumb.saved()
    assert [(row.code, row.kind) for row in SignEvent.objects.all()] == [("sedation", "RESOLUTION")]


def test_what_could_not_be_measured_has_its_reason(thumb: Thumb) -> None:
    page = thumb.page
    thumb.step("record-check")
    thumb.keys("12882")
    page.locator(".could-not > summary").click()
    accessible(page)
    picture(page, "check-could-not")
    page.locator("[name=pulse_not_obtained]").select_option("REFUSED")
    page.locator("[name=spo2_not_obtained]").select_option("DEVICE_FAILED")
    expect(page.locator(".reading-cell[data-missing]")).to_have_count(2)
    page.locator("h1").click()
    for sign in ("sedation", "dissociation", "respiratory_depression"):
        thumb.absent(sign)
    assert thumb.still() == "Nothing is empty."
    thumb.send()

    thumb.saved()
    assert (newest().pulse_not_obtained, newest().spo2_not_obtained) == ("REFUSED", "DEVICE_FAILED")
    page.get_by_text("Table", exact=True).click()
    expect(page.locator(".table-readings .missing", has_text="device failed")).to_be_visible()


def test_a_blood_pressure_is_repeated_in_two_taps(thumb: Thumb) -> None:
    page = thumb.page
    thumb.link("Repeat BP")
    assert not thumb.scrolls()
    expect(page.locator(".numeral")).to_have_count(2)
    accessible(page)
    picture(page, "repeat-bp")
    thumb.keys("14890")
    thumb.send()

    thumb.saved()
    assert (newest().systolic_mmhg, newest().diastolic_mmhg) == (148, 90)
    assert thumb.count == REPEAT + len("14890")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (590, 410)])
def test_on_a_phone_and_at_double_size_the_device_brings_its_own_keys(thumb: Thumb, width: int, height: int) -> None:
    page = thumb.page
    page.set_viewport_size({"width": width, "height": height})
    thumb.step("record-check")
    expect(page.locator(".keypad")).to_be_hidden()
    assert page.locator("[name=systolic_mmhg]").get_attribute("inputmode") == "numeric"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    accessible(page)
    picture(page, f"check-{width}")


def test_in_a_dim_room_it_is_as_legible(thumb: Thumb) -> None:
    thumb.page.emulate_media(color_scheme="dark")
    thumb.step("record-check")
    thumb.keys("12882")
    thumb.tap("[name=sign_sedation_score][value='5']")
    thumb.tap("[value='nausea:ONSET']")
    accessible(thumb.page)
    picture(thumb.page, "check-dark")
