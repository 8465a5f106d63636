"""Scene: the front desk. Two days a week at ten for two weeks; another does not come; somebody waits for a place."""

from datetime import date, time, timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.actions.booking import book_session
from sessions_app.actions.site import set_chairs
from sessions_app.models import DosingSession, NoShow
from sessions_app.rules.diary import Wish
from sessions_app.rules.states import State
from tests.browser.stage import Clinic, Wall, accessible, picture
from tests.factories import NINE, entry, make_cast, make_course, make_patient, minutes
from tests.sessions_app.actions.diary_attempts import close, set_hours, wait

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR = timedelta(hours=1)


def test_a_day_at_the_front_desk(page: Page, live_server: LiveServer, wall: Wall) -> None:
    cast = make_cast()
    set_hours(cast, nurses=1, patients_per_nurse=1)
    said = {"entry": entry(), "by": cast.fred, "now": NINE}
    set_chairs(facility=cast.facility, chairs=("1", "2", "3"), **said)  # type: ignore[arg-type]
    close(cast, first_date=date(2026, 4, 23), last_date=date(2026, 4, 23), reason="Staff training")
    absent, caller, waits = (
        make_course(cast, patient=make_patient(cast, name=name))
        for name in (("Silas", "Sorrel"), ("Greta", "Gentian"), ("Lotte", "Lavender"))
    )
    at_ten = {"scheduled_at": NINE + HOUR, "chair": "1", "by": cast.fred, "now": NINE}
    missed = book_session(course=absent, entry=entry(), **at_ten)  # type: ignore[arg-type]
    wait(cast, Wish(date(2026, 4, 14), date(2026, 4, 30), frozenset({1}), time(10), time(11)), course=waits)
    wall.go_to(NINE)
    clinic = Clinic(page, live_server)
    clinic.sign_in("fred", opens=f"/patients/{caller.patient_id}/")

    # when a caller wants Tuesdays and Thursdays at ten for two weeks, in chair 1
    page.get_by_role("link", name="Book a series").click()
    for day in ("Tuesday", "Thursday"):
        page.get_by_label(day).check()
    page.get_by_label("Time").fill("10:00")
    page.get_by_label("Weeks").fill("2")
    page.get_by_label("Chair").select_option("1")
    page.get_by_role("button", name="Show the dates").click()

    # then all dates stand on one page, what is in the way in words, and what is free instead
    dates = page.locator(".series-list > li")
    expect(dates).to_have_count(4)
    expect(dates.nth(0)).to_contain_text("Chair 1 is taken from 9:45")
    expect(dates.nth(0)).to_contain_text("Instead: 10:00, chair 2")
    expect(dates.nth(3)).to_contain_text("Staff training")
    expect(page.locator(".series-list input:checked")).to_have_count(2)
    accessible(page)
    picture(page, "series")
    dates.nth(0).get_by_text("Instead").click()
    page.get_by_role("button", name="Book these dates").click()
    clinic.saved()
    booked = DosingSession.objects.filter(course=caller, state=State.SCHEDULED).order_by("scheduled_at")
    assert [(each.scheduled_at, each.chair) for each in booked] == [
        (NINE + HOUR, "2"),
        (NINE + HOUR + timedelta(days=2), "1"),
        (NINE + HOUR + timedelta(days=7), "1"),
    ]
    accessible(page)
    picture(page, "patient-booked")

    # when a free place of tomorrow is reached by the arrows, the patients are asked for who comes
    page.goto(f"{live_server.url}/diary/?day=2026-04-15")
    page.locator(".diary-free").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_have_attribute("aria-label", "Book 9:15, chair 2")
    accessible(page)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Who is booked on 15 Apr 2026, 9:15, chair 2?")
    accessible(page)
    page.get_by_role("link", name="Greta Gentian").click()
    expect(page.locator("[name=scheduled_time]")).to_have_value("09:15")
    expect(page.locator("[name=chair]")).to_have_value("2")

    # when today's booking is moved to the afternoon, from the diary and by the keyboard alone
    page.get_by_role("link", name="Diary", exact=True).click()
    expect(page.locator(".diary-table .over").first).to_contain_text("nurses 2/1")
    accessible(page)
    picture(page, "diary-day")
    page.get_by_role("link", name="10:00 Silas Sorrel").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_contain_text("Greta Gentian")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Move").click()
    page.locator("[name=scheduled_time]").fill("14:00")
    clinic.save()
    expect(page.locator(".diary-table")).to_contain_text("14:00 Greta Gentian")

    # when the other one does not come
    wall.go_to(NINE + HOUR + minutes(20))
    page.goto(f"{live_server.url}/diary/")
    expect(page.locator(".diary-table")).to_contain_text("Not here yet")
    page.get_by_role("link", name="Silas Sorrel").first.click()
    page.get_by_role("link", name="Did not come").click()
    page.locator("[name=note]").fill("No answer.")
    accessible(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Did not come").click()
    assert NoShow.objects.get().dosing_session == missed

    # then whoever waits is offered the place, and takes it
    offer = page.locator(".diary-side")
    expect(offer).to_contain_text("Lotte Lavender")
    accessible(page)
    picture(page, "diary-waiting")
    offer.get_by_role("link", name="Book: Lotte Lavender").click()
    expect(page.locator("[name=scheduled_time]")).to_have_value("10:30")
    clinic.save()
    expect(page.locator(".diary-table")).to_contain_text("10:30 Lotte Lavender")
    expect(page.locator(".diary-side")).to_have_count(0)

    # and is checked in from there
    page.get_by_role("link", name="Lotte Lavender").first.click()
    page.get_by_role("link", name="Check in").first.click()
    for identifier in ("name", "birth_date"):
        clinic.choose("identifiers", identifier)
    clinic.save()
    taken = DosingSession.objects.get(course=waits)
    assert (taken.state, taken.chair) == (State.CHECKED_IN, "1")

    # and the week shows them all, on a phone as a list
    page.goto(f"{live_server.url}/diary/week/?day=2026-04-23")
    expect(page.locator("main")).to_contain_text("Closed: Staff training")
    accessible(page)
    picture(page, "diary-week")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/diary/?day=2026-04-14")
    expect(page.locator(".diary-list")).to_contain_text("chair 1")
    expect(page.locator(".diary-table")).to_be_hidden()
    accessible(page)
    picture(page, "diary-phone")
