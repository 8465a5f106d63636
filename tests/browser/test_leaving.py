"""Leaving, in a real browser: with a Spanish sheet, early and reached at the second call, early and back again."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.actions import monitoring
from sessions_app.models import InstructionsGiven
from sessions_app.rules.facts import SignEventKind
from tests.browser.stage import Clinic, Wall, accessible, picture
from tests.factories import LAST_DEVICE, STAY_ENDS, Walk, in_monitoring, make_cast, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GONE = LAST_DEVICE + minutes(40)


def a_patient_at_the_end_of_the_stay() -> Walk:
    """Every check made, nauseous still, the papers to come."""
    walk = in_monitoring(make_cast())
    walk.check(LAST_DEVICE + minutes(40))
    said = walk.envelope(LAST_DEVICE + minutes(50))
    monitoring.record_sign(code="nausea", kind=SignEventKind.ONSET, **said)
    walk.check(STAY_ENDS - minutes(3))
    walk.assess(STAY_ENDS - minutes(2))
    return walk


def pdf_pages(page: Page) -> int:
    """How many pages the printer would give."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def leave_early(clinic: Clinic, walk: Walk) -> None:
    """One press for each answer."""
    clinic.open_session(walk.dosing_session)
    clinic.step("leave-early")
    accessible(clinic.page)
    picture(clinic.page, "leave-early")
    for name, value in (
        ("last_seen_quick", "10:05"),
        ("found_gone_quick", "10:15"),
        ("impaired", "UNKNOWN"),
        ("prescriber_how", "TOLD"),
        ("prescriber_who", "Paul Penstemon"),
        ("contact_how", "TRIED"),
        ("contact_who", "Basil Tamarack"),
    ):
        clinic.choose(name, value)
    clinic.save()


def call(clinic: Clinic, outcome: str, **said: str) -> None:
    clinic.page.get_by_role("link", name="Record a call").first.click()
    clinic.choose("outcome", outcome)
    for name, words in said.items():
        clinic.page.locator(f"[name={name}]").fill(words)
    clinic.save()
    clinic.saved()


def test_a_patient_leaves_with_a_spanish_sheet(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # Given a patient whose stay is over, who reads Spanish and is still nauseous
    walk, clinic = a_patient_at_the_end_of_the_stay(), Clinic(page, live_server)
    wall.go_to(STAY_ENDS)
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)

    # When the nurse prints the sheet in Spanish, gives it, and releases the patient to whom it was arranged
    page.get_by_role("link", name="Instructions", exact=True).first.click()
    accessible(page)
    page.get_by_role("link", name="Print in Spanish").click()
    accessible(page)
    picture(page, "sheet-es")
    sheet = page.locator("article.sheet")
    expect(sheet).to_contain_text("No maneje hasta mañana")
    expect(sheet).to_contain_text("Usted todavía sentía: náuseas.")
    expect(sheet).to_contain_text("Su próxima cita")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    assert pdf_pages(page) == 1
    page.get_by_role("link", name="Then: given").click()
    expect(page.locator("input[name=language][value=es]")).to_be_checked()
    clinic.choose("how", "PRINTED")
    clinic.save()
    clinic.step("discharge")
    accessible(page)
    clinic.choose("taken_over", "Basil Tamarack")
    page.locator("[name=still_true]").check(force=True)
    clinic.save()

    # Then the session says so, and the sheet can be printed again
    outcome = page.locator(".outcome")
    expect(outcome).to_contain_text("Spanish, printed")
    expect(outcome).to_contain_text("Basil Tamarack")
    expect(outcome.get_by_role("link", name="Print in Spanish")).to_be_visible()
    assert InstructionsGiven.objects.get().language == "es"
    accessible(page)
    picture(page, "gone-home")


def test_a_patient_leaves_early_and_is_reached_at_the_second_call(
    page: Page, live_server: LiveServer, wall: Wall
) -> None:
    # Given a patient who is gone from the chair
    walk, clinic = in_monitoring(make_cast()), Clinic(page, live_server)
    wall.go_to(GONE)
    clinic.sign_in("nora")
    leave_early(clinic, walk)
    expect(page.locator("#next-h")).to_have_text("Call the patient")
    expect(page.locator(".outcome")).to_contain_text("Tried Basil Tamarack at 10:15")
    accessible(page)

    # When nobody answers, the call stands on the floor, late after an hour
    call(clinic, "NOT_REACHED")
    wall.go_to(GONE + minutes(61))
    page.goto(live_server.url)
    expect(page.locator(".calls")).to_contain_text("call late")
    expect(page.locator(".calls")).to_contain_text("1 call, not reached: 10:15")
    accessible(page)
    picture(page, "calls-to-make")

    # Then a call that reaches somebody ends it, and the month's list names both
    call(clinic, "REACHED", spoke_to="Basil Tamarack", said="She is at home and asleep.")
    page.goto(live_server.url)
    expect(page.locator(".calls")).to_have_count(0)
    page.goto(f"{live_server.url}/facility/")
    page.get_by_role("link", name="Left early and exceptions, by month").click()
    row = page.locator("tbody tr", has_text="Rosalind Tamarack")
    expect(row).to_contain_text("Reached")
    expect(row).to_contain_text("She is at home and asleep.")
    accessible(page)
    picture(page, "left-early")


def test_a_patient_comes_back_after_leaving_early(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # Given a patient who left, and a call still to make
    walk, clinic = in_monitoring(make_cast()), Clinic(page, live_server)
    wall.go_to(GONE)
    clinic.sign_in("nora")
    leave_early(clinic, walk)

    # When the patient stands at the desk again
    wall.go_to(GONE + minutes(20))
    clinic.step("reopen")
    page.locator("[name=reason]").fill("Was smoking outside; walked back in by herself.")
    clinic.save()

    # Then monitoring goes on, and nobody needs to call
    expect(page.locator(".gate")).to_be_visible()
    page.goto(live_server.url)
    expect(page.locator(".calls")).to_have_count(0)
    expect(page.locator(".tile", has_text="R.T.")).to_be_visible()
