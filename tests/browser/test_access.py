"""What a tablet kept, and a nurse opened while no server answered, is known afterwards as opened by her."""

from playwright.sync_api import expect

from clinic.models import RecordAccess
from tests.browser.test_offline import Ward, profile, pytestmark, ward, wire
from tests.factories import Walk

__all__ = ["profile", "pytestmark", "ward", "wire"]


def test_a_page_that_was_opened_offline_is_written_when_the_server_answers_again(ward: Ward, walk: Walk) -> None:
    page, of_nora = ward.page, RecordAccess.objects.filter(person=walk.cast.nora)
    ward.drop_the_network()
    page.goto(ward.url + ward.path(walk, "record-check/"))
    expect(page.locator("[name=systolic_mmhg]")).to_be_visible()
    page.locator(".check-top a").first.click()
    expect(page).to_have_url(f"{ward.url}/")
    assert {row.kind for row in of_nora} == {"KEPT"}, "the tablet had it, and nobody is known to have read it"

    ward.wire.mend()

    for _look in range(150):
        if of_nora.filter(kind="OPENED").exists():
            break
        page.wait_for_timeout(100)
    (row,) = of_nora.filter(kind="OPENED")
    assert (row.patient_id, row.roles) == (walk.dosing_session.patient_id, "nurse")
