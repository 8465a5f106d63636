"""A tablet that kept pages for its nurse, in a patient's hand."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_offline import Ward, profile, ward, wire
from tests.factories import Walk

__all__ = ["profile", "ward", "wire"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_with_the_network_gone_it_shows_the_patient_nothing_that_it_kept(ward: Ward, walk: Walk) -> None:
    # given what the nurse had open is kept on it, and she hands it over
    page = ward.page
    page.goto(ward.url + ward.path(walk))
    ward.keeps("/", ward.path(walk))
    page.goto(ward.url + ward.path(walk, "hand-over-tablet/"))
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Little interest or pleasure in doing things")

    # when the network is gone
    ward.wire.cut()

    # then no address shows anything of anybody, and neither does the way back
    for address in ("/", ward.path(walk), ward.path(walk, "record-check/")):
        page.goto(ward.url + address)
        expect(page.locator("body")).to_contain_text("This tablet shows nothing until it is online again.")
        assert "Tamarack" not in page.content(), address
    for _step in range(4):
        page.go_back()
        expect(page.locator("body")).not_to_contain_text("Tamarack")
