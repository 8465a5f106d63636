"""A page that came from the tablet's own store is known afterwards as opened by whoever opened it."""

from typing import Any

from playwright.sync_api import Page, expect

from clinic.models import RecordAccess
from tests.browser.test_offline import Ward, profile, pytestmark, ward, wire
from tests.factories import Walk

__all__ = ["profile", "pytestmark", "ward", "wire"]


def opened_by_nora(walk: Walk, page: Page) -> list[tuple[Any, str]]:
    """As soon as it is written."""
    rows = RecordAccess.objects.filter(person=walk.cast.nora, kind="OPENED")
    for _look in range(150):
        if rows.exists():
            break
        page.wait_for_timeout(100)
    return [(row.patient_id, row.roles) for row in rows]


def kinds(walk: Walk) -> set[str]:
    return {row.kind for row in RecordAccess.objects.filter(person=walk.cast.nora)}


def test_a_page_that_was_opened_offline_is_written_when_the_server_answers_again(ward: Ward, walk: Walk) -> None:
    page = ward.page
    ward.drop_the_network()
    page.goto(ward.url + ward.path(walk, "record-check/"))
    expect(page.locator("[name=systolic_mmhg]")).to_be_visible()
    page.locator(".check-top a").first.click()
    expect(page).to_have_url(f"{ward.url}/")
    assert kinds(walk) == {"KEPT"}, "the tablet had it, and nobody is known to have read it"

    ward.wire.mend()

    assert opened_by_nora(walk, page) == [(walk.dosing_session.patient_id, "nurse")]


def test_a_page_that_was_fetched_ahead_is_opened_when_it_is_shown(ward: Ward, walk: Walk) -> None:
    page, link = ward.page, ward.page.locator(".tile .stretched-link")
    link.hover()
    page.wait_for_timeout(400)  # until the worker has asked for it, which no page sees
    assert kinds(walk) == {"KEPT"}

    link.click()

    expect(page.locator("html")).to_have_attribute("data-ahead", "")
    assert opened_by_nora(walk, page) == [(walk.dosing_session.patient_id, "nurse")]
