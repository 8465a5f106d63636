"""Scene: an evening at the cabinet. A count differs, becomes a discrepancy, is settled, and the day is closed; then a
lot is recalled."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.stage import Clinic, Wall, accessible, in_the_dark, picture
from tests.factories import LAST_DEVICE, STAY_ENDS, in_monitoring, make_cast, make_devices, minutes

pytestmark = [pytest.mark.browser, pytest.mark.paperwork, pytest.mark.django_db(transaction=True)]


def test_a_count_that_differs_is_followed_to_its_closing_and_the_day_is_closed(
    page: Page, live_server: LiveServer, wall: Wall
) -> None:
    # Given a cabinet with three devices, of which one cannot be seen
    cast = make_cast()
    make_devices(cast, number="K-1", devices=3)
    wall.go_to(STAY_ENDS + minutes(300))
    nora = Clinic(page, live_server)
    nora.sign_in("nora")

    def counts() -> None:
        page.goto(f"{live_server.url}/facility/counts/")

    def press(name: str) -> None:
        page.get_by_role("link", name=name).first.click()

    # When she counts two, and two again, nobody tells her how many there should be
    counts()
    accessible(page)
    press("Count")
    accessible(page)
    picture(page, "count-sheet")
    page.get_by_label("Lot L-77, bulk").fill("2")
    nora.choose("moment", "CLOSE")
    nora.save()
    expect(page.get_by_text("Lot L-77, bulk: not as in the book")).to_be_visible()
    expect(page.get_by_text("fewer")).to_have_count(0)
    press("Count again")
    page.get_by_label("Lot L-77, bulk").fill("2")
    nora.save()

    # And opens a discrepancy, which says by how many, and what is due to the DEA until when
    picture(page, "count-differs")
    press("Open a discrepancy")
    page.get_by_label("What was found").fill("Counted twice, every box opened.")
    nora.save()
    expect(page.get_by_text("Lot L-77, bulk: 1 fewer than the book").first).to_be_visible()
    expect(page.get_by_text("by the end of 15 Apr 2026")).to_be_visible()
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "discrepancy-open")

    # Then the day stays open, and a patient would not notice
    counts()
    expect(page.get_by_text("1 discrepancy is open")).to_be_visible()
    expect(page.get_by_role("link", name="Close the day")).to_have_count(0)

    # When the missing device is named, judged and the discrepancy closed with her signature
    page.locator("#discrepancies a").first.click()
    press("Name a missing device")
    page.get_by_label("K-2", exact=False).check()
    page.get_by_label("What was found").fill("Its place is empty.")
    nora.save()
    press("Record a step")
    accessible(page)
    nora.choose("kind", "NOT_SIGNIFICANT")
    page.get_by_label("How, or why").fill("One device; crushed with its box in the recycling, seen on camera.")
    nora.save()
    press("Close with a reason")
    page.get_by_label("How it is settled").fill("Written off.")
    nora.save()
    expect(page.get_by_text("signed: Nora Nightjar, RN")).to_be_visible()
    picture(page, "discrepancy-closed")

    # Then what is left is counted, and the day is closed
    counts()
    press("Count")
    page.get_by_label("Lot L-77, bulk").fill("2")
    nora.choose("moment", "CLOSE")
    nora.save()
    press("Close the day")
    nora.save()
    expect(page.get_by_text("signed by Nora Nightjar, RN")).to_be_visible()
    accessible(page)
    picture(page, "counts-closed")

    # And the book of the day foots
    page.goto(f"{live_server.url}/facility/book/")
    expect(page.locator(".equations .badge")).to_have_text("foots")
    accessible(page)
    picture(page, "book")


def test_a_recall_names_at_once_who_had_the_lot_and_what_is_left(
    page: Page, live_server: LiveServer, wall: Wall
) -> None:
    # Given a patient who was given the lot, and a device of it still here
    cast = make_cast()
    walk = in_monitoring(cast)
    make_devices(cast, number="K-1", devices=2)
    wall.go_to(LAST_DEVICE + minutes(30))
    paul = Clinic(page, live_server)
    paul.sign_in("paul")

    # When the letter comes
    page.goto(f"{live_server.url}/facility/recalls/")
    accessible(page)
    page.get_by_role("link", name="Record a recall").click()
    page.get_by_label("Lot", exact=True).fill("L-77")
    page.get_by_label("Where it is said").fill("Letter of 14 April, no. 7")
    paul.save()

    # Then everybody who had it is there by name, once for each session, and where each device is
    expect(page.get_by_text(walk.dosing_session.patient.full_name)).to_have_count(1)
    expect(page.get_by_text("1 patient, 2 devices")).to_be_visible()
    expect(page.get_by_text("2 devices still here")).to_be_visible()
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "recall")
