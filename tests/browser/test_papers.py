"""Scene: a certificate is kept, and handed out again."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic.models import AuditEvent, Document
from tests.browser.stage import Clinic, Wall, accessible, picture
from tests.factories import NINE, make_cast
from tests.files import a_jpeg, a_pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_is_refused_in_disguise_kept_as_what_it_is_and_handed_out_as_a_file(
    page: Page, live_server: LiveServer, wall: Wall, tmp_path: Path
) -> None:
    # Given an administrator who keeps the REMS's letter
    cast = make_cast()
    wall.go_to(NINE)
    ada = Clinic(page, live_server)
    ada.sign_in("ada", opens=None)
    page.goto(f"{live_server.url}/facility/")
    page.get_by_role("link", name="Papers").click()
    accessible(page)
    page.get_by_role("link", name="Keep a paper").first.click()

    # When a picture is sent that calls itself a PDF
    file = page.get_by_label("Paper")
    file.set_input_files({"name": "Letter.pdf", "mimeType": "application/pdf", "buffer": a_jpeg()})
    ada.save()

    # Then the field says so, and nothing is kept
    expect(page.locator("#id_document_error")).to_contain_text("Its content is a JPEG")
    accessible(page)
    picture(page, "paper-refused")
    assert not Document.objects.filter(name="Letter.pdf").exists()

    # When the letter itself is sent
    file.set_input_files({"name": "Letter.pdf", "mimeType": "application/pdf", "buffer": a_pdf()})
    ada.save()

    # Then it is listed, and whoever opens it gets a file, which is written down
    ada.saved()
    accessible(page)
    picture(page, "papers")
    with page.expect_download() as download:
        page.get_by_role("link", name="Letter.pdf").click()
    assert download.value.suggested_filename == "Letter.pdf"
    assert Path(download.value.path()).read_bytes() == a_pdf()
    assert AuditEvent.objects.get(action="open_document").actor == cast.ada
