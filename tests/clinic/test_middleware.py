"""A null byte in an address is a bad question, not a failure of ours."""

import pytest
from django.test import Client

from tests.factories import make_cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/patients/?q=%00", "/check-in/?q=a%00b", "/facility/record-confirmation/?program=%00"]
)
def test_a_null_byte_is_refused(client: Client, address: str) -> None:
    client.force_login(make_cast().ada)
    assert client.get(address).status_code == 400
