"""Scene: somebody who runs many facilities looks at all of them, takes the list along, and goes to the worst."""

import io
import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from clinic.actions.facility import open_facility
from clinic.models import Facility
from clinic.rules.credentials import CredentialKind
from clinic.rules.enrolment import Setting
from clinic.rules.roles import Role
from tests.browser.stage import Clinic, Wall, accessible, picture
from tests.credentials import give_credential
from tests.factories import NINE, OPENING, Cast, employ, make_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def bare(cast: Cast, number: int) -> Facility:
    facility = open_facility(
        organisation=cast.facility.organisation,
        name=f"Wrenfield {number}",
        setting=Setting.OUTPATIENT,
        time_zone="America/New_York",
        address=f"{number} Larch Street, Wrenfield",
        by=None,
        now=OPENING,
    )
    employ(cast.ada, facility, Role.ADMINISTRATOR)
    return facility


def test_it_is_filtered_printed_taken_along_and_leads_to_the_facility(
    page: Page, live_server: LiveServer, wall: Wall
) -> None:
    # Given twenty facilities, one of which doses and has a licence near its end
    cast = make_cast()
    give_credential(cast, cast.nora, CredentialKind.LICENCE, date(2026, 4, 17))
    for number in range(19):
        bare(cast, number)
    wall.go_to(NINE)
    Clinic(page, live_server).sign_in("ada", opens=None)
    page.goto(f"{live_server.url}/facility/")
    page.get_by_role("link", name="All facilities").click()
    expect(page.locator("tbody tr")).to_have_count(20)
    accessible(page)
    picture(page, "portfolio")

    # When it is printed, each page says what it is, who printed it, and which page it is
    sheets = [
        re.sub(r"\s+", " ", sheet.extract_text())
        for sheet in PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    ]
    assert len(sheets) >= 2
    for number, text in enumerate(sheets, 1):
        assert "Facilities · all · printed 14 Apr 2026 9:00 EDT by Ada Alder" in text
        assert f"{number} / {len(sheets)}" in text

    # When those that are certified are asked for, and taken along
    page.get_by_label("Certification").select_option("CERTIFIED")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("17 Apr 2026, 3 days left")
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="As CSV").click()
    assert "Nora Nightjar" in Path(download.value.path()).read_text(encoding="utf-8-sig")

    # Then its name leads there
    page.get_by_role("button", name="Wrenfield Clinic").click()
    expect(page.get_by_role("heading", name="Wrenfield Clinic")).to_be_visible()
    expect(page.locator("#expiring-h")).to_be_visible()
    accessible(page)
    picture(page, "facility-expiring")
