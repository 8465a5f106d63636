"""What comes out of the printer: read back from the PDF that the browser makes, page by page."""

import io
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from sessions_app.actions import course
from tests.browser.stage import SCREENS, Clinic, Wall, accessible
from tests.factories import (
    LAST_DEVICE,
    NINE,
    Walk,
    entry,
    full_check,
    in_monitoring,
    make_cast,
    make_course,
    make_patient,
    minutes,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def printed(page: Page, name: str) -> list[str]:
    """The text of every page, as it comes out of the printer."""
    pdf = page.pdf(prefer_css_page_size=True)
    if SCREENS:
        page.pdf(prefer_css_page_size=True, path=f"{SCREENS}/{name}.pdf")
    return [re.sub(r"\s+", " ", sheet.extract_text()) for sheet in PdfReader(io.BytesIO(pdf)).pages]


def much_charted() -> Walk:
    """Forty checks of a patient with a long name."""
    cast = make_cast()
    patient = make_patient(cast, name=("Maximiliana Theodora Wilhelmina", "Featherstonehaugh-Cholmondeley"))
    walk = in_monitoring(cast, of_course=make_course(cast, patient=patient))
    for number in range(39):
        walk.check(LAST_DEVICE + minutes(5 + 3 * number), full_check(118 + number % 30, 74 + number % 15))
    return walk


def test_every_page_of_a_session_says_whose_it_is(page: Page, live_server: LiveServer, wall: Wall) -> None:
    walk, clinic = much_charted(), Clinic(page, live_server)
    wall.go_to(LAST_DEVICE + minutes(121))
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)

    pages = printed(page, "print-session")

    assert 2 <= len(pages) <= 4
    patient = walk.dosing_session.patient
    for number, text in enumerate(pages, 1):
        assert "Maximiliana Theodora Wilhelmina Featherstonehaugh-Cholmondeley · born 3 Sep 1982" in text, number
        assert f"MRN {patient.mrn} · Wrenfield Clinic · printed 14 Apr 2026 11:36 EDT by Nora Nightjar, RN" in text
        assert f"{number} / {len(pages)}" in text
    whole = " ".join(pages)
    assert "Readings, 40 checks" in whole
    assert len(re.findall(r"N\. Nightjar", whole)) >= 40
    assert whole.index("Today’s curve") < whole.index("Readings, 40 checks") < whole.index("still block leaving")
    for button in ("Chart a check", "Symptom", "More", "Void", "Sign out", "Back to"):
        assert button not in whole, button


def test_the_table_is_printed_folded_or_not_and_leaves_the_screen_as_it_was(
    page: Page, live_server: LiveServer, wall: Wall
) -> None:
    walk, clinic = in_monitoring(make_cast()), Clinic(page, live_server)
    wall.go_to(LAST_DEVICE + minutes(5))
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)
    assert "Readings, 1 check" in " ".join(printed(page, "print-folded"))
    assert page.locator(".readings-fold[open]").count() == 0

    page.locator(".readings-fold summary").click()
    whole = " ".join(printed(page, "print-open"))

    assert "Readings, 1 check" in whole
    assert "per min" in whole  # the curve is printed too


def test_the_blank_sheet_fits_its_two_sides(page: Page, live_server: LiveServer, wall: Wall) -> None:
    cast, clinic = make_cast(), Clinic(page, live_server)
    course.set_policy(
        facility=cast.facility,
        program_version=cast.program_version,
        overrides={},
        extra_checks=(20, 60, 90),
        reason="as on the ward",
        entry=entry(),
        by=cast.ada,
        now=NINE,
    )
    clinic.sign_in("nora", opens=None)
    page.goto(f"{live_server.url}/facility/outage/blank/esketamine/")
    accessible(page)

    pages = printed(page, "print-blank")

    assert len(pages) == 2
    for number, text in enumerate(pages, 1):
        assert "Wrenfield Clinic · Esketamine nasal spray" in text
        assert "Name born MRN" in text
        assert f"{number} / 2" in text
    assert "Before the dose" in pages[0]
    assert "Leaving" in pages[1]
    assert "Sign out" not in pages[0]


def test_every_open_session_begins_its_own_page(page: Page, live_server: LiveServer, wall: Wall) -> None:
    cast, clinic = make_cast(), Clinic(page, live_server)
    names = (("Ann", "Aster"), ("Maximiliana Theodora Wilhelmina", "Featherstonehaugh-Cholmondeley"))
    for name in names:
        in_monitoring(cast, of_course=make_course(cast, patient=make_patient(cast, name=name)))
    wall.go_to(LAST_DEVICE + minutes(41))
    clinic.sign_in("nora", opens=None)
    page.goto(f"{live_server.url}/facility/outage/")
    accessible(page)
    page.get_by_role("link", name="All open sessions").click()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    accessible(page)

    pages = printed(page, "print-open-sheets")

    whose = [[last for _first, last in names if f"{last} · born" in text] for text in pages]
    assert all(len(people) == 1 for people in whose), whose
    assert {last for people in whose for last in people} == {last for _first, last in names}
