"""Symptoms as chips and with their own time, a note, a medicine given on site."""

import pytest
from playwright.sync_api import expect

from sessions_app.models import MedicineGiven, SignEvent
from tests.browser.stage import Wall, accessible, picture
from tests.browser.thumb import Thumb, newest
from tests.factories import LAST_DEVICE, Walk, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_symptoms_are_tapped_when_they_begin_and_when_they_are_gone(thumb: Thumb, wall: Wall) -> None:
    page = thumb.page
    thumb.step("record-check")
    thumb.tap("[value='nausea:ONSET']")
    thumb.tap("[value='headache:ONSET']")
    thumb.tap("[value='headache:ONSET']")  # a slip, taken back
    thumb.tap(".chip-more summary >> text=Other")
    page.locator("[name=other_symptom]").fill("Itching")
    thumb.tap(".chip-more summary >> text=Note")
    page.locator("[name=note]").fill("Wants the lights low.")
    accessible(page)
    picture(page, "check-note")
    page.locator("h1").click()
    thumb.keys("12882")
    thumb.send()
    with page.expect_navigation():
        thumb.tap(".save-without")
    thumb.saved()
    assert newest().note == "Wants the lights low."
    expect(page.locator("body")).to_contain_text("Nausea began")

    wall.go_to(LAST_DEVICE + minutes(60))
    thumb.step("record-check")
    expect(page.locator(".chip-on")).to_have_count(2)
    expect(page.locator(".chip", has_text="Itching")).to_contain_text("since 10:15")
    assert not thumb.scrolls()
    accessible(page)
    picture(page, "check-symptoms")
    thumb.tap("[value='nausea:RESOLUTION']")
    thumb.keys("12681")
    thumb.send()
    with page.expect_navigation():
        thumb.tap(".save-without")
    assert {(row.code, row.kind) for row in SignEvent.objects.all()} == {
        ("nausea", "ONSET"),
        ("itching", "ONSET"),
        ("nausea", "RESOLUTION"),
    }


def test_a_medicine_given_here_names_who_gave_it(thumb: Thumb, walk: Walk) -> None:
    page = thumb.page
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Medicine given").click()
    page.locator("[name=drug]").fill("Ondansetron")
    page.locator("[name=dose]").fill("4 mg")
    thumb.choose("route", "SUBLINGUAL")
    page.locator("[name=given_by]").select_option(str(walk.cast.nils.pk))
    page.locator("[name=occurred_time]").fill("10:05")
    accessible(page)
    picture(page, "give-medicine")
    thumb.save()

    thumb.saved()
    given = MedicineGiven.objects.get()
    assert (given.performed_by, given.recorded_by) == (walk.cast.nils, walk.cast.nora)
    expect(page.locator("body")).to_contain_text("Ondansetron 4 mg given under the tongue")


def test_a_symptom_has_its_own_time_or_its_own_words(thumb: Thumb) -> None:
    page = thumb.page
    thumb.step("record-sign")
    accessible(page)
    thumb.choose("kind", "ONSET")
    thumb.save()
    expect(page.locator(".error-summary")).to_contain_text("Choose one of the list, or say it in words.")
    page.locator("[name=other]").fill("Ringing in the ears")
    page.locator("[name=occurred_time]").fill("10:02")
    thumb.save()

    thumb.saved()
    event = SignEvent.objects.get()
    assert (event.code, event.occurred_at) == ("ringing in the ears", LAST_DEVICE + minutes(27))
    thumb.step("record-check")
    expect(page.locator(".chip", has_text="Ringing in the ears")).to_contain_text("since 10:02")
