"""Second factors: set up, asked for, demanded, and never in clear in the database."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.accounts import SECOND_FACTOR, SecondFactor
from clinic.actions.staff import grant_role
from clinic.models import SignIn, User
from clinic.rules.roles import Role
from tests.clock import clock_at
from tests.factories import NINE, PASSWORD, Cast, one_more
from tests.scene import cast, clinic
from tests.telephone import Telephone, telephone

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
SET_UP = "/accounts/second-factor/"


@pytest.fixture
def phone() -> Iterator[Telephone]:
    cache.clear()
    with telephone() as phone:
        yield phone


@pytest.fixture
def required(settings: Any) -> None:
    settings.MFA_REQUIRED = True


def sign_in(client: Client, person: User) -> Any:
    return client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})


def prove_again(client: Client) -> None:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def set_up(client: Client, person: User, phone: Telephone) -> None:
    sign_in(client, person)
    prove_again(client)
    page = client.get("/accounts/2fa/totp/activate/")
    phone.scan(page.context["form"].secret)
    assert client.post("/accounts/2fa/totp/activate/", {"code": phone.code()}).status_code == 302


def give_code(client: Client, code: str) -> Any:
    return client.post("/accounts/2fa/authenticate/", {"code": code})


def recovery_codes(person: User) -> list[str]:
    kept = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = kept.wrap().get_unused_codes()
    return codes


class TestAnAuthenticatorApp:
    def test_it_is_asked_for_after_the_password_and_no_code_opens_twice(self, cast: Cast, phone: Telephone) -> None:
        set_up(Client(), cast.nora, phone)
        client = Client()
        assert sign_in(client, cast.nora)["Location"] == "/accounts/2fa/authenticate/"
        assert client.get("/").status_code == 302
        refused = give_code(client, phone.wrong_code())
        assert "This code is not right, or no longer" in refused.content.decode()
        code = phone.next_code()
        assert give_code(client, code)["Location"] == "/"
        assert client.session[SECOND_FACTOR] == SecondFactor.TOTP
        assert client.get("/").status_code == 200

        another = Client()
        sign_in(another, cast.nora)
        assert give_code(another, code).status_code == 200
        assert another.get("/").status_code == 302

    def test_it_lets_in_once_with_each_recovery_code(self, cast: Cast, phone: Telephone) -> None:
        set_up(Client(), cast.nora, phone)
        code, *others = recovery_codes(cast.nora)
        client = Client()
        sign_in(client, cast.nora)
        assert give_code(client, code)["Location"] == "/"
        assert client.session[SECOND_FACTOR] == SecondFactor.RECOVERY
        assert recovery_codes(cast.nora) == others
        another = Client()
        sign_in(another, cast.nora)
        assert give_code(another, code).status_code == 200

    def test_its_secret_and_the_codes_stand_nowhere_in_the_database(self, cast: Cast, phone: Telephone) -> None:
        def everything() -> str:
            factors = Authenticator.objects.values_list("data", flat=True)
            return json.dumps([*factors, *(row.get_decoded() for row in SignIn.objects.all())])

        client = Client()
        sign_in(client, cast.nora)
        prove_again(client)
        answer = client.get("/accounts/2fa/totp/activate/")
        phone.scan(answer.context["form"].secret)
        half_way = everything()
        wrong = client.post("/accounts/2fa/totp/activate/", {"code": phone.wrong_code()})
        assert wrong.context["form"].secret == phone.secret
        client.post("/accounts/2fa/totp/activate/", {"code": phone.code()})
        set_up_now = everything()

        raw = base64.b32decode(phone.secret)
        for word in (phone.secret, raw.hex(), base64.b64encode(raw).decode(), *recovery_codes(cast.nora)):
            assert word not in half_way
            assert word not in set_up_now
        assert '"mfa.totp.secret": "gAAAA' in half_way  # as encrypted
        assert '"secret": "gAAAA' in set_up_now
        assert "no-store" in answer["Cache-Control"]

    def test_it_is_set_up_by_whoever_shows_once_more_who_they_are(self, cast: Cast, client: Client) -> None:
        sign_in(client, cast.nora)
        for page in ("totp/activate/", "webauthn/add/"):
            assert "/accounts/reauthenticate/" in client.get(f"/accounts/2fa/{page}")["Location"]

    def test_it_is_removed_and_its_recovery_codes_with_it(self, cast: Cast, client: Client, phone: Telephone) -> None:
        set_up(client, cast.nora, phone)
        client.post("/accounts/2fa/totp/deactivate/")
        assert not Authenticator.objects.filter(user=cast.nora).exists()


@pytest.mark.usefixtures("required")
class TestASecondFactorDemanded:
    @pytest.mark.parametrize(
        ("name", "demanded"), [("nora", True), ("paul", True), ("ada", True), ("fred", False), ("ines", False)]
    )
    def test_it_is_demanded_of_who_doses_discharges_or_administers(
        self, cast: Cast, client: Client, name: str, demanded: bool
    ) -> None:
        with clock_at(NINE):  # within the inspector's term
            sign_in(client, getattr(cast, name))
            for path in ("/", "/patients/", "/facility/"):
                answer = client.get(path)
                assert (answer.status_code, answer.get("Location")) == ((302, SET_UP) if demanded else (200, None))
            posted = client.post("/facility/record-presence/", {"entry_id": "01980000-0000-7000-8000-000000000000"})
        assert (posted.get("Location") == SET_UP) is demanded
        assert not [cookie for cookie in posted.cookies if cookie.startswith("saved_")]

    def test_it_leaves_a_display_alone(self, cast: Cast, client: Client) -> None:
        client.force_login(one_more(cast, Role.DISPLAY))
        assert client.get("/wall/").status_code == 200

    def test_it_says_why_and_opens_once_one_is_set_up(self, cast: Cast, client: Client, phone: Telephone) -> None:
        sign_in(client, cast.nora)
        assert "Your role doses, discharges or administers" in client.get(SET_UP).content.decode()
        set_up(client, cast.nora, phone)
        assert client.get("/").status_code == 200
        assert client.get(SET_UP)["Location"] == "/"

    def test_it_lets_nobody_in_elsewhere_by_what_was_set_up_here(
        self, cast: Cast, client: Client, phone: Telephone
    ) -> None:
        before = Client()
        sign_in(before, cast.nora)
        set_up(client, cast.nora, phone)
        assert before.get("/")["Location"] == SET_UP
        assert "Show your second factor" in before.get(SET_UP).content.decode()
        before.post("/accounts/2fa/reauthenticate/", {"code": phone.wrong_code()})
        assert before.get("/")["Location"] == SET_UP
        before.post("/accounts/2fa/reauthenticate/", {"code": phone.next_code()})
        assert before.get("/").status_code == 200

    def test_it_is_demanded_from_the_moment_of_a_new_role(self, cast: Cast, client: Client) -> None:
        sign_in(client, cast.fred)
        assert client.get("/").status_code == 200
        grant_role(person=cast.fred, facility=cast.facility, role=Role.NURSE, by=cast.ada, now=NINE)
        assert client.get("/")["Location"] == SET_UP

    def test_it_takes_an_enrolled_tablet_for_one(self, cast: Cast, client: Client) -> None:
        sign_in(client, cast.nora)
        session = client.session
        session[SECOND_FACTOR] = SecondFactor.TABLET.value
        session.save()
        assert client.get("/").status_code == 200

    def test_it_costs_no_query(self, cast: Cast, client: Client, phone: Telephone, settings: Any) -> None:
        set_up(client, cast.nora, phone)
        counts = []
        for required in (True, False):
            settings.MFA_REQUIRED = required
            client.get("/")
            with CaptureQueriesContext(connection) as queries:
                client.get("/")
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_it_is_not_given_up(self, cast: Cast, client: Client, phone: Telephone) -> None:
        set_up(client, cast.nora, phone)
        answer = client.post("/accounts/2fa/totp/deactivate/")
        assert "add another one first" in answer.content.decode()
        assert Authenticator.objects.filter(user=cast.nora, type="totp").exists()

    def test_it_keeps_the_last_passkey_and_lets_one_of_two_go(self, cast: Cast, client: Client) -> None:
        sign_in(client, cast.nora)
        prove_again(client)
        first, second = (
            Authenticator.objects.create(user=cast.nora, type="webauthn", data={"name": name, "credential": {}})
            for name in ("First", "Second")
        )
        for key in (first, second):
            client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
        assert list(Authenticator.objects.filter(user=cast.nora)) == [second]


def test_it_is_not_demanded_where_the_installation_says_so(cast: Cast, client: Client) -> None:
    sign_in(client, cast.nora)
    assert client.get("/").status_code == 200
