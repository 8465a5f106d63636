"""What a shared tablet does to every page, left alone and revoked."""

from typing import Any
from unittest import mock

import pytest
from django.test import Client

from clinic.models import Tablet
from clinic.rules.roles import Role
from tests.clock import clock_at
from tests.factories import (
    LAST_DEVICE,
    PASSWORD,
    Cast,
    in_monitoring,
    minutes,
    one_more,
)
from tests.sessions_app.views.at_tablet import (
    COOKIE,
    SECRET,
    SWITCH,
    at_tablet,
    cast,
    come_in,
    revoke,
    signed_in,
    tablet,
)

__all__ = ["at_tablet", "cast", "tablet"]
pytestmark = pytest.mark.django_db


class TestTheFrame:
    def test_it_has_a_switch_and_keeps_no_page_for_whoever_goes_back(self, cast: Cast, at_tablet: Client) -> None:
        come_in(at_tablet, cast.nora)
        page = at_tablet.get("/patients/")
        assert page["Cache-Control"] == "private, no-store"
        text = page.content.decode()
        assert 'data-lock-after="120"' in text
        assert 'form="switch"' in text
        assert 'action="/accounts/logout/"' not in text

    def test_it_is_nowhere_else(self, cast: Cast, client: Client, tablet: Tablet) -> None:
        client.force_login(cast.nora)
        page = client.get("/patients/")
        assert 'form="switch"' not in page.content.decode()

    def test_it_costs_a_device_that_is_no_tablet_no_query(self, client: Client, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            client.get(SWITCH)


class TestLeftAlone:
    def get(self, client: Client, minute: float, **headers: str) -> int:
        with mock.patch("clinic.middleware.time", return_value=1_000_000 + minute * 60):
            return int(client.get("/patients/", headers=headers or None).status_code)

    @pytest.fixture
    def nora(self, cast: Cast, at_tablet: Client) -> Client:
        come_in(at_tablet, cast.nora)
        self.get(at_tablet, 0)
        return at_tablet

    @pytest.mark.parametrize(("minute", "status"), [(1.99, 200), (2, 302)])
    def test_it_is_locked_after_two_minutes(self, nora: Client, minute: float, status: int) -> None:
        assert self.get(nora, minute) == status

    def test_it_counts_from_the_last_touch_and_not_from_the_minute_before(self, nora: Client) -> None:
        assert [self.get(nora, minute) for minute in (0.9, 2.8, 4.7, 6.8)] == [200, 200, 200, 302]

    def test_it_is_told_of_a_touch_that_sends_nothing_else(self, nora: Client) -> None:
        with mock.patch("clinic.middleware.time", return_value=1_000_000 + 90):
            nora.get("/healthz")
        assert [self.get(nora, minute) for minute in (3.4, 5.4)] == [200, 302]

    def test_it_leaves_a_display_on(self, cast: Cast, at_tablet: Client) -> None:
        at_tablet.force_login(one_more(cast, Role.DISPLAY, "Wall Display"))
        page = at_tablet.get("/wall/").content.decode()
        assert 'form="switch"' not in page
        assert "data-lock-after" not in page
        assert [self.get(at_tablet, minute) for minute in (0, 100)] == [403, 403]

    def test_it_takes_no_page_that_fetches_itself_for_a_touch(self, nora: Client) -> None:
        polls = [self.get(nora, minute, **{"X-Requested-With": "refresh"}) for minute in (0.5, 1, 1.5, 2)]
        assert polls == [200, 200, 200, 302]

    def test_it_may_be_turned_off(self, nora: Client, settings: Any) -> None:
        settings.TABLET_LOCK_MINUTES = 0
        assert self.get(nora, 10_000) == 200
        settings.IDLE_MINUTES = 30
        assert self.get(nora, 20_000) == 302


class TestRevoked:
    def test_it_ends_every_sign_in_on_it_at_once(self, cast: Cast, tablet: Tablet, at_tablet: Client) -> None:
        with_password = Client()
        with_password.cookies[COOKIE] = SECRET
        with_password.post("/accounts/login/", {"login": "nils", "password": PASSWORD})
        elsewhere = Client()
        elsewhere.force_login(cast.nora)
        come_in(at_tablet, cast.nora)
        assert [who.get("/patients/").status_code for who in (at_tablet, with_password, elsewhere)] == [200] * 3

        revoke(tablet, cast)

        answers = [who.get("/patients/") for who in (at_tablet, with_password, elsewhere)]
        assert [answer.status_code for answer in answers] == [302, 302, 200]
        assert [signed_in(who) for who in (at_tablet, with_password)] == ["", ""]
        assert answers[0]["Location"] == "/accounts/login/?next=/patients/"
        assert "no longer enrolled" in at_tablet.get("/accounts/login/").content.decode()
        assert come_in(at_tablet, cast.nora)["Location"].startswith("/accounts/login/")

    def test_it_ends_a_page_that_fetches_itself(self, cast: Cast, tablet: Tablet, at_tablet: Client) -> None:
        come_in(at_tablet, cast.nora)
        walk = in_monitoring(cast)
        url, now = f"/dosing-sessions/{walk.dosing_session.pk}/", LAST_DEVICE + minutes(12)
        refresh = {"X-Requested-With": "refresh"}
        with clock_at(now):
            version = at_tablet.get(url, headers=refresh)["ETag"]
            version = at_tablet.get(url, headers=refresh)["ETag"]
            again = {**refresh, "If-None-Match": version}
            assert at_tablet.get(url, headers=again).status_code == 304
            with mock.patch("clinic.audit.record"):  # nothing else tells this page
                revoke(tablet, cast)
            assert at_tablet.get(url, headers=again).status_code == 302

    def test_it_is_worth_nothing_without_the_tablets_own_cookie(self, cast: Cast, at_tablet: Client) -> None:
        come_in(at_tablet, cast.nora)
        copied = Client()
        copied.cookies["vigil_session"] = at_tablet.cookies["vigil_session"].value
        assert copied.get("/patients/").status_code == 302
        assert come_in(at_tablet, cast.nora).status_code == 302

    def test_it_takes_whoever_was_signed_in_before_it_was_enrolled(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ada)
        form = client.get("/facility/enrol-tablet/").content.decode()
        entry_id = form.partition('name="entry_id" value="')[2].partition('"')[0]
        made = client.post("/facility/enrol-tablet/", {"entry_id": entry_id, "name": "Room 5"})
        assert (made.status_code, made.cookies[COOKIE]["httponly"]) == (302, True)
        text = client.get("/facility/").content.decode()
        assert "Room 5" in text
        assert "(this one)" in text
        assert "Enrol this tablet" not in text
        assert client.get("/facility/enrol-tablet/").status_code == 302

        revoke(Tablet.objects.get(), cast)

        assert client.get("/facility/").status_code == 302
        assert made.cookies[COOKIE].value not in str(Tablet.objects.values())
