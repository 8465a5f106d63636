"""Scene: a nurse's licence runs out while she watches a patient; and somebody new comes in by a link."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic.models import User
from clinic.rules.credentials import CredentialKind
from sessions_app.models import Emergency
from tests.browser.stage import Clinic, Wall, accessible, in_the_dark, picture
from tests.credentials import give_credential
from tests.factories import NINE, STAY_ENDS, in_monitoring, make_cast, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW = "four plain words here"


def test_a_licence_runs_out_while_a_patient_is_watched(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given a nurse who watches a patient, the day before her licence ends
    cast = make_cast()
    walk = in_monitoring(cast)
    give_credential(cast, cast.nora, CredentialKind.LICENCE, date(2026, 4, 21))
    wall.go_to(STAY_ENDS - minutes(5))
    nora = Clinic(page, live_server)
    nora.sign_in("nora", opens=None)
    nora.open_session(walk.dosing_session)
    expect(page.locator(".own-credentials")).to_contain_text("ends on 21 Apr 2026, in 7 days")

    # when it is entered that it ended yesterday
    give_credential(cast, cast.nora, CredentialKind.LICENCE, date(2026, 4, 13), STAY_ENDS - minutes(5))
    page.reload()

    # then she is told, charts, and calls for help
    expect(page.locator(".own-credentials")).to_contain_text("Your licence ended on 13 Apr 2026.")
    accessible(page)
    in_the_dark(page, accessible)
    nora.chart(128, 80)
    nora.saved()
    expect(page.locator(".events")).to_contain_text("licence had ended")
    picture(page, "staff-lapsed-session")
    nora.step("raise-emergency")
    with page.expect_navigation():
        page.locator(".raise-kinds button").first.click()
    assert Emergency.objects.count() == 1

    # but neither assesses nor releases, and is told why
    for step in ("assess-readiness", "discharge"):
        nora.open_session(walk.dosing_session)
        nora.step(step)
        expect(page.get_by_role("heading", name="A credential of yours has ended")).to_be_visible()
    accessible(page)
    picture(page, "staff-lapsed-403")
    nora.sign_out()

    # when a colleague comes, the step is there
    nora.sign_in("nils", opens=None)
    nora.open_session(walk.dosing_session)
    nora.step("assess-readiness")
    expect(page.locator("main form")).to_be_visible()


def test_somebody_new_comes_in_by_a_link_and_goes(page: Page, live_server: LiveServer, wall: Wall) -> None:
    # given an administrator who invites a nurse
    make_cast()
    wall.go_to(NINE)
    ada = Clinic(page, live_server)
    ada.sign_in("ada", opens=None)
    page.goto(f"{live_server.url}/facility/")
    page.get_by_role("link", name="People", exact=True).click()
    accessible(page)
    page.get_by_role("link", name="Invite somebody").click()
    for name, said in (("printed_name", "Nadia Noon"), ("credential", "RN"), ("username", "nadia")):
        page.locator(f"[name={name}]").fill(said)
    ada.choose("role", "nurse")
    picture(page, "staff-invite")
    ada.save()

    # when the link is handed over
    link = page.locator("#id_link").input_value()
    accessible(page)
    ada.sign_out()
    page.goto(link)
    page.locator("[name=password1]").fill(NEW)
    page.locator("[name=password2]").fill(NEW)
    page.locator("main button[type=submit]").click()

    # then she is in
    expect(page.locator(".who-am-i")).to_contain_text("Nadia Noon, RN")

    # when she is closed out, her open page leads to the door
    with page.context.browser.new_context() as other:  # type: ignore[union-attr]
        office = Clinic(other.new_page(), live_server)
        office.sign_in("ada", opens=None)
        office.page.goto(f"{live_server.url}/people/{User.objects.get(username='nadia').pk}/")
        accessible(office.page)
        picture(office.page, "staff-person")
        office.page.get_by_role("link", name="Close out").click()
        office.save()
        expect(office.page.locator("main")).to_contain_text("Closed out.")
    page.reload()
    expect(page).to_have_url(f"{live_server.url}/accounts/login/?next=/")
