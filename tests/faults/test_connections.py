"""The way to the database is lost, in the middle of work and in the middle of a COMMIT."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.nurse import Shared
from tests.browser.stage import on_the_device
from tests.faults.between import Between
from tests.faults.book import balance
from tests.faults.people import Person, at_work, cancellations, pressures
from tests.faults.place import Place
from tests.faults.seed import TABLET_SECRET

pytestmark = pytest.mark.slow

TIMES = 15


@pytest.fixture
def between(closed_place: Place) -> Iterator[Between]:
    between = Between(closed_place.database.socket_folder, closed_place.database.home / "between")
    closed_place.pages_connect_at = between.folder
    closed_place.open()
    yield between
    between.close()


def test_every_connection_is_ended_again_and_again(place: Place) -> None:
    people = [
        Person(place.port, "nora", pressures(place.watched)),
        Person(place.port, "nils", pressures(place.watched, 200)),
        Person(place.port, "fred", cancellations(place.booked)),
    ]
    with at_work(*people) as book:
        for _time in range(TIMES):
            place.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pages'")
            people[0].answered_again(2)
    balance(place, book)
    assert {status for sent in book for status in sent.heard} <= {302, 503}


def test_a_connection_is_lost_before_its_commit_is_heard_and_after_it_is_done(
    closed_place: Place, between: Between
) -> None:
    people = [Person(closed_place.port, "nora", pressures(closed_place.watched))]
    lost = []
    with at_work(*people) as book:
        for _time in range(TIMES):
            between.before = lambda: lost.append("before")
            people[0].answered_again(2)
            between.after = lambda: lost.append("after")
            people[0].answered_again(2)
    balance(closed_place, book)
    assert lost == ["before", "after"] * TIMES
    assert {status for sent in book for status in sent.heard} <= {302, 503}


@pytest.mark.browser
def test_the_server_is_killed_between_commit_and_answer_and_the_tablet_sends_it_again(
    closed_place: Place, between: Between, page: Page
) -> None:
    place = closed_place
    url = f"http://localhost:{place.port}"
    page.context.add_cookies(
        [{"name": f"vigil_session_{place.port}_tablet", "value": TABLET_SECRET, "url": url, "expires": 4_000_000_000}]
    )
    page.goto(f"{url}/dosing-sessions/{place.watched[0]}/repeat-bp/")
    tablet = Shared(page, place)  # type: ignore[arg-type]
    tablet.come_in("Nora")
    page.locator("[name=systolic_mmhg]").fill("131")
    page.locator("[name=diastolic_mmhg]").fill("84")
    number = page.locator("[name=entry_id]").input_value()
    between.after = place.kill_pages
    page.locator(".check-save .btn-primary").click()
    expect(page.locator("[data-draft=waits]")).to_contain_text("Kept on this tablet")
    assert [row["entry"] for row in on_the_device(page, "outbox")] == [number]
    written = "SELECT count(*) FROM sessions_app_check WHERE entry_id = %s AND systolic_mmhg = 131"
    assert place.ask(written, number) == [(1,)], "it was committed, and nobody was told"

    place.serve()
    expect(page.locator("#waiting [data-sent]")).to_contain_text("1 check that waited here is saved", timeout=40_000)
    assert on_the_device(page, "outbox") == []
    assert place.ask(written, number) == [(1,)]
    balance(place, [])
