"""What comes out of the printer: read back from the PDF that the browser makes, page by page."""

import io
import re

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from tests.browser.stage import SCREENS, Clinic, Wall
from tests.factories import (
    LAST_DEVICE,
    Walk,
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
    clinic.sign_in("nora")
    clinic.open_session(walk.dosing_session)

    pages = printed(page, "print-session")

    assert 2 <= len(pages) <= 4
    patient = walk.dosing_session.patient
    for number, text in enumerate(pages, 1):
        assert "Maximiliana Theodora Wilhelmina Featherstonehaugh-Cholmondeley · born 3 Sep 1982" in text, number
        assert f"MRN {patient.mrn} · Wrenfield Clinic · printed 14 Apr 2026 11:36 EDT by Nora Nightjar, RN" in text
        assert f"page {number} of {len(pages)}" in text
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
    clinic.sign_in("nora")
    clinic.open_session(walk.dosing_session)
    assert "Readings, 1 check" in " ".join(printed(page, "print-folded"))
    assert page.locator(".readings-fold[open]").count() == 0

    page.locator(".readings-fold summary").click()
    whole = " ".join(printed(page, "print-open"))

    assert "Readings, 1 check" in whole
    assert "per min" in whole  # the curve is printed too
