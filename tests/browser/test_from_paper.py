"""Two hours without power: two clipboards are typed in and compared by the second nurse; a forgotten session ends."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.models import DosingSession
from tests.browser.stage import Clinic, Wall, accessible, picture
from tests.factories import NINE, Cast, in_monitoring, make_cast, make_course, make_device, make_patient, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
POWER_BACK = NINE + minutes(200)
FULL = {"systolic_mmhg": "128", "diastolic_mmhg": "82", "pulse_bpm": "72", "spo2_percent": "98"}


@pytest.fixture
def clinic(page: Page, live_server: LiveServer) -> Clinic:
    return Clinic(page, live_server)


def check_row(page: Page, row: int, at: str, **changed: str) -> None:
    page.locator(f'[name="check-{row}_time"]').fill(at)
    for name, value in (FULL | changed).items():
        page.locator(f'[name="check-{row}_{name}"]').fill(value)
    for sign in ("sedation", "dissociation", "respiratory_depression"):
        page.locator(f'[name="check-{row}_sign_{sign}_present"]').select_option("no")


def end_of_sheet(page: Page, *, ended: str = "11:35") -> None:
    page.locator("[name=instructions_time]").fill("11:31")
    page.locator("[name=instructions_how]").select_option("HANDED_OVER")
    page.locator("[name=instructions_language]").select_option("en")
    page.locator("[name=ready_time]").fill("11:31")
    page.locator("[name=end_kind]").select_option("DISCHARGED")
    page.locator("[name=end_time]").fill(ended)
    page.locator("[name=handed_over_to]").fill("Basil Tamarack")


def head(page: Page, cast: Cast) -> None:
    page.locator("[name=nurse]").select_option(label="Nora Nightjar, RN")
    page.locator("[name=reason]").fill("Power cut from 9:00 to 12:10.")


def whole_sheet(page: Page, cast: Cast, devices: list[str]) -> None:
    """A clipboard, top to bottom."""
    page.locator("[name=day]").fill("2026-04-14")
    page.locator("[name=check_in_time]").fill("9:00")
    page.locator("[name=prescriber]").select_option(label="Paul Penstemon, MD")
    head(page, cast)
    for box in page.locator("[name=identifiers]").all()[:2]:
        box.check(force=True)
    page.locator("[name=asked_time]").fill("9:10")
    for kind in ("food", "liquid", "nasal_spray"):
        page.locator(f"[name={kind}_answer]").select_option("NONE")
    for no in page.locator(".paper-asks input[value=no]").all():
        no.check(force=True)
    page.locator("[name=verified_how]").select_option("TELEPHONE")
    page.locator("[name=home_kind]").select_option("PERSON")
    page.locator("[name=home_name]").fill("Basil Tamarack")
    page.locator("[name=home_phone]").fill("(555) 555-0134")
    for name in ("counselled", "home_will_not_drive"):
        page.locator(f"[name={name}]").check(force=True)
    page.locator("[name=order_time]").fill("9:20")
    page.locator("[name=order_devices]").select_option("2")
    page.locator("[name=clear_time]").fill("9:25")
    for row, (device, at) in enumerate(zip(devices, ("9:30", "9:35"), strict=True), start=1):
        page.locator(f'[name="device-{row}_time"]').fill(at)
        page.locator(f'[name="device-{row}_device"]').select_option(label=f"{device}, L-77")
        page.locator(f'[name="device-{row}_outcome"]').select_option("FULL")
    page.locator("[name=finish_time]").fill("9:35")
    check_row(page, 1, "9:20")
    check_row(page, 2, "10:15")
    check_row(page, 3, "11:30")


def test_two_clipboards_are_typed_in_and_compared(clinic: Clinic, wall: Wall) -> None:
    # given a power cut, one patient treated on paper alone and one who was already being watched
    cast = make_cast()
    for number in ("D-1", "D-2"):
        make_device(cast, number=number)
    maud = make_patient(cast, name=("Maud", "Larkspur"))
    make_course(cast, patient=maud)
    watched = in_monitoring(cast)
    wall.go_to(POWER_BACK)
    clinic.sign_in("nora")
    page = clinic.page

    # when the first sheet is typed with a release before the two hours were over
    page.goto(f"{clinic.server.url}/patients/{maud.pk}/")
    page.get_by_role("link", name="A session from paper").click()
    accessible(page)
    picture(page, "paper-empty")
    whole_sheet(page, cast, ["D-1", "D-2"])
    end_of_sheet(page, ended="11:34")
    clinic.save()

    # then the line and its reason are named, and everything typed is kept
    expect(page.locator(".refused")).to_contain_text("End at 11:34: refused as it was then")
    expect(page.locator(".refused")).to_contain_text("Two hours are not over yet")
    expect(page.locator('[name="check-3_systolic_mmhg"]')).to_have_value("128")
    assert DosingSession.objects.count() == 1
    accessible(page)
    picture(page, "paper-refused")

    # when the time is as on the paper
    page.locator("[name=end_time]").fill("11:35")
    clinic.save()

    # then the session is there, judged at its own times, and says that nobody has compared it
    expect(page.locator(".outcome")).to_contain_text("Gone home")
    expect(page.locator("main")).to_contain_text("From paper, not yet compared.")
    expect(page.locator(".table-readings")).to_contain_text("from paper")
    accessible(page)
    picture(page, "paper-entered")

    # when the rest of the watched session is typed too
    clinic.open_session(watched.dosing_session)
    clinic.step("enter-paper")
    head(page, cast)
    check_row(page, 1, "10:15")
    check_row(page, 2, "11:30")
    end_of_sheet(page)
    clinic.save()
    expect(page.locator(".outcome")).to_contain_text("Gone home")
    clinic.step("confirm-paper")
    clinic.save()
    expect(page.locator(".refused")).to_contain_text("This needs a second licensed person")
    clinic.sign_out()

    # and the second nurse compares both
    clinic.sign_in("nils", opens=None)
    page.goto(f"{clinic.server.url}/from-paper/")
    expect(page.locator(".paper-list li")).to_have_count(2)
    accessible(page)
    picture(page, "paper-list")
    for _sheet in range(2):
        page.goto(f"{clinic.server.url}/from-paper/")
        page.get_by_role("link", name="Compare").first.click()
        expect(page.locator(".table-readings")).to_contain_text("128/82")
        accessible(page)
        picture(page, "paper-compare")
        clinic.save()
        expect(page.locator("main")).to_contain_text("From paper, compared.")

    # then nothing waits, and the label stays
    page.goto(f"{clinic.server.url}/from-paper/")
    expect(page.locator("main")).to_contain_text("Everything was compared.")
    clinic.open_session(watched.dosing_session)
    expect(page.locator(".table-readings")).to_contain_text("from paper")


def test_a_forgotten_session_is_closed_with_its_own_end(clinic: Clinic, wall: Wall) -> None:
    # given a session that nobody ended the day before
    cast = make_cast()
    walk = in_monitoring(cast)
    wall.go_to(NINE + timedelta(days=1))
    clinic.sign_in("nora", opens=None)
    page = clinic.page
    clinic.open_session(walk.dosing_session)

    # then it says so loudly, on the floor too
    page.goto(f"{clinic.server.url}/")
    expect(page.locator(".rail-waits")).to_contain_text("Still open from an earlier day: 1")
    clinic.open_session(walk.dosing_session)
    expect(page.locator("main")).to_contain_text("Still open since 14 Apr 2026.")
    accessible(page)
    picture(page, "forgotten")

    # when its end is entered from the paper
    page.get_by_role("link", name="How it ended").click()
    head(page, cast)
    check_row(page, 1, "10:15")
    check_row(page, 2, "11:30")
    end_of_sheet(page)
    clinic.save()

    # then it ended then, and waits for the second person
    expect(page.locator(".outcome")).to_contain_text("11:35")
    expect(page.locator("main")).to_contain_text("From paper, not yet compared.")
