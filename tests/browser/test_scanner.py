"""A scanner is a keyboard: fast keys ending with Enter. They fill the scan field, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic.models import Device
from clinic.rules.pack import PackCode, gtin_of
from sessions_app.models import DeviceAdministration
from tests.browser.stage import Clinic, Wall, accessible, in_the_dark, picture
from tests.factories import NINE, Walk, cleared, make_cast, make_devices, make_patient, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = PackCode(gtin_of("50458-028-02"), date(2027, 12, 31), "L7-7", "S0012")
OTHER = PackCode(gtin_of("99999-999-99"), date(2027, 12, 31), "L7-7", "S0012")
OLD = replace(CODE, expires_date=date(2026, 4, 13))

# Every change of a field that its page was told of: whether the browser itself made it, and what stood there then.
KEEP_ITS_INPUT = """(field) => {
  window.kept = [];
  field.addEventListener("input", (event) => kept.push([event.isTrusted, field.value]));
}"""


def scan(page: Page, code: PackCode, *, separator: str = "F8") -> None:
    """As a wedge types it: prefix, fields, a separator key, Enter."""
    page.keyboard.type(f"]d201{code.gtin}21{code.serial}")
    page.keyboard.press(separator)
    page.keyboard.type(f"17{code.expires_date:%y%m%d}10{code.lot}")
    page.keyboard.press("Enter")


def said(page: Page, words: str) -> None:
    expect(page.locator("#scan-said")).to_contain_text(words)


@pytest.fixture
def walk(wall: Wall) -> Walk:
    """A patient who is cleared, at half past nine."""
    wall.go_to(NINE + minutes(30))
    return cleared(make_cast())


@pytest.fixture
def open_page(page: Page, live_server: LiveServer, walk: Walk) -> Callable[[str], None]:
    clinic = Clinic(page, live_server)
    clinic.sign_in("nora", opens=None)
    return lambda path: page.goto(f"{live_server.url}{path}") and None


def test_a_pack_is_received(page: Page, walk: Walk, open_page: Callable[[str], None]) -> None:
    make_devices(walk.cast, number="W-1", devices=2, code=replace(CODE, serial="S0011"))
    open_page("/facility/receive-device/")
    number = page.locator("[name=number]")
    number.fill("W-7")

    # Nothing has the focus.
    page.evaluate("document.activeElement.blur()")
    scan(page, CODE)
    said(page, "Lot L7-7")
    expect(page.locator("[name=code]")).to_have_value(CODE.printed)
    expect(page.locator("[name=lot]")).to_have_value("L7-7")
    expect(page.locator("[name=expires_date]")).to_have_value("2027-12-31")
    expect(page.locator("[name=devices]")).to_have_value("2")
    expect(number).to_have_value("W-7")
    in_the_dark(page, accessible)
    accessible(page)
    picture(page, "scan-received")

    # Another product, one past its day, one that is here already: with the caret in the middle of a field.
    number.focus()
    page.keyboard.press("Home")
    for code, words in (
        (OTHER, "Another product: NDC 9999999999"),
        (OLD, "This pack expired on 13 Apr 2026"),
        (replace(CODE, serial="S0011"), "came in before, as W-1, W-2"),
    ):
        scan(page, code, separator="Control+]")
        said(page, words)
        expect(number).to_have_value("W-7")
        expect(page.locator("[name=code]")).to_have_value(code.printed)
        expect(page.locator("[name=lot]")).to_have_value("")  # the form says what the last scan said
    accessible(page)
    picture(page, "scan-refused")
    page.get_by_role("button", name="Clear the scan").click()
    expect(page.locator("[name=code]")).to_have_value("")
    expect(number).to_have_value("W-7")

    # Twice into the scan field itself: the second scan counts.
    page.locator("[name=code]").focus()
    scan(page, OTHER)
    said(page, "Another product")
    scan(page, CODE)
    said(page, "Lot L7-7")
    page.locator("form button[type=submit].btn-primary").click()
    page.wait_for_url("**/facility/cabinet/")
    received = Device.objects.filter(serial="S0012").order_by("pack_place")
    assert [(device.number, device.lot) for device in received] == [("W-7", "L7-7"), ("W-8", "L7-7")]


def test_a_device_is_handed_over(page: Page, walk: Walk, open_page: Callable[[str], None], wall: Wall) -> None:
    used = replace(CODE, serial="S0001")
    (given,) = make_devices(walk.cast, number="W-1", code=used)
    walk.give(NINE + minutes(30), device=given)
    wall.go_to(NINE + minutes(36))
    first, _ = make_devices(walk.cast, number="W-7", devices=2, code=CODE)
    make_devices(walk.cast, number="W-9", code=replace(CODE, serial="S0009"), patient=make_patient(walk.cast))
    open_page(f"/dosing-sessions/{walk.dosing_session.pk}/administer-device/")
    reason, device = page.locator("[name=exception_reason]"), page.locator("[name=device]")

    # The nurse is in the middle of a sentence; what she typed stays, and nothing is sent.
    reason.focus()
    page.keyboard.type("At the chair", delay=80)
    reason.evaluate(KEEP_ITS_INPUT)
    for code, words in (
        (OTHER, "Another product: NDC 9999999999"),
        (OLD, "This pack expired on 13 Apr 2026"),
        (used, "No device of this pack is left here: W-1"),
        (replace(CODE, serial="S0009"), "W-9 belongs to another patient"),
        (replace(CODE, serial="S0002"), "never received here"),
    ):
        scan(page, code)
        said(page, words)
        expect(reason).to_have_value("At the chair")
        expect(device).to_have_value("")
    # What is kept of the form was kept without the scanner's keys.
    assert page.evaluate("kept.at(-1)") == [True, "At the chair"]
    picture(page, "hand-over-refused")
    scan(page, CODE)
    said(page, "Device W-7.")
    expect(device).to_have_value(str(first.pk))
    expect(reason).to_have_value("At the chair")
    page.keyboard.type(", chair 2", delay=80)
    expect(reason).to_have_value("At the chair, chair 2")
    accessible(page)
    picture(page, "hand-over-scanned")

    # Words that come as fast, as when somebody dictates, stay where they are said.
    reason.fill("")
    reason.focus()
    page.keyboard.type("quick (see the note)")
    page.keyboard.press("Enter")
    page.keyboard.type("01 ok")
    expect(reason).to_have_value("quick (see the note)\n01 ok")
    said(page, "Device W-7.")

    # A scanner's Enter presses no button either.
    reason.fill("")
    submit = page.locator("form button[type=submit].btn-primary")
    submit.focus()
    scan(page, CODE)
    said(page, "Device W-7.")
    assert DeviceAdministration.objects.count() == 1
    submit.click()
    page.wait_for_url("**/dosing-sessions/*/")
    assert DeviceAdministration.objects.latest("occurred_at").device == first


def test_a_scan_without_an_answer_keeps_the_page(page: Page, walk: Walk, open_page: Callable[[str], None]) -> None:
    open_page("/facility/receive-device/")
    page.locator("[name=number]").fill("W-7")
    page.context.set_offline(True)
    scan(page, CODE)
    expect(page.locator("#scan-unread")).to_contain_text("no answer from the server")
    expect(page.locator("[name=number]")).to_have_value("W-7")
    page.context.set_offline(False)
    page.evaluate("async () => { while (!(await fetch('/healthz').then(() => true, () => false))); }")
    page.get_by_role("button", name="Read the code").click()
    said(page, "Lot L7-7")
    expect(page.locator("#scan-unread")).to_be_hidden()
