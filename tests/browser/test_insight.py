"""The dashboards: by the keyboard from a number to its sessions and back, for axe in every light, and on paper."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic.actions.entry import Submission
from sessions_app.actions.site import set_chairs
from tests.browser.stage import Wall, accessible, in_the_dark, picture
from tests.browser.test_keyboard import Keys
from tests.factories import NINE, STAY_ENDS, discharged, make_cast, minutes
from tests.sessions_app.actions.diary_attempts import set_hours

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALL = "td a[href*='of=ALL']"


def test_a_number_opens_what_it_counts_by_the_keyboard(page: Page, live_server: LiveServer, wall: Wall) -> None:
    cast = make_cast()
    set_hours(cast)
    set_chairs(facility=cast.facility, chairs=["1", "2"], entry=Submission(), by=cast.ada, now=NINE)
    for _number in range(2):
        discharged(cast)
    wall.go_to(STAY_ENDS + minutes(60))
    keys = Keys(page, live_server)
    keys.sign_in("nora", opens="/insight/")

    # every number with its definition, every chart with its table
    expect(page.locator("svg.chart-bars")).to_have_count(5)  # nobody could be said when to leave
    for chart in page.locator("svg.chart-bars").all():
        expect(chart.locator("xpath=ancestor::section").locator("table")).to_have_count(1)
    rows = page.locator(".table-insight tbody th[scope=row]")
    defined = page.locator("section:not(:has(svg.chart-bars)) > .table-wrap .table-insight tbody th[scope=row]")
    assert defined.count() > 20
    assert all(row.locator("small").inner_text() for row in defined.all())
    assert rows.count() > defined.count()  # those told apart say above their table what they mean
    accessible(page)
    in_the_dark(page, accessible)
    picture(page, "insight")
    page.set_viewport_size({"width": 390, "height": 844})
    accessible(page)
    picture(page, "insight-phone")
    page.set_viewport_size({"width": 1180, "height": 820})

    # from a number to its sessions, to one of them, by the keyboard alone
    keys.tab_to(ALL, most=160)
    keys.enter()
    expect(page.locator("h1")).to_have_text("Sessions with a dose")
    expect(page.locator(".count-list li")).to_have_count(2)
    accessible(page)
    picture(page, "insight-sessions")
    keys.tab_to(".count-list a")
    keys.enter()
    expect(page.locator(".outcome")).to_contain_text("Gone home")

    # what is printed: definitions, charts and tables, no buttons
    page.goto(f"{live_server.url}/insight/")
    page.emulate_media(media="print")
    for chart in page.locator("svg.chart-bars").all():
        expect(chart).to_be_visible()
    expect(page.locator(".book-period button").first).to_be_hidden()
    picture(page, "insight-print")
