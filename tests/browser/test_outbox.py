"""What is typed on a tablet while no server answers waits there, sealed, and is sent once, as whoever typed it."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserType, expect
from pytest_django.live_server_helper import LiveServer

from clinic.actions.tablet import revoke_tablet
from clinic.models import Channel, Tablet
from sessions_app.models import Check
from tests.browser.nurse import SECRET, Nurse, charted, enrol, open_tablet, row_of, session_address, swallow_answers
from tests.browser.stage import Wall, accessible, on_the_device, picture, soon
from tests.factories import LAST_DEVICE, Walk, entry, give_pin, in_monitoring, make_tablet, minutes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUARTER_PAST = LAST_DEVICE + minutes(40)  # 10:15


def test_five_checks_typed_offline_survive_a_restart_and_are_sent_once_in_order_as_their_author(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    tmp_path: Path,
    live_server: LiveServer,
    walk: Walk,
    wall: Wall,
    settings: Any,
) -> None:
    settings.TABLET_LOCK_MINUTES = 10
    other = in_monitoring(walk.cast)
    for person in (walk.cast.nora, walk.cast.paul):
        give_pin(person)
    make_tablet(walk.cast, secret=SECRET)
    context = open_tablet(browser_type, browser_type_launch_args, tmp_path)
    context.clock.install()
    enrol(context, live_server)
    first = context.pages[0]
    first.goto(session_address(live_server, walk.dosing_session))
    nora = Nurse(first, live_server, wall)
    nora.come_in("Nora")
    second = context.new_page()
    second.goto(session_address(live_server, other.dosing_session))

    context.set_offline(True)
    for index, systolic in enumerate((181, 182, 183, 184, 185)):
        nora.page = (first, second)[index % 2]
        nora.page.bring_to_front()
        nora.type_pressure(systolic)
        nora.keeps()
        nora.pass_a_minute()
    expect(nora.page.locator("#line")).to_contain_text(
        re.compile(r"Offline since 10:1\d\. Timers go on\. 5 checks wait on this tablet and send themselves\.")
    )
    nora.page.locator("#line summary").click()
    expect(nora.page.locator("#line li").first).to_contain_text(
        "Repeat blood pressure Chair 1 · R.T. typed 10:15 by Nora"
    )
    accessible(nora.page)
    picture(nora.page, "outbox-offline")
    kept = str(on_the_device(first, "outbox")) + first.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert not re.findall(r"\b18[1-5]\b|Tamarack|Nora|Repeat|systolic", kept)
    began_by_its_clock = int(first.evaluate("Date.now()")) / 1000 - nora.passed()
    context.close()

    context = open_tablet(browser_type, browser_type_launch_args, tmp_path)
    context.clock.install(time=began_by_its_clock + nora.passed())
    nora.page = page = context.pages[0]
    nora.catch_up()
    page.goto(live_server.url + "/patients/")
    expect(page.locator("#line")).to_contain_text("5 checks wait on this tablet")
    picture(page, "outbox-locked")
    page.route("**/repeat-bp/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    nora.come_in("Paul")
    page.unroute("**/repeat-bp/")
    swallow_answers(page)
    for _time in (1, 2):
        soon(page, lambda: len(charted()), 1)
        page.clock.fast_forward("00:16")
    page.unroute("**/repeat-bp/")
    nora.skipped += 48
    nora.catch_up()
    page.clock.fast_forward("00:16")
    nora.sends_all()
    expect(page.locator("#waiting [data-sent]")).to_contain_text("5 checks that waited here are saved")
    picture(page, "outbox-sent")

    for dosing_session, expected in ((walk.dosing_session, [181, 183, 185]), (other.dosing_session, [182, 184])):
        rows = Check.objects.filter(dosing_session=dosing_session, kind="MONITORING").order_by("order")
        assert [row.systolic_mmhg for row in rows] == expected, "each once, in the order they were typed"
        assert {(row.recorded_by.username, row.channel) for row in rows} == {("nora", Channel.OFFLINE)}
    times = [row_of(systolic).occurred_at for systolic in (181, 182, 183, 184, 185)]
    assert times == sorted(set(times)), "each at its own minute"
    assert QUARTER_PAST <= times[0] <= QUARTER_PAST + minutes(1)
    context.close()


def test_an_answer_lost_between_commit_and_page_is_asked_for_again_and_saved_once(nurse: Nurse) -> None:
    page = nurse.page
    nurse.type_pressure(131)
    number = page.locator("[name=entry_id]").input_value()
    swallow_answers(page)
    nurse.keeps()
    assert [row["entry"] for row in on_the_device(page, "outbox")] == [number]
    assert page.locator("[name=entry_id]").input_value() != number
    assert charted() == [131]
    page.unroute("**/repeat-bp/")

    page.reload()
    nurse.sends_all()
    assert charted() == [131]
    assert row_of(131).channel == Channel.LIVE, "it came when it was typed"


def test_a_page_that_goes_while_it_sends_does_not_call_it_unsent(nurse: Nurse) -> None:
    page, sent = nurse.page, []

    def do_and_stay_silent(route: Any) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        route.fetch(max_redirects=0)
        sent.append(route)

    page.route("**/repeat-bp/", do_and_stay_silent)
    nurse.type_pressure(131)
    nurse.press_save()
    soon(page, lambda: len(sent), 1)
    page.context.clear_cookies(name=re.compile("^saved_"))  # the answer never came
    page.reload()
    expect(page.locator("[data-draft=sent]")).to_contain_text("without an answer")
    page.unroute("**/repeat-bp/")
    nurse.type_pressure(135)
    nurse.save()
    nurse.saved()
    assert charted() == [131, 135], "what was changed is not lost under the number of what arrived"


def test_online_it_is_the_servers_page_that_is_seen(nurse: Nurse) -> None:
    nurse.type_pressure(80)
    nurse.save()
    expect(nurse.page.locator(".error-summary")).to_contain_text("Swapped?")
    nurse.type_pressure(138)
    nurse.save()
    nurse.saved()
    assert row_of(138).channel == Channel.LIVE
    assert (charted(), nurse.waiting()) == ([138], 0)


def test_what_is_refused_waits_for_a_person_who_puts_it_right_or_discards_it(nurse: Nurse) -> None:
    page = nurse.page
    nurse.goes_offline()
    for systolic in (80, 79):
        nurse.type_pressure(systolic)
        nurse.keeps()
    nurse.comes_back()

    held = page.locator("#waiting [data-held]")
    expect(held).to_contain_text("2 checks were not taken:")
    assert not nurse.scrolls()
    held.locator("summary").click()
    expect(held).to_contain_text("Swapped?")
    accessible(page)
    picture(page, "outbox-held")
    held.get_by_role("link", name="Open").first.click()
    note = page.locator("[data-draft=held]")
    expect(note).to_contain_text(re.compile(r"Not taken. Typed at 10:\d\d by Nora Nightjar"))
    expect(note).to_contain_text("Swapped?")
    assert nurse.pressure() == ("80", "84")
    accessible(page)
    picture(page, "outbox-settle")
    nurse.type_pressure(138)
    nurse.save()
    nurse.saved()
    expect(held).to_contain_text("1 check was not taken:")
    held.get_by_role("button", name="Discard").click()
    expect(held).to_contain_text("not here and not in the record")
    held.get_by_role("button", name="Keep it").click()
    assert nurse.waiting() == 1
    held.get_by_role("button", name="Discard").click()
    held.get_by_role("button", name="Discard it").click()
    expect(held).to_be_hidden()
    assert (charted(), nurse.waiting()) == ([138], 0)


SET_BY_HAND = "const real = Date.now; Date.now = () => real() + Number(localStorage.getItem('set-by-hand'));"


def test_a_tablet_whose_clock_is_wrong_is_right_and_one_that_was_set_meanwhile_asks(
    nurse: Nurse, settings: Any
) -> None:
    settings.TABLET_LOCK_MINUTES = 600  # a clock that jumps by hours locks it
    page, three_hours = nurse.page, 3 * 3_600_000
    page.add_init_script(SET_BY_HAND)
    page.evaluate(f"localStorage.setItem('set-by-hand', -{three_hours})")
    page.reload()
    nurse.goes_offline()
    nurse.type_pressure(131)
    nurse.keeps()
    nurse.comes_back()
    nurse.sends_all()
    assert row_of(131).occurred_at == QUARTER_PAST

    nurse.goes_offline()
    nurse.type_pressure(132)
    page.locator("[name=occurred_time]").fill("10:12")
    nurse.keeps()
    nurse.type_pressure(133)
    nurse.keeps()
    page.evaluate("localStorage.setItem('set-by-hand', 0)")
    nurse.comes_back()
    held = page.locator("#waiting [data-held]")
    held.locator("summary").click()
    expect(held).to_contain_text("The clock of this tablet was set while this waited")
    assert row_of(132).occurred_at == QUARTER_PAST - minutes(3), "its time was typed"
    held.get_by_role("link", name="Open").click()
    expect(page.locator("[data-draft=held]")).to_be_visible()
    expect(page.locator("[name=occurred_time]")).to_have_value("")
    nurse.press_save()
    expect(page.locator("[data-draft=untimed]")).to_contain_text("when was it?")
    page.locator("[name=occurred_time]").fill("10:14")
    nurse.save()
    nurse.saved()
    assert row_of(133).occurred_at == QUARTER_PAST - minutes(1)
    nurse.sends_all()


def test_what_the_server_cannot_take_is_tried_less_and_less_often_and_what_it_never_will_waits_for_a_person(
    nurse: Nurse, settings: Any
) -> None:
    settings.TABLET_LOCK_MINUTES = 10
    page, answer, tries = nurse.page, {"status": 503}, list[int]()

    def refuse(route: Any) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        tries.append(answer["status"])
        route.fulfill(status=answer["status"], headers={"X-Server-Now": QUARTER_PAST.isoformat()}, body="")

    page.clock.install()
    page.reload()
    page.route("**/repeat-bp/", refuse)
    nurse.type_pressure(131)
    nurse.keeps()
    tries.clear()
    for ticks, expected in ((1, 1), (1, 2), (2, 3), (4, 4)):
        for _tick in range(ticks):
            page.clock.fast_forward("00:15")
            page.evaluate("vigil.clock.reached()")
        soon(page, lambda: len(tries), expected)
        page.locator("#line [data-again] time:visible").wait_for()
    expect(page.locator("#line")).to_contain_text(
        re.compile(r"1 check waits .* The server cannot take it just now; next try \d+:\d\d\.")
    )
    assert page.locator("#line [data-since]").is_hidden(), "it answers"
    accessible(page)
    picture(page, "outbox-later")

    answer["status"] = 413
    page.clock.fast_forward("02:00")
    held = page.locator("#waiting [data-held]")
    held.locator("summary").click()
    expect(held).to_contain_text("Too much at once for the server.")
    picture(page, "outbox-too-much")
    assert (charted(), nurse.waiting(), tries[-1]) == ([], 1, 413)


def test_what_a_revoked_tablet_kept_is_opened_and_sent_by_nobody(nurse: Nurse, walk: Walk) -> None:
    page = nurse.page
    nurse.goes_offline()
    nurse.type_pressure(131)
    nurse.keeps()
    revoke_tablet(tablet=Tablet.objects.get(), entry=entry(), by=walk.cast.ada, now=QUARTER_PAST)
    nurse.comes_back()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    nurse.come_through_the_door("nora")
    page.goto(f"{nurse.server.url}/patients/")
    held = page.locator("#waiting [data-held]")
    expect(held).to_contain_text("nobody can open it here")
    accessible(page)
    assert (charted(), nurse.waiting()) == ([], 1)


def test_a_reading_that_comes_after_the_patient_left_is_taken(nurse: Nurse, walk: Walk) -> None:
    nurse.goes_offline()
    nurse.type_pressure(171, 101)
    nurse.keeps()
    walk.leave_early(QUARTER_PAST)
    nurse.comes_back()
    nurse.sends_all()
    row = row_of(171)
    assert (row.occurred_at, row.channel, row.recorded_by) == (QUARTER_PAST, Channel.OFFLINE, walk.cast.nora)
    nurse.open_session(walk.dosing_session)
    expect(nurse.page.locator("#main")).to_contain_text("offline")
