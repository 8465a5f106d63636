"""Devices of a kit from their delivery to their end: received and taken by a scan, one given, one that fails, one put
back, and the cabinet balances."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic.models import Device
from clinic.models.cabinet import newest_of
from sessions_app.rules.facts import Outcome
from tests.browser.stage import Clinic, Wall, accessible, picture
from tests.browser.test_scanner import CODE, said, scan
from tests.clinic.actions.cabinet_attempts import a_supplier
from tests.factories import NINE, Walk, cleared, make_cast, make_device, minutes

pytestmark = [pytest.mark.browser, pytest.mark.paperwork, pytest.mark.django_db(transaction=True)]


def places() -> dict[str, str]:
    devices = {device.pk: device.number for device in Device.objects.all()}
    return {devices[key]: step.to_place for key, step in newest_of(Device.objects.all()).items()}


def test_a_kit_from_its_delivery_to_its_end(page: Page, live_server: LiveServer, wall: Wall) -> None:
    wall.go_to(NINE + minutes(26))
    cast = make_cast()
    a_supplier(cast)
    spare = make_device(cast, number="W-9", lot="L-9")
    walk: Walk = cleared(cast)
    clinic = Clinic(page, live_server)
    clinic.sign_in("nora")

    # A kit of two comes in under its paper: one scan.
    page.goto(f"{live_server.url}/facility/receive-device/")
    page.locator("[name=number]").fill("W-7")
    page.locator("[name=supplier]").select_option(label="Heather Supply, RH1234563")
    page.locator("[name=invoice]").fill("4711")
    page.evaluate("document.activeElement.blur()")
    scan(page, CODE)
    said(page, "Lot L7-7")
    clinic.save()
    expect(page).to_have_url(f"{live_server.url}/facility/cabinet/")
    expect(page.locator(".cabinet-count").first).to_contain_text("3 devices in the book")
    accessible(page)
    picture(page, "cabinet")

    # Taken for the patient: the same scan ticks both, one press.
    clinic.open_session(walk.dosing_session)
    page.get_by_role("link", name="Take devices").click()
    expect(page.get_by_role("heading", name="Take 2 devices from the cabinet")).to_be_visible()
    scan(page, CODE)
    said(page, "Device W-7, W-8.")
    expect(page.locator("[name=devices]:checked")).to_have_count(2)
    accessible(page)
    picture(page, "take-devices")
    clinic.save()
    expect(page.get_by_text("Taken, not given yet.")).to_be_visible()

    # One is given, which is offered first; one fails; the spare is taken with two presses of keys, and is not needed.
    wall.go_to(NINE + minutes(30))
    clinic.step("administer-device")
    page.locator("[name=device]").select_option(index=1)
    clinic.save()
    given = walk.rows("DeviceAdministration")[0]
    walk.outcome(given, Outcome.FULL, NINE + minutes(30))
    wall.go_to(NINE + minutes(36))
    walk.give(NINE + minutes(36), device=walk.taken()[0], outcome=Outcome.FAILED)
    clinic.step("take-devices")
    box = page.get_by_label("W-9", exact=False)
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dosing-sessions/*-*/")
    walk.finish(NINE + minutes(36), reason="He would rather not.")
    page.reload()
    page.get_by_role("link", name="Put back").click()
    expect(page.locator("[name=devices]")).to_be_checked()
    accessible(page)
    picture(page, "put-back-devices")
    clinic.save()
    expect(page.get_by_text("Put back into the cabinet: W-9")).to_be_visible()

    # Everything is somewhere, and the device that failed says where it has been.
    assert places() == {"W-7": "ADMINISTERED", "W-8": "FAILED", "W-9": "CABINET"}
    page.goto(f"{live_server.url}/facility/cabinet/")
    page.get_by_role("link", name="W-8").first.click()
    expect(page.get_by_role("heading", name="Device W-8")).to_be_visible()
    expect(page.locator("tbody")).to_contain_text("Heather Supply, DEA RH1234563, paper 4711")
    accessible(page)
    picture(page, "device")
    assert spare.number == "W-9"
