"""What no page thinks of: null bytes, the server's clock, a tablet left alone, what was saved."""

from datetime import UTC, datetime
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import AuditEvent
from clinic.rules.roles import Role
from tests.clock import clock_at
from tests.factories import NINE, make_cast, one_more

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/patients/?found=%00", "/check-in/?page=a%00b", "/facility/?program=%00"])
def test_a_null_byte_is_refused(client: Client, address: str) -> None:
    client.force_login(make_cast().ada)
    assert client.get(address).status_code == 400


@pytest.mark.parametrize("cookie", ["vigil_session", "vigil_session_tablet", "csrftoken"])
def test_a_null_byte_in_a_cookie_is_refused(client: Client, cookie: str) -> None:
    """Quoted, a cookie may hold any byte, written in digits."""
    assert client.get("/accounts/login/", headers={"Cookie": f'{cookie}="\\000{"a" * 31}"'}).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_a_page_is_shown_to_no_other_method(client: Client, method: str) -> None:
    answer = client.generic(method, "/accounts/login/")
    assert (answer.status_code, answer["Allow"], answer.content) == (405, "GET, HEAD, POST", b"")


@pytest.mark.parametrize("said", ["-1", "x", "\xb2", "9" * 30])
def test_a_length_that_is_none_is_answered(client: Client, said: str) -> None:
    assert client.post("/accounts/login/", CONTENT_LENGTH=said).status_code in (200, 400, 413)


def test_whoever_asks_does_not_choose_the_number_under_which_it_is_written(client: Client) -> None:
    """The audit and every row keep it, in 64 characters."""
    cast = make_cast()
    client.force_login(cast.nora)
    form = {"entry_id": str(uuid4()), "asset_tag": "OX-9", "working": "yes"}
    with clock_at(NINE):
        done = client.post("/facility/check-oximeter/", form, headers={"X-Request-ID": "theirs" * 20})
    assert done.status_code == 302
    assert "theirs" not in AuditEvent.objects.latest("recorded_at").request_id


def test_it_says_the_servers_time_with_every_answer(client: Client) -> None:
    at = datetime(2026, 4, 14, 13, 0, tzinfo=UTC)
    with clock_at(at):
        for path in ("/healthz", "/", "/nowhere/"):
            assert client.get(path)["X-Server-Now"] == at.isoformat()


class TestIdle:
    REFRESH = {"X-Requested-With": "refresh"}

    @pytest.fixture(autouse=True)
    def thirty_minutes(self, settings: Any) -> None:
        settings.IDLE_MINUTES = 30

    def get(self, client: Client, minute: float, **headers: str) -> int:
        with mock.patch("clinic.middleware.time", return_value=1_000_000 + minute * 60):
            return int(client.get("/patients/", headers=headers or None).status_code)

    def poll(self, client: Client, minute: float) -> int:
        return self.get(client, minute, **self.REFRESH)

    @pytest.fixture
    def nora(self, client: Client) -> Client:
        client.force_login(make_cast().nora)
        assert self.get(client, 0) == 200
        return client

    @pytest.mark.parametrize(("minute", "status"), [(29.9, 200), (30, 302)])
    def test_it_signs_out_after_so_many_minutes(self, nora: Client, minute: float, status: int) -> None:
        assert self.get(nora, minute) == status

    def test_it_counts_from_the_last_use(self, nora: Client) -> None:
        assert [self.get(nora, minute) for minute in (29, 58, 87, 117)] == [200, 200, 200, 302]

    def test_it_takes_no_page_that_fetches_itself_for_use_and_signs_it_out_too(self, nora: Client) -> None:
        assert [self.poll(nora, minute) for minute in (10, 20, 29, 30)] == [200, 200, 200, 302]

    def test_it_writes_at_most_once_a_minute_and_never_for_a_page_that_fetches_itself(self, nora: Client) -> None:
        def writes(ask: Any, minute: float) -> int:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                ask(nora, minute)
            return sum("UPDATE" in query["sql"] for query in queries.captured_queries)

        assert [writes(self.get, 0.9), writes(self.poll, 5), writes(self.get, 6), writes(self.get, 6.5)] == [0, 0, 1, 0]

    def test_it_counts_from_the_use_after_the_clock_was_set_back(self, nora: Client) -> None:
        assert [self.get(nora, minute) for minute in (-60, -30.1, 0)] == [200, 200, 302]

    def test_it_may_be_turned_off(self, nora: Client, settings: Any) -> None:
        settings.IDLE_MINUTES = 0
        assert self.get(nora, 10_000) == 200

    def test_it_leaves_a_display_on(self, client: Client) -> None:
        cast = make_cast()
        client.force_login(one_more(cast, Role.DISPLAY))
        # 403: a display looks at no patients, and is known all the same.
        assert [self.poll(client, minute) for minute in (0, 31, 500)] == [403, 403, 403]


class TestWhatWasSaved:
    def send(self, client: Client, entry_id: str, **typed: str) -> set[str]:
        response = client.post(reverse("sessions_app:record-presence"), {"entry_id": entry_id, **typed})
        return {name for name in response.cookies if "saved" in name}

    def test_it_names_the_entry_that_was_done_and_no_other(self, client: Client) -> None:
        cast, done, refused = make_cast(), str(uuid4()), str(uuid4())
        client.force_login(cast.nora)
        assert self.send(client, done, person=str(cast.nils.pk), kind="ARRIVED") == {f"saved_{done}"}
        assert self.send(client, refused, person="", kind="ARRIVED") == set()
        assert self.send(client, "x; Domain=evil") == set()

    def test_it_says_that_nobody_was_signed_in(self, client: Client) -> None:
        entry_id = str(uuid4())
        assert self.send(client, entry_id) == {f"unsaved_{entry_id}"}


class TestScriptsThatSend:
    """clinic/outbox.js sends a form for its page, and the page goes on where the server says."""

    def go(self, client: Client, **headers: str) -> Any:
        return client.post("/accounts/logout/", headers=headers or None)

    def test_it_is_told_where_to_go_and_follows_nothing(self, client: Client) -> None:
        client.force_login(make_cast().nora)
        answer = self.go(client, **{"X-Requested-With": "form"})
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer["X-Go"] == "/accounts/login/"
        assert "Location" not in answer

    def test_a_browser_is_redirected(self, client: Client) -> None:
        client.force_login(make_cast().nora)
        assert self.go(client).status_code == 302
