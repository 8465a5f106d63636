"""An enrolled tablet, and who has a PIN."""

from typing import Any

import pytest
from django.test import Client

from clinic.actions.tablet import revoke_tablet
from clinic.models import Tablet, User
from tests.clock import clock_at
from tests.factories import (
    NINE,
    PIN,
    Cast,
    entry,
    give_pin,
    make_cast,
    make_tablet,
)

SWITCH, LOCK = "/tablet/", "/tablet/lock/"
SECRET = "what-only-this-tablet-knows"
COOKIE = "vigil_session_tablet"


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    for person in (cast.nora, cast.paul, cast.fred):
        give_pin(person)
    return cast


@pytest.fixture
def tablet(cast: Cast) -> Tablet:
    return make_tablet(cast, secret=SECRET)


@pytest.fixture
def at_tablet(client: Client, tablet: Tablet) -> Client:
    client.cookies[COOKIE] = SECRET
    return client


def come_in(client: Client, person: User, pin: str = PIN, **fields: str) -> Any:
    with clock_at(NINE):
        return client.post(SWITCH, {"person": str(person.pk), "pin": pin, **fields})


def signed_in(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))


def revoke(tablet: Tablet, cast: Cast) -> None:
    revoke_tablet(tablet=tablet, entry=entry(), by=cast.ada, now=NINE)
