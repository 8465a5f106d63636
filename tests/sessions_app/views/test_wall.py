"""The wall, and the sign-in of a television."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from clinic.models import SignIn, User
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, NINE, PASSWORD, Cast, booked, in_monitoring, make_cast, minutes
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db
NOW = LAST_DEVICE + minutes(12)
SOMEBODY = "01980000-0000-7000-8000-000000000000"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def wall(cast: Cast) -> User:
    admin = Client()
    admin.force_login(cast.ada)
    said = {"username": "wall", "password": PASSWORD, "password_again": PASSWORD}
    with clock_at(NINE):
        assert fill_in(admin, "/facility/add-display/", **said).status_code == 302
    return User.objects.get(username="wall")


def sign_in(client: Client, username: str) -> Any:
    return client.post("/accounts/login/", {"login": username, "password": PASSWORD})


class TestWall:
    def test_it_shows_chairs_and_names_nobody(self, cast: Cast, wall: User, client: Client) -> None:
        in_monitoring(cast)
        booked(cast, now=NOW + minutes(20))
        client.force_login(wall)
        with clock_at(NOW):
            text = client.get("/wall/").content.decode()

        for words in ("Wrenfield Clinic", "40-min check in", "Next patient", "May leave", "Prescriber on site"):
            assert words in text
        for name in ("Rosalind", "Tamarack", "R.T.", "Basil", "W-00"):
            assert name not in text
        drawn = re.sub(r"<template.*?</template>", "", text, flags=re.DOTALL)
        for control in ("<a ", "<button", "<form", "<input"):
            assert control not in drawn

    def test_it_is_dark_unless_asked_to_be_light(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.nora)
        assert 'data-theme="dark"' in client.get("/wall/").content.decode()
        assert 'data-theme="light"' in client.get("/wall/?theme=light").content.decode()
        assert 'data-theme="dark"' in client.get("/wall/?theme=pink").content.decode()

    def test_it_opens_to_whoever_reads_the_chart_for_it_shows_readings(self, cast: Cast, client: Client) -> None:
        assert client.get("/wall/").status_code == 302
        for person, status in ((cast.nora, 200), (cast.paul, 200), (cast.ines, 200), (cast.fred, 403), (cast.ada, 403)):
            client.force_login(person)
            with clock_at(NINE):
                assert client.get("/wall/").status_code == status

    def test_it_asks_again_for_one_query(
        self, cast: Cast, wall: User, client: Client, django_assert_num_queries: Callable[..., Any]
    ) -> None:
        in_monitoring(cast)
        client.force_login(wall)
        with clock_at(NOW):
            version = client.get("/wall/", headers={"X-Requested-With": "refresh"})["ETag"]
            with django_assert_num_queries(1):
                again = client.get("/wall/", headers={"X-Requested-With": "refresh", "If-None-Match": version})
        assert again.status_code == 304


class TestTheTelevision:
    def test_it_lands_on_the_wall_and_stays_signed_in_for_ninety_days(self, wall: User, client: Client) -> None:
        response = sign_in(client, "wall")
        assert (response.status_code, response["Location"]) == (302, "/wall/")
        lasts = SignIn.objects.get(pk=response.cookies["vigil_session"].value).expire_date - timezone.now()
        assert timedelta(days=89) < lasts <= timedelta(days=90)
        assert int(response.cookies["vigil_session"]["max-age"]) > timedelta(days=89).total_seconds()

    def test_it_is_twelve_hours_and_the_floor_for_everybody_else(self, cast: Cast, client: Client) -> None:
        response = sign_in(client, "nora")
        assert response["Location"] == "/"
        assert SignIn.objects.get().expire_date - timezone.now() <= timedelta(hours=12)

    def test_it_is_refused_on_every_other_page(self, cast: Cast, wall: User, client: Client) -> None:
        walk = in_monitoring(cast)
        client.force_login(wall)
        tried = 0
        for route in routes():
            for known in ("session_id", "patient_id"):
                pk = walk.dosing_session.pk if known == "session_id" else walk.dosing_session.patient_id
                route = route.replace(f"<uuid:{known}>", str(pk))
            if "<" in route or route in OPEN_TO_A_DISPLAY:
                continue
            for answer in (client.get(f"/{route}"), client.post(f"/{route}")):
                assert answer.status_code in (403, 404, 405), (route, answer.status_code)
            tried += 1
        assert tried > 40
        assert client.get("/accounts/password/change/").status_code == 403

    def test_its_name_is_not_on_the_list_of_people(self, cast: Cast, wall: User, client: Client) -> None:
        client.force_login(cast.ada)
        text = client.get("/facility/").content.decode()
        assert "display on the wall" in text
        assert f'<option value="{wall.pk}">' not in text


class TestAddDisplay:
    def test_it_says_at_the_field_what_cannot_be(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ada)
        good = {"username": "wall", "password": PASSWORD, "password_again": PASSWORD}
        for wrong, words in (
            ({"username": "nora"}, "nora is in use already."),
            ({"password": "12345678", "password_again": "12345678"}, "entirely numeric"),
            ({"password_again": "something else"}, "Not the same as above."),
        ):
            answer = fill_in(client, "/facility/add-display/", **{**good, **wrong})
            assert answer.status_code in (409, 422)
            assert words in answer.content.decode()
        assert not User.objects.filter(username="wall").exists()

    def test_it_is_refused_to_who_runs_no_facility(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.nora)
        assert client.get("/facility/add-display/").status_code == 403


# Without a sign-in of a tablet its two lead to the door.
OPEN_TO_A_DISPLAY = {
    *("wall/", "healthz", "accounts/login/", "accounts/logout/", "tablet/", "tablet/lock/"),
    *("manifest.webmanifest", "worker.js", "offline/"),
    # Of a tablet that was handed over; any other is led home.
    *(f"questionnaire/{step}" for step in ("", "answer/", "before/", "stop/")),
}


def routes(resolver: URLResolver | None = None, before: str = "") -> list[str]:
    found = []
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        found += routes(pattern, route) if isinstance(pattern, URLResolver) else []
        found += [route] if isinstance(pattern, URLPattern) and "^" not in route else []
    return found
