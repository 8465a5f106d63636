"""Work typed is never lost, and a restored draft never submits itself."""

import re
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from sessions_app.models import Check, IntakeReport
from tests.browser.stage import Clinic, Wall, accessible, on_the_device, picture, soon
from tests.factories import LAST_DEVICE, PASSWORD, Walk, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUARTER_PAST = LAST_DEVICE + minutes(40)  # 10:15


@pytest.fixture
def nora(page: Page, live_server: LiveServer, walk: Walk) -> Clinic:
    clinic = Clinic(page, live_server)
    clinic.sign_in("nora", opens=None)
    clinic.open_session(walk.dosing_session)
    return clinic


def type_pressure(clinic: Clinic, systolic: str = "131") -> None:
    clinic.step("repeat-bp")
    clinic.page.locator("[name=systolic_mmhg]").fill(systolic)
    clinic.page.locator("[name=diastolic_mmhg]").fill("84")


def charted() -> list[int | None]:
    rows = Check.objects.filter(kind="MONITORING").order_by("order")
    return list(rows.values_list("systolic_mmhg", flat=True))


def typed(page: Page) -> tuple[str, str]:
    return (
        page.locator("[name=systolic_mmhg]").input_value(),
        page.locator("[name=diastolic_mmhg]").input_value(),
    )


def banner(page: Page, kind: str) -> Locator:
    return page.locator(f"[data-draft={kind}]")


def drafts(page: Page, expected: int) -> None:
    soon(page, lambda: len(on_the_device(page, "drafts")), expected)


def offline(page: Page) -> None:
    page.route(re.compile("."), lambda route: route.abort())


def online(page: Page) -> None:
    page.unroute(re.compile("."))


def test_after_the_idle_time_the_post_leads_to_the_sign_in_and_back_to_what_was_typed(
    nora: Clinic, wall: Wall, settings: Any
) -> None:
    page = nora.page
    settings.IDLE_MINUTES = 30
    with mock.patch("clinic.middleware.time", return_value=1_000_000):
        type_pressure(nora)
    wall.go_to(QUARTER_PAST + minutes(31))
    with mock.patch("clinic.middleware.time", return_value=1_000_000 + 31 * 60):
        nora.save()
        expect(page).to_have_url(re.compile("/accounts/login/"))
        expect(page.locator("body")).to_contain_text("Signed out after 30 minutes without use.")
        page.locator("[name=login]").fill("nora")
        page.locator("input[type=password]").fill(PASSWORD)
        with page.expect_navigation():
            page.locator("main button[type=submit]").first.click()

        expect(page).to_have_url(re.compile("/repeat-bp/"))
        expect(banner(page, "kept")).to_contain_text("Kept from 10:15, not sent.")
        assert typed(page) == ("131", "84")
        assert page.locator("[name=occurred_time]").input_value() == "10:15", "measured then, not now"
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        accessible(page)
        picture(page, "draft-after-idle")
        assert charted() == [], "a restored draft never submits itself"

        nora.save()
        nora.saved()
        assert charted() == [131]
        assert Check.objects.get(systolic_mmhg=131).occurred_at == QUARTER_PAST
        drafts(page, 0)


def test_a_closed_tab_and_a_reload_lose_nothing(nora: Clinic, context: BrowserContext, wall: Wall) -> None:
    nora.step("report-intake")
    nora.choose("food_answer", "AT")
    nora.page.locator("[name=food_last_time]").fill("8:05")
    address = nora.page.url
    nora.page.close()
    wall.go_to(QUARTER_PAST + minutes(3))

    page = context.new_page()
    page.goto(address.removesuffix("report-intake/"))
    expect(banner(page, "waiting")).to_contain_text("Typed and not sent: Food, drink, nasal spray.")
    accessible(page)
    picture(page, "draft-waiting")
    banner(page, "waiting").get_by_role("link").click()
    for _time in range(2):
        expect(banner(page, "kept")).to_contain_text("Kept from 10:15, not sent.")
        expect(page.locator("[name=food_answer][value=AT]")).to_be_checked()
        assert page.locator("[name=food_last_time]").input_value() == "8:05"
        page.reload()
    assert IntakeReport.objects.filter(last_at__isnull=False).count() == 0

    banner(page, "kept").get_by_role("button").click()
    expect(page.locator("[name=food_answer][value=AT]")).not_to_be_checked()
    drafts(page, 0)


def test_a_server_that_does_not_answer_is_said_and_the_page_keeps_all(nora: Clinic) -> None:
    page = nora.page
    type_pressure(nora)
    offline(page)
    page.locator(".check-save .btn-primary").click()
    expect(banner(page, "unsent")).to_contain_text("Not sent: no answer from the server.")
    assert typed(page) == ("131", "84")
    accessible(page)
    picture(page, "draft-no-server")

    online(page)
    nora.save()
    nora.saved()
    assert charted() == [131]


def send_without_hearing(nora: Clinic) -> str:
    """The form arrives, its answer does not; the browser shows what it shows then."""
    page = nora.page
    address = page.url

    def swallow(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route("**/repeat-bp/", swallow)
    with page.expect_event("requestfailed"):
        page.locator(".check-save .btn-primary").click()
    page.unroute("**/repeat-bp/")
    page.context.clear_cookies(name=re.compile("^saved_"))  # it came with the answer that was lost
    return address


def test_what_did_arrive_is_saved_once_however_often_it_is_sent(nora: Clinic) -> None:
    page = nora.page
    type_pressure(nora)
    page.goto(send_without_hearing(nora))
    expect(banner(page, "sent")).to_contain_text("It may be saved already")
    assert charted() == [131]

    nora.save()
    nora.saved()
    assert charted() == [131]
    drafts(page, 0)


def test_what_did_arrive_and_is_changed_afterwards_is_a_second_reading(nora: Clinic) -> None:
    page = nora.page
    type_pressure(nora)
    page.goto(send_without_hearing(nora))
    page.locator("[name=systolic_mmhg]").fill("137")
    nora.save()
    nora.saved()
    assert charted() == [131, 137], "never lost unseen"


def test_another_person_at_the_tablet_sees_and_sends_nothing_of_it(nora: Clinic) -> None:
    page = nora.page
    type_pressure(nora)
    address = page.url
    page.goto(nora.server.url)
    nora.sign_out()
    nora.come_through_the_door("nils")
    page.goto(address)
    drafts(page, 1)
    expect(page.locator("[name=systolic_mmhg]")).to_have_value("")
    expect(page.locator("main .draft")).to_have_count(0)
    page.goto(nora.server.url)
    nora.sign_out()
    nora.come_through_the_door("nora")
    page.goto(address)
    expect(banner(page, "kept")).to_be_visible()
    assert typed(page) == ("131", "84")


def test_a_draft_belongs_to_its_patient_and_to_twelve_hours(nora: Clinic, wall: Wall) -> None:
    page = nora.page
    type_pressure(nora)
    address = page.url
    nora.step("record-check")
    expect(page.locator("[name=systolic_mmhg]")).to_have_value("")
    wall.go_to(QUARTER_PAST + timedelta(hours=12, minutes=1))
    page.goto(address)
    expect(page.locator("[name=systolic_mmhg]")).to_have_value("")
    drafts(page, 0)


def test_a_refused_form_is_kept_as_it_was_corrected_and_forgotten_once_saved(nora: Clinic) -> None:
    page = nora.page
    type_pressure(nora, "80")
    nora.save()
    expect(page.locator(".error-summary")).to_contain_text("Swapped?")
    expect(page.locator("main .draft")).to_have_count(0)
    page.locator("[name=systolic_mmhg]").fill("138")
    nora.step("repeat-bp")
    expect(banner(page, "kept")).to_be_visible()
    assert typed(page) == ("138", "84")
    nora.save()
    nora.saved()
    assert charted() == [138]
    drafts(page, 0)


def test_going_back_to_a_saved_form_begins_anew(nora: Clinic) -> None:
    page = nora.page
    type_pressure(nora)
    nora.save()
    nora.saved()
    page.go_back()
    expect(page.locator("[name=systolic_mmhg]")).to_have_value("")
    page.locator("[name=systolic_mmhg]").fill("127")
    page.locator("[name=diastolic_mmhg]").fill("80")
    nora.save()
    nora.saved()
    assert charted() == [131, 127], "the second is not answered with the first"


def test_no_password_is_kept(page: Page, live_server: LiveServer, walk: Walk) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("[name=login]").fill("nora")
    page.locator("input[type=password]").fill("secret-word")
    drafts(page, 0)
    assert "secret-word" not in page.evaluate("JSON.stringify(localStorage)")


def test_what_is_kept_is_sealed_and_what_lay_in_clear_goes(nora: Clinic) -> None:
    page = nora.page
    page.evaluate('localStorage.setItem(\'vigil-draft:somebody:/there/\', \'{"fields": {"note": "Tamarack"}}\')')
    type_pressure(nora, "187")
    drafts(page, 1)
    assert "Tamarack" not in page.evaluate("JSON.stringify(localStorage)")
    (kept,) = on_the_device(page, "drafts")
    assert set(kept) == {"key", "entry", "at", "iv", "data"}
    assert all(word not in str(kept) for word in ("187", "Tamarack", "Repeat", "systolic"))


def test_where_nothing_can_be_sealed_nothing_is_kept_and_the_page_says_so(
    page: Page, live_server: LiveServer, walk: Walk
) -> None:
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    nora = Clinic(page, live_server)
    nora.sign_in("nora", opens=None)
    nora.open_session(walk.dosing_session)
    type_pressure(nora)
    expect(banner(page, "unkept")).to_contain_text("not kept on this device")
    accessible(page)
    nora.save()
    nora.saved()
    assert charted() == [131]


def test_what_is_typed_while_the_draft_is_opened_stays(nora: Clinic) -> None:
    page = nora.page
    type_pressure(nora)
    drafts(page, 1)
    page.add_init_script(
        "const open = crypto.subtle.decrypt.bind(crypto.subtle);"
        "crypto.subtle.decrypt = (...what) => new Promise((done) => { window.letIn = () => done(open(...what)); });"
    )
    page.reload()
    soon(page, lambda: page.evaluate("Number('letIn' in window)"), 1)
    page.locator("[name=diastolic_mmhg]").fill("77")
    page.evaluate("letIn()")
    expect(page.locator("[name=systolic_mmhg]")).to_have_value("131")
    assert typed(page) == ("131", "77")


def test_two_presses_send_one_row(nora: Clinic) -> None:
    type_pressure(nora)
    nora.page.locator(".check-save .btn-primary").dblclick()
    nora.saved()
    assert charted() == [131]
