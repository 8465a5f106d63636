"""One's own sign-in: what is shown, what may be ended, and the password."""

import re
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.db import ProgrammingError, transaction
from django.test import Client

from clinic.models import AtTheDoor, SignIn, User
from clinic.models.sign_in import lately_at_the_door
from tests.factories import PASSWORD, PIN, Cast, give_pin, make_tablet
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
NEW = "four plain words here"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.fixture(autouse=True)
def no_lock_outs(db: None) -> None:
    cache.clear()


def signed_in(person: User, browser: str = "") -> Client:
    client = Client(headers={"User-Agent": browser})
    client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


class TestMySignIn:
    def test_it_shows_every_browser_and_no_key(self, cast: Cast) -> None:
        here, there = signed_in(cast.nora, FIREFOX), signed_in(cast.nora, IPAD)
        text = here.get("/accounts/").content.decode()
        assert "Firefox, Windows" in text
        assert "Safari, iPad" in text
        assert text.count("this one") == 1
        for client in (here, there):
            assert str(client.session.session_key) not in text

    def test_it_ends_one_and_the_others(self, cast: Cast) -> None:
        here, ipad, firefox, nils = (
            signed_in(person, browser)
            for person, browser in ((cast.nora, ""), (cast.nora, IPAD), (cast.nora, FIREFOX), (cast.nils, ""))
        )
        text = here.get("/accounts/").content.decode()
        (which,) = re.findall(r'value="(\w{16})"><button[^>]*Sign out: Safari, iPad', text)
        here.post("/accounts/sign-ins/end/", {"which": which})
        assert [is_in(client) for client in (here, ipad, firefox, nils)] == [True, False, True, True]
        here.post("/accounts/sign-ins/end/", {"which": "others"})
        assert [is_in(client) for client in (here, firefox, nils)] == [True, False, True]

    def test_it_ends_nobody_elses(self, cast: Cast) -> None:
        nora, nils = signed_in(cast.nora), [signed_in(cast.nils, IPAD) for _ in range(2)]
        which = re.findall(r'value="(\w{16})"', nils[0].get("/accounts/").content.decode())
        for word in (*which, *(str(client.session.session_key) for client in nils), "", "none"):
            nora.post("/accounts/sign-ins/end/", {"which": word})
        assert all(map(is_in, (nora, *nils)))

    def test_it_is_of_somebody_signed_in(self, client: Client) -> None:
        for path in ("", "sign-ins/end/", "password/change/", "second-factor/", "2fa/totp/activate/"):
            assert client.get(f"/accounts/{path}")["Location"].startswith("/accounts/login/")


class TestChangingThePassword:
    def change(self, client: Client, old: str = PASSWORD, new: str = NEW, again: str = "") -> Any:
        said = {"oldpassword": old, "password1": new, "password2": again or new}
        return client.post("/accounts/password/change/", said)

    def test_it_ends_every_other_sign_in_and_keeps_this_one(self, cast: Cast) -> None:
        here, there = signed_in(cast.nora), signed_in(cast.nora)
        assert self.change(here).status_code == 302
        assert (is_in(here), is_in(there)) == (True, False)
        assert SignIn.objects.filter(user=cast.nora).count() == 1
        assert User.objects.get(pk=cast.nora.pk).check_password(NEW)

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"old": "not it, that one"}, "That is not your password"),
            ({"new": "short one"}, "at least 12 characters"),
            ({"again": "another one here"}, "same password"),
        ],
    )
    def test_it_says_at_the_field_what_is_wrong(self, cast: Cast, said: dict[str, str], sentence: str) -> None:
        answer = self.change(signed_in(cast.nora), **said)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert User.objects.get(pk=cast.nora.pk).check_password(PASSWORD)


def test_it_routes_no_page_of_allauths_that_a_clinic_has_no_use_for(cast: Cast) -> None:
    client = signed_in(cast.nora)
    for path in ("signup/", "email/", "password/reset/", "password/set/", "login/code/confirm/", "2fa/trust/"):
        assert client.get(f"/accounts/{path}").status_code == 404


class TestAtTheDoor:
    """Who came and went, and who was kept out."""

    def passages(self, person: User) -> list[tuple[str, str, str]]:
        return [(each.passage, each.factor, each.address) for each in reversed(lately_at_the_door(person, most=99))]

    def test_it_is_written_down_each_time_and_once_for_a_lock(self, cast: Cast) -> None:
        for password in ("no such words", PASSWORD):
            client = Client(headers={"User-Agent": IPAD})
            client.post("/accounts/login/", {"login": "NORA", "password": password})
        client.post("/accounts/logout/")
        for _ in range(12):
            Client().post("/accounts/login/", {"login": "nora", "password": "no such words"})
        here = "127.0.0.1"
        came = [("WRONG", "", here), ("IN", "", here), ("OUT", "", here)]
        assert self.passages(cast.nora) == [*came, *[("WRONG", "", here)] * 9, ("LOCKED", "", here)]
        assert not AtTheDoor.objects.exclude(person=cast.nora).exists()
        last = lately_at_the_door(cast.nora, most=1)[0]
        assert (len(last.request_id), last.recorded_at is not None) == (36, True)

    def test_it_says_on_which_tablet_and_that_it_locked_itself(self, cast: Cast, settings: Any) -> None:
        tablet = make_tablet(cast, secret="of this one")
        give_pin(cast.nora)
        client = Client()
        client.cookies["vigil_session_tablet"] = "of this one"
        client.post("/tablet/", {"person": str(cast.nora.pk), "pin": PIN})
        settings.TABLET_LOCK_MINUTES = 2
        with mock.patch("clinic.middleware.time", return_value=1):
            client.get("/")
        with mock.patch("clinic.middleware.time", return_value=9_999_999):
            client.get("/")
        rows = lately_at_the_door(cast.nora, most=9)
        assert [(each.passage, each.factor, each.tablet) for each in rows] == [
            ("LEFT_ALONE", "", tablet),
            ("IN", "tablet", tablet),
        ]

    def test_it_is_shown_to_the_person_alone_and_changed_by_nobody(self, cast: Cast) -> None:
        Client().post("/accounts/login/", {"login": "nora", "password": "no such words"})
        assert "Wrong password" in signed_in(cast.nora).get("/accounts/").content.decode()
        assert "Wrong password" not in signed_in(cast.nils).get("/accounts/").content.decode()
        for forbidden in (AtTheDoor.objects.all().delete, lambda: AtTheDoor.objects.update(address="")):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                forbidden()
