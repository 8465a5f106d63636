"""What no page has to think of: a null byte in an address, and the server's clock."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.clock import clock_at
from tests.factories import make_cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/patients/?q=%00", "/check-in/?q=a%00b", "/facility/record-confirmation/?program=%00"]
)
def test_a_null_byte_is_refused(client: Client, address: str) -> None:
    client.force_login(make_cast().ada)
    assert client.get(address).status_code == 400


def test_it_says_the_servers_time_with_every_answer(client: Client) -> None:
    at = datetime(2026, 4, 14, 13, 0, tzinfo=UTC)
    with clock_at(at):
        for path in ("/healthz", "/", "/nowhere/"):
            assert client.get(path)["X-Server-Now"] == at.isoformat()
