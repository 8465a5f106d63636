"""What holds for every page: another place's people find nothing there, and who may not do a thing is told so."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clinic.models import User
from clinic.rules.roles import Permission, Role
from tests.clock import clock_at
from tests.expect import nothing_written
from tests.factories import OPENING, STAY_ENDS, Cast, employ, facility_of, make_cast, make_otto, minutes, one_more
from tests.pages import Page, pages, things_of
from tests.scene import as_next_request, scene
from tests.sessions_app.rich import rich_session

pytestmark = pytest.mark.django_db
PAGES = pages()
LOOKING = (Permission.VIEW, Permission.WALL)
METHODS = ("get", "post")
Answer = Callable[[Page, str], HttpResponse]


@pytest.fixture(scope="module")
def clinic(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Cast, dict[str, Any]]]:
    """A facility with a rich session, and what stands in its addresses."""
    with scene(django_db_blocker):
        cast = make_cast()
        walk = rich_session(cast)
        yield cast, things_of(walk)


@pytest.fixture
def cast(clinic: tuple[Cast, dict[str, Any]], db: None) -> Cast:
    return as_next_request(clinic[0])


@pytest.fixture
def ask(clinic: tuple[Cast, dict[str, Any]], client: Client) -> Iterator[Answer]:
    """An address of this facility, asked by whoever is signed in."""
    with clock_at(STAY_ENDS + minutes(90)):
        yield lambda page, method: getattr(client, method)(page.url(clinic[1]))


def wrong(ask: Answer, expected: Callable[[Page, str], int | None]) -> list[tuple[str, str, int]]:
    """Every page and method that answers otherwise than expected (None: not asked). What is only posted, as the
    choice of a facility is, says so to everybody."""
    found = []
    with nothing_written():
        for page in PAGES:
            for method in METHODS:
                status = expected(page, method)
                if status is None:
                    continue
                got = ask(page, method).status_code
                if got != status and not (method == "get" and got == 405):
                    found.append((page.name, method, got))
    return found


def everybody_at(person: User) -> User:
    for role in Role:
        employ(person, facility_of(person), role)
    return person


def test_it_says_of_every_page_what_it_takes() -> None:
    assert len(PAGES) > 50
    assert [page.name for page in PAGES if page.permission is None] == []
    assert len({page.name for page in PAGES}) == len(PAGES)


@pytest.mark.parametrize("place", ["another organisation", "another facility of the same"])
def test_it_is_not_there_for_somebody_of_another_place(cast: Cast, client: Client, ask: Answer, place: str) -> None:
    if place == "another organisation":
        somebody = make_otto()
    else:
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation, now=OPENING)
        somebody = annex.paul
    client.force_login(everybody_at(somebody))

    assert wrong(ask, lambda page, method: 404 if page.of_a_record else None) == []
    for page in PAGES:
        if not page.of_a_record:
            text = ask(page, "get").content.decode()
            assert not [ours for ours in ("Tamarack", "W-00", cast.facility.name) if ours in text], page.name


def test_it_lets_an_inspector_look_and_do_nothing(cast: Cast, client: Client, ask: Answer) -> None:
    client.force_login(cast.ines)

    assert wrong(ask, lambda page, method: None if page.permission in LOOKING else 403) == []
    with nothing_written():
        for page in PAGES:
            if page.permission in LOOKING:
                assert ask(page, "post").status_code < 500, page.name


def test_it_shows_a_display_the_wall_alone(cast: Cast, client: Client, ask: Answer) -> None:
    client.force_login(one_more(cast, Role.DISPLAY, "Wall Display"))

    assert wrong(ask, lambda page, method: None if page.permission is Permission.WALL else 403) == []
    for page in PAGES:
        if page.permission is Permission.WALL:
            assert "Tamarack" not in ask(page, "get").content.decode()


def test_it_leads_somebody_not_signed_in_to_the_door(client: Client, ask: Answer) -> None:
    with nothing_written():
        for page in PAGES:
            for method in METHODS:
                answer = ask(page, method)
                assert answer.status_code in (302, 405), page.name
                assert answer.status_code == 405 or answer["Location"].startswith(reverse("account_login")), page.name
