"""Every page as axe and eyes.js see it: as it stands, with a form that was filled in wrongly, and its colours by day
and by night. As it stands in every run, by eye on a telephone; other sizes, a record's page in each state and the rest
among the slow tests. The journeys look at theirs each time."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Error
from playwright.sync_api import Page as Tab
from pytest_django.live_server_helper import LiveServer

from clinic.models import Patient
from clinic.rules.roles import Role
from sessions_app.rules.states import State
from tests.browser.eyes import ON_A_TELEPHONE, seen_wrong
from tests.browser.stage import Clinic, Wall, violations
from tests.counted import counted_and_recalled
from tests.factories import (
    STAY_ENDS,
    Cast,
    booked,
    cleared,
    employ,
    full_check,
    in_monitoring,
    in_state,
    make_cast,
    make_device,
    minutes,
)
from tests.pages import Page, pages, things_of
from tests.sessions_app.rich import rich_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Things = dict[str, Any]
# Posted, handed out as a file, or about a glass that nobody broke here.
NOT_SHOWN = (
    "choose-facility",
    "document",
    "find-patients",
    "portfolio-csv",
    "access-csv",
    "adverse-event-pdf",
    "attestation-pdf",
    "enrolment-pdf",
    "filing-pdf",
    "filing-version-pdf",
    "filings-pdf",
    "insight-csv",
    "left-early-csv",
    "own-copy-pdf",
    "record-pdf",
    "referrer-pdf",
    "report-opened",
    "review-glass",
    "stock-book-csv",
    "stock-book-pdf",
)
EVERY_STATE = ("dosing-session", "patient-page", "instructions")
NOW = STAY_ENDS + minutes(90)


def a_full_house(cast: Cast) -> list[Things]:
    """Somebody in every state a page knows, the richest first."""
    held = in_monitoring(cast)
    held.check(STAY_ENDS - minutes(80), full_check(150, 92))
    held.check(STAY_ENDS, full_check(151, 93))
    waiting = cleared(cast)
    make_device(cast)
    others = [in_state(cast, state) for state in (State.DOSING, State.CHECKED_IN, State.LEFT_EARLY, State.TRANSFERRED)]
    walks = (held, rich_session(cast), waiting, booked(cast), *others)
    counted_and_recalled(cast)
    return [things_of(walk) for walk in walks]


def opened(
    tab: Tab, server: LiveServer, page: Page, house: list[Things], in_every_state: Iterable[str]
) -> Iterator[str]:
    """The page of everybody who has one; of one person where it looks alike for all."""
    for things in house:
        answer = tab.goto(server.url + page.url(things))
        assert answer is not None
        if answer.status == 200:
            yield tab.url
            if page.name not in in_every_state:
                return
        else:
            assert answer.status == 404, (page.name, answer.status)


# What the page's own policy refused it: script, style, form or picture that no page of ours needs.
HEAR_REFUSALS = """addEventListener("securitypolicyviolation", (said) => {
  (window.refusedByPolicy ||= []).push(`${said.effectiveDirective} ${said.blockedURI}`);
})"""


def refused_by_policy(tab: Tab) -> list[str]:
    return list(tab.evaluate("() => window.refusedByPolicy || []"))


def named_in_history(tab: Tab) -> list[str]:
    """Patients in a title or an address: a browser's history keeps both, and may send them to whoever made it."""
    kept = tab.evaluate("""() => [
      document.title, document.querySelector("[data-title]")?.dataset.title, location.href,
      ...[...document.querySelectorAll("[href]")].map((each) => each.getAttribute("href")),
      ...[...document.querySelectorAll("[action]")].map((each) => each.getAttribute("action")),
    ].join(" ")""")
    names = Patient.objects.values_list("first_name", "last_name", "mrn")
    return [f"history keeps {name}" for name in {name for each in names for name in each} if name in kept]


COLOURS = ("color-contrast",)
# What a sentence at a field can spoil on a page that was looked at a moment before.
OF_A_FORM = ("cat.forms", "cat.aria", "cat.name-role-value", "cat.structure")


def minded_colours(tab: Tab) -> list[str]:
    """What a change of colours can spoil."""
    found = []
    for scheme in ("light", "dark"):
        # Without motion, so that no colour is measured half way from day to night.
        tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found += violations(tab, only=COLOURS)
    return found


def minded(tab: Tab) -> list[str]:
    """Everything else, as the page stands."""
    narrow = seen_wrong(tab, looks=ON_A_TELEPHONE)
    return refused_by_policy(tab) + named_in_history(tab) + violations(tab, but=COLOURS) + narrow


def minded_at_any_size(tab: Tab) -> list[str]:
    return refused_by_policy(tab) + named_in_history(tab) + violations(tab, but=COLOURS) + seen_wrong(tab)


def minded_filled_in_wrongly(tab: Tab) -> list[str]:
    """Its form with nothing in it that holds."""
    own_form = tab.locator("main form[method=post]:not([action])")
    if own_form.locator("[name=entry_id]").count() != 1:
        return []
    own_form.locator("[name=entry_id]").evaluate("field => { field.value = 'none' }")
    with tab.expect_navigation() as moved:
        own_form.locator("button[type=submit]").last.click()
    assert moved.value.status in (409, 422), "nothing may be saved by a form without its number"
    return violations(tab, only=OF_A_FORM)


PARTS = 3


LOOKS = (minded_at_any_size, minded_filled_in_wrongly, minded_colours)
LONG_WAYS = (pytest.param(look, marks=pytest.mark.slow) for look in LOOKS)


@pytest.mark.parametrize("look", [minded, *LONG_WAYS])
@pytest.mark.parametrize("part", range(PARTS))
def test_it_has_nothing_that_axe_minds(
    page: Tab, live_server: LiveServer, wall: Wall, part: int, look: Callable[[Tab], list[str]]
) -> None:
    page.add_init_script(HEAR_REFUSALS)
    cast = make_cast()
    house = a_full_house(cast)
    employ(cast.paul, cast.facility, Role.ADMINISTRATOR)
    wall.go_to(NOW)
    Clinic(page, live_server).sign_in("paul")

    report: dict[str, list[str]] = {}
    in_every_state = EVERY_STATE[:1] if look is minded else EVERY_STATE
    for each in (each for each in pages()[part::PARTS] if each.name not in NOT_SHOWN):
        seen = False
        try:
            for url in opened(page, live_server, each, house, in_every_state):
                seen = True
                if found := look(page):
                    report[f"{each.name} {url.removeprefix(live_server.url)}"] = found
        except (AssertionError, Error) as said:
            # Told with the rest: one page that does not open hides no other.
            report[f"{each.name} does not open"] = [str(said).splitlines()[0]]
        else:
            if not seen:
                report[f"{each.name} was not seen"] = ["nobody in the house has one"]

    assert report == {}, "\n" + "\n".join(f"{name}: {found}" for name, found in report.items())


def test_its_policy_runs_no_script_that_somebody_wrote_into_it(page: Tab, live_server: LiveServer) -> None:
    page.add_init_script(HEAR_REFUSALS)
    page.goto(f"{live_server.url}/accounts/login/")
    assert refused_by_policy(page) == []
    page.evaluate("""() => {
      document.body.innerHTML += `<img src="/nothing.png" onerror="window.ran = 1" style="color: red">`;
      const script = document.body.appendChild(document.createElement("script"));
      script.textContent = "window.ran = 1";
    }""")
    page.wait_for_function("() => (window.refusedByPolicy || []).length > 2")
    assert {said.split()[0] for said in refused_by_policy(page)} == {
        "script-src-elem",
        "script-src-attr",
        "style-src-attr",
    }
    assert page.evaluate("() => window.ran") is None
