"""Every address, as every role at its own and at other facilities, and signed out: it answers what docs/permissions.md
says. One case each; ``make test-matrix`` runs them alone, and all of them. Every run asks as who may at home and signed
out; of those who may not, and of those who may at another place, one for each address, by turns."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clinic.actions.facility import open_facility
from clinic.grants import COME_AND_GO
from clinic.matrix import opens
from clinic.models import Facility, Organisation, User
from clinic.rules.enrolment import Setting
from clinic.rules.roles import Audience, Permission, Role
from sessions_app.management.commands.permissions import DOCUMENT, document
from tests.clock import clock_at
from tests.counted import counted_and_recalled
from tests.factories import OPENING, STAY_ENDS, employ, make_cast, make_person, minutes
from tests.pages import Page, every_page, things_of
from tests.scene import scene
from tests.sessions_app.rich import rich_session
from tests.sessions_app.views.pdfs import pages_in

pytestmark = pytest.mark.matrix

PAGES = every_page()
OWN, ANNEX, ELSEWHERE = "own", "annex", "elsewhere"
OURS = ("Tamarack", "W-00")
NOW = STAY_ENDS + minutes(90)
Who = tuple[Role, str] | None

# An answer to somebody who may: shown or done, led on, refused by a rule or by the form, or asked in a way the address
# does not know. Never 403, never 404, never 500.
ANSWERED = {200, 302, 405, 409, 422}
# Where somebody who may gets another answer, and why.
EXPECTED: dict[str, set[int]] = {
    "record-outcome": {404},  # every device has its outcome
    "review-glass": {404},  # nobody broke it
    "report-opened": {204, 405},  # said by a script, to which nothing is said
    "attest": {200, 403},  # read by everybody, signed by the Authorized Representative in person
    "account_signing_challenge": {400, 405},  # no form asked for it
    "account_welcome": {410},  # nobody was sent this link
    # Nobody here has a second factor yet; some ask for the password once more before they say so.
    "mfa_deactivate_totp": {404},
    "mfa_view_recovery_codes": {404, 405},
    "mfa_download_recovery_codes": {404},
    "mfa_remove_webauthn": {302, 404},
    "mfa_edit_webauthn": {302, 404},
}
# A display is kept from everything about sign-ins but the door itself.
CLOSED_TO_DISPLAYS = ("account_inactive", "account_welcome", "mfa_authenticate", "mfa_login_webauthn")


def everybody(page: Page) -> list[Who]:
    """Signed out, and every role at every place; one's own sign-in is the same everywhere."""
    places = (OWN, ANNEX, ELSEWHERE) if isinstance(page.takes, Permission) else (OWN,)
    return [None, *((role, place) for role in Role for place in places)]


@dataclass
class World:
    """A clinic in which nearly everything was charted, its annex, and another organisation: a person of each role at
    each, signed in."""

    things: dict[str, Any]
    cookies: dict[Who, str]

    def client(self, who: Who) -> Client:
        """As whoever this is, in a browser that remembers nothing of another case."""
        return Client(HTTP_COOKIE=self.cookies[who])


def words_of(answer: HttpResponse) -> str:
    pdf = answer["Content-Type"] == "application/pdf"
    return pages_in(answer.content) if pdf else answer.content.decode()


def place_of(organisation: Organisation, name: str) -> Facility:
    return open_facility(
        organisation=organisation,
        name=name,
        setting=Setting.OUTPATIENT,
        time_zone="America/New_York",
        by=None,
        now=OPENING,
    )


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with scene(django_db_blocker), clock_at(NOW):
        cast = make_cast()
        rich = rich_session(cast)
        counted_and_recalled(cast)
        things = things_of(rich)
        places = {
            OWN: cast.facility,
            ANNEX: place_of(cast.facility.organisation, "Annex"),
            ELSEWHERE: place_of(Organisation.objects.create(name="Otherfield Group"), "Otherfield Clinic"),
        }
        cookies: dict[Who, str] = {None: ""}
        for role in Role:
            for where, facility in places.items():
                client = Client()
                client.force_login(somebody(role, where, facility))
                cookies[role, where] = client.cookies.output(header="", sep=";")
        yield World(things, cookies)


@pytest.fixture(autouse=True)
def undone(world: World, django_db_blocker: Any) -> Iterator[None]:
    """Each case leaves the clinic as it was. What a test of one's own transaction costs besides, thousands of times, is
    left out: nothing is written here that a constraint would wait for."""
    logging.disable()
    try:
        with scene(django_db_blocker):
            yield
    finally:
        logging.disable(logging.NOTSET)


def somebody(role: Role, where: str, facility: Facility) -> User:
    person = make_person(f"{role}-{where}", f"{role} {where}")
    employ(person, facility, role)
    return person


@contextmanager
def no_row_written() -> Iterator[None]:
    """Not even tried: no statement writes to a table of ours, sign-ins apart."""
    come_and_go = [label.lower().replace(".", "_") for label in COME_AND_GO]
    written = []

    def watch(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and not any(f'"{table}"' in sql for table in come_and_go):
            written.append(sql)
        return execute(sql, *args)

    with connection.execute_wrapper(watch):
        yield
    assert written == []


def to_the_door(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))


def name_of(value: Any) -> str:
    if isinstance(value, Page):
        return value.name
    return "-".join(value) if value else "signed-out"


def cases(turn: int, page: Page) -> Iterator[Any]:
    alike: dict[tuple[str, bool], list[Who]] = {}
    for who in everybody(page):
        if who is None or (who[1] == OWN and opens(who[0], page.takes)):
            yield pytest.param(page, who)
        else:
            alike.setdefault((who[1], opens(who[0], page.takes)), []).append(who)
    for (place, may_at_home), people in alike.items():
        for number, who in enumerate(people):
            asked = (may_at_home or place == OWN) and number == turn % len(people)
            yield pytest.param(page, who, marks=() if asked else pytest.mark.slow)


CASES = [case for turn, page in enumerate(PAGES) for case in cases(turn, page)]


@pytest.mark.parametrize(("address", "who"), CASES, ids=name_of)
def test_it_answers(world: World, address: Page, who: Who) -> None:
    url = address.url(world.things)
    for method in ("get", "post"):
        client = world.client(who)

        def ask(method: str = method, client: Client = client) -> HttpResponse:
            with clock_at(NOW):
                return getattr(client, method)(url)

        if may(address, who):
            answer = ask()
            assert answer.status_code in EXPECTED.get(address.name, ANSWERED), method
            assert address.takes is Audience.EVERYBODY or not to_the_door(answer), method
            if who and (who[1] != OWN or who[0] is Role.DISPLAY):
                assert not [ours for ours in OURS if ours in words_of(answer)], method
        else:
            with no_row_written():
                answer = ask()
            assert refused(address, who, answer), (method, answer.status_code)


def may(address: Page, who: Who) -> bool:
    if who is None:
        return address.takes is Audience.EVERYBODY
    role, place = who
    if role is Role.DISPLAY and address.name in CLOSED_TO_DISPLAYS:
        return False
    return opens(role, address.takes) and (place == OWN or not address.of_a_record)


def refused(address: Page, who: Who, answer: HttpResponse) -> bool:
    """Signed out: to the door. Of another facility: it is not there (or not for this role, which says nothing of it).
    Else: not for this role. What is only posted says so to everybody."""
    if answer.status_code == 405:
        return address.name in POSTED
    if who is None:
        return to_the_door(answer)
    elsewhere, allowed = address.of_a_record and who[1] != OWN, opens(who[0], address.takes)
    return answer.status_code == (404 if elsewhere else 403) or (
        elsewhere and not allowed and answer.status_code == 403
    )


POSTED = ("choose-facility",)


def test_it_says_of_every_address_what_it_takes() -> None:
    assert [page.route for page in PAGES if page.takes is None] == [], "declare it: clinic/views/audience.py"
    assert len({page.name for page in PAGES}) == len(PAGES) > 50


def test_its_document_is_what_the_code_says() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "write it anew: manage.py permissions"


def test_it_knows_every_permission() -> None:
    asked = {page.takes for page in PAGES}
    assert set(Permission) - asked == set()
