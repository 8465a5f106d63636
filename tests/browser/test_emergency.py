"""An emergency in a real browser: from the button to the ambulance, and one that ends well."""

import io
import re
from time import perf_counter
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from sessions_app.actions import emergency, monitoring
from sessions_app.models import Emergency, EmergencyCall
from sessions_app.rules.facts import SignEventKind
from tests.browser.stage import Clinic, Wall, accessible, in_the_dark, picture
from tests.factories import (
    LAST_DEVICE,
    STAY_ENDS,
    in_monitoring,
    make_cast,
    make_course,
    make_patient,
    minutes,
    ready_to_leave,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LATER = LAST_DEVICE + minutes(25)


def sheets(page: Page) -> int:
    """How many come out of the printer."""
    return len(PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages)


def test_from_the_button_to_the_ambulance(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given a patient in monitoring, and nobody near but the front desk
    cast = make_cast()
    walk = in_monitoring(cast)
    walk.check(LATER - minutes(5))
    wall.go_to(LATER)
    clinic = Clinic(page, live_server)
    clinic.sign_in("fred")

    # when the desk presses the button of the floor, the chair, who was called, and what it is
    page.get_by_role("link", name="Emergency").click()
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "emergency-which-chair")
    page.get_by_role("link", name="Rosalind Tamarack").click()
    clinic.choose("calls", "AMBULANCE")
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "emergency-raise")
    page.get_by_role("button", name="Chest pain").click()

    # then the session's page is an emergency first, and the floor says it
    expect(page.locator("#emergency-h")).to_have_text("Emergency: chest pain")
    expect(page.locator(".emergency-calls")).to_contain_text("Ambulance (911)")
    expect(page.locator(".emergency .count")).to_be_visible()
    accessible(page)
    page.goto(f"{live_server.url}/")
    expect(page.locator(".tile")).to_contain_text("Emergency since 10:00")
    clinic.sign_out()

    # when the nurse notes another call, prints the sheet and hands the patient over
    clinic.sign_in("nora")
    wall.go_to(LATER + minutes(6))
    clinic.open_session(walk.dosing_session)
    page.get_by_role("button", name="Called: prescriber").click()
    clinic.saved()
    expect(page.locator(".emergency-calls li")).to_have_count(2)
    expect(page.locator(".emergency .count")).to_have_text(re.compile("^06:"))
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "emergency-session")
    began = perf_counter()
    page.get_by_role("link", name="Sheet for the ambulance").first.click()
    expect(page.locator(".amb-now h2")).to_have_text("Since 10:00, 6 min ago: chest pain")
    assert perf_counter() - began < 2
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "emergency-ambulance")
    assert sheets(page) == 1
    page.get_by_role("link", name="Back to the session").click()
    page.locator(".emergency-do").get_by_role("link", name="Transfer").click()
    clinic.choose("destination", "HOSPITAL")
    page.locator("[name=handed_over]").fill("Sheet given, aspirin not given.")
    page.locator("main form button[type=submit]").last.click()

    # then the emergency is over with the session, in one entry
    expect(page.locator(".outcome")).to_contain_text("Transferred")
    expect(page.locator(".events")).to_contain_text("Emergency over, transferred")
    expect(page.locator("#emergency-h")).to_have_count(0)
    [end], [transfer] = walk.rows("EmergencyEnd"), walk.rows("Transfer")
    assert end.entry_id == transfer.entry_id


def test_it_ends_well_and_a_prescriber_opens_the_way_home(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given a patient who is about to leave, and falls
    cast = make_cast()
    walk = ready_to_leave(cast)
    wall.go_to(STAY_ENDS - minutes(3))
    clinic = Clinic(page, live_server)
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)
    page.locator(".people-bar").get_by_role("link", name="Emergency").click()
    page.get_by_role("button", name="Fall").click()

    # when the nurse calls it over without a word, and then with words
    wall.go_to(STAY_ENDS - minutes(1))
    page.get_by_role("link", name="Back in monitoring").click()
    accessible(page)
    clinic.save()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    page.locator("[name=note]").fill("Stumbled, sat down at once. Awake, no injury, 128/82.")
    clinic.save()

    # then it is an ordinary page again, held by the serious event
    expect(page.locator("#emergency-h")).to_have_count(0)
    wall.go_to(STAY_ENDS)
    clinic.release()
    expect(page.locator(".refused")).to_contain_text("Serious event")
    clinic.sign_out()

    # when the prescriber has looked and decided
    clinic.sign_in("paul", opens=None)
    clinic.open_session(walk.dosing_session)
    page.locator("[data-code=SERIOUS_EVENT] a").click()
    page.locator("[name=reason]").fill("Examined: a stumble, no head contact.")
    clinic.save()
    clinic.saved()

    # then the patient may go
    clinic.release()
    expect(page.locator(".outcome")).to_contain_text("Gone home")


def test_the_sheet_is_one_page_however_much_was_charted(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given long names, forty checks, every symptom, many calls and a long story
    long_name = ("Maximiliana-Wilhelmina Alexandrina Theodora Konstanze", "Featherstonehaugh-Cholmondeley-Wriothesley")
    cast = make_cast(facility_name="The Wrenfield and Harbourlight Community Clinic for Treatment-Resistant Depression")
    walk = in_monitoring(cast, of_course=make_course(cast, patient=make_patient(cast, name=long_name)))
    for number in range(40):
        walk.check(LATER, at=LAST_DEVICE + minutes(number % 25))
    symptoms = ("sedation", "dissociation", "respiratory_depression", "nausea", "vomiting", "dizziness", "headache")
    for code in (*symptoms, "anxiety", "numbness", "blurred sight"):
        monitoring.record_sign(code=code, kind=SignEventKind.ONSET, **walk.envelope(LATER))
    story: Any = {"kind": Emergency.Kind.BREATHING, "what": "Slow, shallow, then loud and very anxious. " * 11}
    emergency.raise_emergency(**story, **walk.envelope(LATER))
    for number in range(12):
        whom = EmergencyCall.Whom.OTHER
        emergency.record_emergency_call(whom=whom, name=f"Somebody number {number}", **walk.envelope(LATER))
    wall.go_to(LATER + minutes(3))
    clinic = Clinic(page, live_server)
    clinic.sign_in("ines")

    # when the sheet is opened
    began = perf_counter()
    page.goto(f"{live_server.url}/dosing-sessions/{walk.dosing_session.pk}/ambulance/")
    expect(page.locator(".amb h1")).to_contain_text("Featherstonehaugh")
    took = perf_counter() - began

    # then it is there in two seconds, and is one page of paper
    assert took < 2
    assert sheets(page) == 1
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    picture(page, "emergency-ambulance-390")
