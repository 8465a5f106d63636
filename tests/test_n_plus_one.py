"""No page asks the database the same once per row: every address, as a role that it is open to, in a full house, under
django-zeal (docs/decisions/0045)."""

import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from zeal import zeal_context
from zeal.constants import initialize_app_registry
from zeal.patch import patch

from clinic.matrix import opens
from clinic.rules.roles import Role
from sessions_app.rules.states import State
from tests.clock import clock_at
from tests.counted import counted_and_recalled
from tests.factories import STAY_ENDS, booked, cleared, employ, in_monitoring, in_state, make_cast, make_person, minutes
from tests.pages import Page, pages, things_of
from tests.scene import scene
from tests.sessions_app.rich import rich_session

NOW = STAY_ENDS + minutes(90)
# What is asked once per row all the same, and why.
ALLOWED: dict[str, str] = {}


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[list[dict[str, Any]], dict[Role, Client]]]:
    """Two of nearly everything, each session a way to its own pages; and somebody of each role."""
    initialize_app_registry()
    patch()
    with scene(django_db_blocker), clock_at(NOW):
        cast = make_cast()
        walks = [
            rich_session(cast),
            in_monitoring(cast),
            in_monitoring(cast),
            cleared(cast),
            booked(cast),
            booked(cast),
        ]
        walks += [in_state(cast, state) for state in (State.LEFT_EARLY, State.LEFT_EARLY, State.TRANSFERRED)]
        counted_and_recalled(cast)
        clients = {}
        for role in Role:
            employ(person := make_person(f"one-{role}", f"One {role}"), cast.facility, role)
            clients[role] = Client()
            clients[role].force_login(person)
        yield [things_of(walk) for walk in walks[:2]], clients


def asked_again(client: Client, url: str) -> set[str]:
    """What zeal noticed. (A page's first request may read what is kept from then on.)"""
    client.get(url)
    with warnings.catch_warnings(record=True) as noticed, zeal_context():
        warnings.simplefilter("always")
        client.get(url)
    return {str(each.message) for each in noticed if "N+1 detected" in str(each.message)}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_it_asks_for_all_rows_at_once(page: Page, house: Any, settings: Any) -> None:
    settings.ZEAL_RAISE = False
    all_things, clients = house
    logging.disable()
    try:
        client = next((clients[role] for role in Role if opens(role, page.takes)), Client())
        found = {said for things in all_things for said in asked_again(client, page.url(things))}
    finally:
        logging.disable(logging.NOTSET)
    assert {said for said in found if not any(allowed in said for allowed in ALLOWED)} == set()


def test_it_notices_a_question_per_row(house: Any, settings: Any) -> None:
    from sessions_app.models import DosingSession

    settings.ZEAL_RAISE = False
    with warnings.catch_warnings(record=True) as noticed, zeal_context():
        warnings.simplefilter("always")
        assert {session.patient.full_name for session in DosingSession.objects.all()}
    assert any("DosingSession.patient" in str(each.message) for each in noticed)
