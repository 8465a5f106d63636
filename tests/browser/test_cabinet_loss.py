"""Scene: a Friday before a holiday. Two people count blind, a device is gone, and the clocks of the DEA run."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic.actions.count import set_stock_policy
from tests.browser.stage import Clinic, Wall, accessible, in_the_dark, picture
from tests.factories import OPENING, Cast, entry, make_cast, make_devices

pytestmark = [pytest.mark.browser, pytest.mark.paperwork, pytest.mark.django_db(transaction=True)]
FRIDAY = datetime(2026, 5, 22, 21, 0, tzinfo=UTC)  # 17:00; Monday is Memorial Day
TUESDAY = datetime(2026, 5, 26, 14, 0, tzinfo=UTC)
JULY = datetime(2026, 7, 6, 14, 0, tzinfo=UTC)  # the 45th day, a Monday


def two_count(cast: Cast) -> None:
    said = {"facility": cast.facility, "entry": entry(), "by": cast.ada, "now": OPENING}
    set_stock_policy(count_people=2, reorder_days=14, reorder_margin=6, reason="Two keys.", **said)


def test_two_people_count_blind_and_a_theft_is_followed_to_form_106(
    page: Page, live_server: LiveServer, wall: Wall
) -> None:
    # Given a clinic where two people count, and three devices of which one is gone
    cast = make_cast()
    two_count(cast)
    make_devices(cast, number="K-1", devices=3, now=OPENING)
    wall.go_to(FRIDAY)
    somebody = Clinic(page, live_server)

    def counts() -> None:
        page.goto(f"{live_server.url}/facility/counts/")

    def press(name: str) -> None:
        page.get_by_role("link", name=name).first.click()

    def follow(kind: str, **said: str) -> None:
        press("Record a step")
        somebody.choose("kind", kind)
        for label, text in said.items():
            page.locator(f"[name={label}]").fill(text)
        somebody.save()

    # When the first counts what the book has, and the second what is there
    somebody.sign_in("nora")
    counts()
    press("Count")
    page.get_by_label("Lot L-77, bulk").fill("3")
    somebody.choose("moment", "CLOSE")
    somebody.save()
    expect(page.get_by_text("1 more person counts")).to_be_visible()
    expect(page.get_by_role("link", name="Close the day")).to_have_count(0)
    somebody.sign_in("nils")
    counts()
    expect(page.get_by_text("A second person counts").first).to_be_visible()
    press("Count as the second person")
    expect(page.get_by_label("Lot L-77, bulk")).to_have_value("")
    accessible(page)
    picture(page, "count-second")
    page.get_by_label("Lot L-77, bulk").fill("2")
    somebody.save()

    # Then it differs, nobody is told by how many, and the discrepancy names it
    expect(page.get_by_text("Lot L-77, bulk: not as in the book")).to_be_visible()
    expect(page.get_by_text("Nora Nightjar, RN, Nils Quince, RN").first).to_be_visible()
    expect(page.get_by_text("fewer")).to_have_count(0)
    press("Open a discrepancy")
    page.get_by_label("What was found").fill("Counted by two, the seal is broken.")
    somebody.save()
    expect(page.get_by_text("Lot L-77, bulk: 1 fewer than the book").first).to_be_visible()

    # When it is named stolen, notice is due on the next business day, which is no holiday, and Form 106 in 45 days
    press("Name a missing device")
    page.get_by_label("K-2", exact=False).check()
    page.get_by_label("What was found").fill("The seal of its box is broken.")
    somebody.save()
    follow("SIGNIFICANT", text="The lock was forced.")
    for due in ("by the end of 26 May 2026", "by the end of 6 Jul 2026"):
        expect(page.get_by_text(due)).to_be_visible()
    expect(page.get_by_role("link", name="Close with a reason")).to_have_count(0)
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "discrepancy-clocks")

    # And it is not closed before both are done
    wall.go_to(TUESDAY)
    somebody.sign_in("nils", opens=None)
    page.reload()
    expect(page.get_by_text("today").first).to_be_visible()
    follow("NOTICE", text="By fax to the field division, 10:00.")
    expect(page.get_by_text("done 26 May 2026")).to_be_visible()
    wall.go_to(JULY)
    somebody.sign_in("nils", opens=None)
    page.reload()
    follow("FORM_106", reference="106-2026-0042")
    expect(page.get_by_text("done 6 Jul 2026")).to_be_visible()
    press("Close with a reason")
    page.get_by_label("How it is settled").fill("Form 106 filed; the police have the case.")
    somebody.save()
    expect(page.get_by_text("signed: Nils Quince, RN")).to_be_visible()
    accessible(page)
    picture(page, "discrepancy-106")

    # Then the book has it among the disposals, and foots
    page.goto(f"{live_server.url}/facility/book/?first=2026-04-01&last=2026-07-06")
    expect(page.locator(".equations .badge")).to_have_text("foots")
    expect(page.locator("section", has_text="Other disposals").last).to_contain_text("K-2")
    accessible(page)
    picture(page, "book-loss")
