"""Pages that stay open: nothing new costs one small query, and everything else goes the whole way."""

from collections.abc import Callable
from datetime import timedelta
from time import time
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from clinic.actions.sign_in import end_sign_ins
from clinic.actions.staff import end_role
from clinic.models import RoleAssignment, SignIn, User
from clinic.rules.roles import Role
from tests.clock import clock_at
from tests.factories import (
    LAST_DEVICE,
    NINE,
    Cast,
    checked_in,
    employ,
    in_monitoring,
    make_cast,
    make_otto,
    minutes,
)

pytestmark = pytest.mark.django_db
NOW = LAST_DEVICE + minutes(12)
FLOOR, LIVE = "/", "sessions_app.views.live"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


def version_of(client: Client, url: str, *, now: Any = NOW) -> str:
    """What the page that is open shows."""
    with clock_at(now):
        response = client.get(url, headers={"X-Requested-With": "refresh"})
    assert response.status_code == 200
    return str(response["ETag"])


def asked_again(client: Client, url: str, version: str, *, now: Any = NOW, **headers: str) -> Any:
    with clock_at(now):
        return client.get(url, headers={"X-Requested-With": "refresh", "If-None-Match": version, **headers})


@pytest.fixture(params=["floor", "session"])
def url(request: Any, cast: Cast) -> str:
    walk = in_monitoring(cast)
    return FLOOR if request.param == "floor" else f"/dosing-sessions/{walk.dosing_session.pk}/"


class TestNothingNew:
    def test_it_costs_one_small_query(
        self, url: str, nora: Client, django_assert_num_queries: Callable[..., Any]
    ) -> None:
        version = version_of(nora, url)

        with django_assert_num_queries(1):
            again = asked_again(nora, url, version, now=NOW + timedelta(seconds=5))

        assert again.status_code == 304
        assert again.content == b""
        assert again["ETag"] == version
        assert again["X-Server-Now"] == (NOW + timedelta(seconds=5)).isoformat()
        assert "Set-Cookie" not in again.headers

    def test_it_is_known_from_the_whole_page_too(self, url: str, nora: Client) -> None:
        with clock_at(NOW):
            page = nora.get(url).content.decode()
        token = page.partition('data-version="')[2].partition('"')[0]

        assert asked_again(nora, url, f'"{token}"').status_code == 304


class TestLeftAlone:
    def test_it_costs_one_query_until_the_sign_in_is_idle_and_then_leads_to_the_sign_in(
        self, url: str, nora: Client, settings: Any, django_assert_num_queries: Callable[..., Any]
    ) -> None:
        settings.IDLE_MINUTES = 30
        version_of(nora, url)  # the first page of a sign-in writes down when it was used
        version, began = version_of(nora, url), time()

        with mock.patch(f"{LIVE}.time", return_value=began + 29 * 60), django_assert_num_queries(1):
            assert asked_again(nora, url, version).status_code == 304
        later: dict[str, Any] = {"return_value": began + 31 * 60}
        with mock.patch(f"{LIVE}.time", **later), mock.patch("clinic.middleware.time", **later):
            assert asked_again(nora, url, version).status_code == 302


class TestSomethingNew:
    def test_it_is_seen_when_anything_was_written_at_the_facility(self, cast: Cast, url: str, nora: Client) -> None:
        version = version_of(nora, url)

        checked_in(cast, now=NOW)

        assert asked_again(nora, url, version).status_code == 200

    def test_what_stands_on_another_session_is_seen_on_the_floor_alone(self, cast: Cast, nora: Client) -> None:
        walk, other = in_monitoring(cast), in_monitoring(cast)
        page = f"/dosing-sessions/{walk.dosing_session.pk}/"
        versions = {url: version_of(nora, url) for url in (page, FLOOR)}

        other.check(NOW)

        assert [asked_again(nora, url, version).status_code for url, version in versions.items()] == [304, 200]
        walk.check(NOW)
        assert asked_again(nora, page, versions[page]).status_code == 200

    def test_it_is_seen_when_time_alone_changes_the_page(self, cast: Cast, nora: Client) -> None:
        in_monitoring(cast)
        due = LAST_DEVICE + minutes(40)
        version = version_of(nora, FLOOR, now=due - minutes(3))

        assert asked_again(nora, FLOOR, version, now=due - timedelta(seconds=1)).status_code == 304
        assert asked_again(nora, FLOOR, version, now=due).status_code == 200

    def test_it_is_not_seen_of_another_facility(self, cast: Cast, url: str, nora: Client) -> None:
        version = version_of(nora, url)

        make_otto()

        assert asked_again(nora, url, version).status_code == 304


class TestAnotherPerson:
    """Every refusal to say "nothing new" leads the whole way, where it is decided anew."""

    def test_it_is_a_sign_in_after_signing_out(self, url: str, nora: Client) -> None:
        version, key = version_of(nora, url), nora.cookies["vigil_session"].value
        nora.post("/accounts/logout/")
        nora.cookies["vigil_session"] = key

        assert asked_again(nora, url, version).status_code == 302

    def test_it_is_a_sign_in_when_the_sign_in_has_lapsed(self, url: str, nora: Client) -> None:
        version = version_of(nora, url)
        SignIn.objects.update(expire_date=NOW - timedelta(seconds=1))

        assert asked_again(nora, url, version).status_code == 302

    def test_it_is_a_sign_in_when_an_administrator_ended_it(self, cast: Cast, url: str, nora: Client) -> None:
        version = version_of(nora, url)
        end_sign_ins(person=cast.nora, by=cast.ada, now=NOW)

        assert asked_again(nora, url, version).status_code == 302

    def test_it_is_a_sign_in_for_somebody_no_longer_active(self, cast: Cast, url: str, nora: Client) -> None:
        version = version_of(nora, url)
        User.objects.filter(pk=cast.nora.pk).update(is_active=False)

        assert asked_again(nora, url, version).status_code == 302

    def test_it_is_a_sign_in_after_a_new_password(self, cast: Cast, url: str, nora: Client) -> None:
        version = version_of(nora, url)
        cast.nora.set_password("another correct horse")
        cast.nora.save(update_fields=["password"])

        assert asked_again(nora, url, version).status_code == 302

    def test_it_is_refused_without_a_role(self, cast: Cast, url: str, nora: Client) -> None:
        version = version_of(nora, url)
        sequence_stays = RoleAssignment.objects.filter(user=cast.nora)
        sequence_stays.update(ended_at=NINE, ended_by=cast.ada)

        assert asked_again(nora, url, version).status_code in (403, 404)

    def test_it_is_refused_once_the_role_has_ended(self, cast: Cast, url: str, nora: Client) -> None:
        version = version_of(nora, url)
        for assignment in RoleAssignment.objects.filter(user=cast.nora):
            end_role(assignment=assignment, by=cast.ada, now=NOW)

        assert asked_again(nora, url, version).status_code in (403, 404)

    def test_it_answers_nobody_else_with_the_same_version(self, cast: Cast, url: str, nora: Client) -> None:
        version = version_of(nora, url)
        nils, nobody = Client(), Client()
        nils.force_login(cast.nils)

        assert asked_again(nils, url, version).status_code == 200
        assert asked_again(nobody, url, version).status_code == 302

    def test_it_answers_no_other_address_or_order(self, url: str, nora: Client) -> None:
        version = version_of(nora, url)

        assert asked_again(nora, f"{url}?order=urgency", version).status_code == 200

    @pytest.mark.parametrize("version", ['"x"', '"a:b:c"', "*", 'W/"x"', '""', "é"])
    def test_it_takes_no_version_that_it_did_not_give(self, url: str, nora: Client, version: str) -> None:
        assert asked_again(nora, url, version).status_code == 200


class TestTheOrder:
    def test_it_is_remembered_and_another_version(self, cast: Cast, nora: Client) -> None:
        in_monitoring(cast)
        by_chair = version_of(nora, FLOOR)

        version_of(nora, f"{FLOOR}?order=urgency")

        assert nora.cookies["vigil_order"].value == "urgency"
        assert asked_again(nora, FLOOR, by_chair).status_code == 200


def test_it_sees_another_facility_at_once_when_another_is_chosen(cast: Cast, nora: Client) -> None:
    other = make_cast(facility_name="Wrenfield North", organisation=cast.facility.organisation, suffix="2")
    employ(cast.nora, other.facility, Role.NURSE)
    version = version_of(nora, FLOOR)

    nora.post("/facility/choose/", {"entry_id": "0197a000-0000-7000-8000-000000000001", "place": other.facility.pk})

    again = asked_again(nora, FLOOR, version)
    assert again.status_code == 200
    assert "Wrenfield North" in again.content.decode()
