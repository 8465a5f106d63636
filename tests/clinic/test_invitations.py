"""The link for somebody without a password: whose it is, for how long, and how often."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.core import signing
from django.test import Client

from clinic import logs
from clinic.actions.sign_in import reset_password, set_password
from clinic.invitations import LINK_HOLDS, SALT, invited, welcome_path
from clinic.models import User
from tests.clock import clock_at
from tests.factories import NINE, PASSWORD, Cast
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
NEW = "four plain words here"
SECOND = timedelta(seconds=1)


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def token_of(person: User) -> str:
    return welcome_path(fresh(person), NINE).split("/")[-2]


class TestTheLink:
    @pytest.mark.parametrize(("after", "good"), [(LINK_HOLDS - SECOND, True), (LINK_HOLDS, False)])
    def test_it_holds_for_three_days(self, cast: Cast, after: timedelta, good: bool) -> None:
        assert (invited(token_of(cast.nora), at=NINE + after) == cast.nora) is good

    def test_it_is_dead_once_the_password_was_changed_or_reset(self, cast: Cast) -> None:
        token = token_of(cast.nora)
        set_password(person=cast.nora, password=PASSWORD, by=cast.nora, now=NINE)  # the very same
        assert invited(token, at=NINE) is None
        token = token_of(cast.nora)
        reset_password(person=cast.nora, by=cast.ada, now=NINE)
        assert invited(token, at=NINE) is None

    def test_it_is_dead_once_they_signed_in_otherwise(self, cast: Cast, client: Client) -> None:
        token = token_of(cast.nora)
        client.force_login(cast.nora)
        assert invited(token, at=NINE) is None

    def test_it_is_of_nobody_who_is_closed_out(self, cast: Cast) -> None:
        token = token_of(cast.nora)
        User.objects.filter(pk=cast.nora.pk).update(is_active=False)
        assert invited(token, at=NINE) is None

    def test_it_cannot_be_made_up(self, cast: Cast) -> None:
        token = token_of(cast.nora)
        payload, _, signature = token.rpartition(":")
        said = signing.Signer(salt=SALT).unsign_object(token)
        elsewhere = signing.Signer(salt="another").sign_object([cast.nils.pk.hex, *said[1:]])
        for other in (payload, f"{payload}:{signature[::-1]}", elsewhere, "", "x", token_of(cast.nils)[:-1]):
            assert invited(other, at=NINE) is None

    def test_it_does_not_stand_in_the_log(self, cast: Cast) -> None:
        path = welcome_path(cast.nora, NINE)
        request = SimpleNamespace(method="GET", path=path)
        assert logs.RequestLogMiddleware.format_request(request) == "GET /accounts/welcome/..."  # type: ignore[arg-type]


class TestThePage:
    def test_it_sets_a_password_once_and_signs_in(self, cast: Cast, client: Client) -> None:
        reset_password(person=cast.nora, by=cast.ada, now=NINE)
        path = welcome_path(fresh(cast.nora), NINE)
        with clock_at(NINE):
            assert "Welcome, Nora Nightjar" in client.get(path).content.decode()
            answer = client.post(path, {"password1": NEW, "password2": NEW})
            assert (answer.status_code, answer["Location"]) == (302, "/")
            assert client.session["_auth_user_id"] == str(cast.nora.pk)
            for method in (client.get, client.post):
                again = method(path, {"password1": PASSWORD, "password2": PASSWORD})
                assert again.status_code == 410
                assert "no longer works" in again.content.decode()
        assert fresh(cast.nora).check_password(NEW)

    def test_it_leads_past_the_second_factor_of_whoever_has_one(self, cast: Cast, client: Client) -> None:
        Authenticator.objects.create(user=cast.nora, type="totp", data={"secret": "x"})
        path = welcome_path(fresh(cast.nora), NINE)
        with clock_at(NINE):
            answer = client.post(path, {"password1": NEW, "password2": NEW})
        assert answer["Location"] == "/accounts/2fa/authenticate/"
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize(
        ("first", "second", "said"),
        [
            ("short one", "short one", "at least 12 characters"),
            ("nora nightjar", "nora nightjar", "too similar to the printed name"),
            ("123456789012", "123456789012", "entirely numeric"),
            ("q1w2e3r4t5y6", "q1w2e3r4t5y6", "too common"),
            (NEW, NEW + "s", "same password"),
        ],
    )
    def test_it_says_at_the_field_what_is_wrong_with_a_password(
        self, cast: Cast, client: Client, first: str, second: str, said: str
    ) -> None:
        path = welcome_path(fresh(cast.nora), NINE)
        with clock_at(NINE):
            answer = client.post(path, {"password1": first, "password2": second})
        assert answer.status_code == 422
        field = "password2" if first != second else "password1"
        at_field = re.search(rf'id="id_{field}_error".*?</', answer.content.decode(), re.DOTALL)
        assert at_field is not None
        assert said in at_field.group()
        assert fresh(cast.nora).check_password(PASSWORD)

    def test_it_signs_out_whoever_was_signed_in_there(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ada)
        path = welcome_path(fresh(cast.nora), NINE)
        with clock_at(NINE):
            client.post(path, {"password1": NEW, "password2": NEW})
        assert client.session["_auth_user_id"] == str(cast.nora.pk)
