"""Ten wrong tries in five minutes lock one person's name, in every process at once and for nobody else."""

from collections.abc import Iterator
from functools import partial
from time import time
from typing import Any
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.test import Client

from clinic.actions.sign_in import reset_password
from clinic.invitations import welcome_path
from clinic.models import User
from tests.clinic.test_passkeys import challenge, problem, request_of_testserver
from tests.clinic.views.test_second_factor import give_code, recovery_codes, set_up
from tests.clock import clock_at
from tests.factories import NINE, PASSWORD, Cast, make_cast
from tests.passkey import SoftKey
from tests.race import race
from tests.telephone import telephone

LIMIT = 10
SECOND = 1
MINUTES = 60


class Watch:
    """The machine's clock, by which tries are counted; no two read the same of it."""

    def __init__(self) -> None:
        self.at = time()

    def time(self) -> float:
        self.at += 0.001
        return self.at


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    with mock.patch("allauth.core.internal.ratelimit.time.time", watch.time):
        yield watch


def attempt(username: str, password: str, **said: Any) -> str:
    answer = Client().post("/accounts/login/", {"login": username, "password": password}, **said)
    if answer.status_code == 302:
        return "in"
    if answer.status_code == 429:
        return "locked"  # not tried, either
    text = answer.content.decode()
    return "locked" if "Locked: ten tries" in text else "wrong" if "do not belong together" in text else text


def fail(username: str, times: int, **said: Any) -> list[str]:
    return [attempt(username, "no such words", **said) for _ in range(times)]


@pytest.mark.django_db
class TestALockOut:
    @pytest.fixture
    def cast(self) -> Cast:
        cache.clear()
        return make_cast()

    def test_it_comes_after_ten_and_takes_what_is_right_for_wrong_too(self, cast: Cast, watch: Watch) -> None:
        assert fail("nora", LIMIT) == ["wrong"] * LIMIT
        assert [attempt("nora", PASSWORD), *fail("nora", 1)] == ["locked", "locked"]

    def test_it_is_told_to_who_watches_the_log_and_nothing_typed_is(
        self, cast: Cast, watch: Watch, caplog: pytest.LogCaptureFixture
    ) -> None:
        fail("nora", LIMIT)
        fail("my secret typed too early", LIMIT)
        assert "sign_in_locked" not in caplog.text
        for username in ("nora", "my secret typed too early"):
            attempt(username, PASSWORD)
        said = [record.msg for record in caplog.records if "sign_in_locked" in str(record.msg)]
        assert [each["person"] for each in said] == [str(cast.nora.pk), "nobody"]  # type: ignore[index]
        assert "too early" not in caplog.text

    def test_it_leaves_everybody_else_alone(self, cast: Cast, watch: Watch) -> None:
        fail("nora", LIMIT + 1)
        assert attempt("nils", PASSWORD) == "in"

    def test_it_ends_five_minutes_after_the_first_of_them(self, cast: Cast, watch: Watch) -> None:
        fail("nora", LIMIT)
        watch.at += 5 * MINUTES - SECOND
        assert attempt("nora", PASSWORD) == "locked"
        watch.at += 2 * SECOND
        assert attempt("nora", PASSWORD) == "in"

    def test_it_is_not_put_off_by_tries_with_what_is_right(self, cast: Cast, watch: Watch) -> None:
        for _ in range(3):
            assert fail("nora", 3) == ["wrong"] * 3
            assert attempt("nora", PASSWORD) == "in"
        assert fail("nora", 2) == ["wrong", "locked"]

    def test_it_counts_one_person_under_every_spelling_and_host(self, cast: Cast, watch: Watch, settings: Any) -> None:
        settings.ALLOWED_HOSTS = ["testserver", "other.example.org"]
        tries = [("nora", "testserver"), ("NORA", "testserver:81"), (" nora ", "other.example.org"), ("Nora", "x")]
        for username, host in tries * 3:
            attempt(username, "no such words", headers={"host": host if host != "x" else "testserver:99"})
        assert attempt("nora", PASSWORD) == "locked"

    def test_it_counts_the_guesses_of_whoever_holds_an_open_page(self, cast: Cast, watch: Watch) -> None:
        client = Client()
        client.post("/accounts/login/", {"login": "nora", "password": PASSWORD})
        for _ in range(LIMIT):
            client.post("/accounts/reauthenticate/", {"password": "no such words"})
        assert attempt("nora", PASSWORD) == "locked"

    def test_it_comes_for_codes_and_recovery_codes_too(self, cast: Cast, watch: Watch) -> None:
        with telephone() as phone:
            set_up(Client(), cast.nora, phone)
            recovery = recovery_codes(cast.nora)[0]
            client = Client()
            client.post("/accounts/login/", {"login": "nora", "password": PASSWORD})
            for number in range(LIMIT):
                wrong = phone.wrong_code() if number % 2 else "00000000"
                assert "not right, or no longer" in give_code(client, wrong).content.decode()
            for right in (phone.next_code(), recovery):
                assert "Locked: ten tries" in give_code(client, right).content.decode()
            assert recovery in recovery_codes(cast.nora)
            watch.at += 5 * MINUTES
            assert give_code(client, recovery).status_code == 302

    def test_it_is_kept_where_every_process_sees_it_and_nothing_pushes_it_out(self, cast: Cast) -> None:
        kept = settings.CACHES["default"]
        assert kept["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"
        assert kept["OPTIONS"]["MAX_ENTRIES"] >= 100_000
        fail("nora", LIMIT)
        for number in range(400):
            cache.set(f"nobody:{number}", 1)
        assert attempt("nora", PASSWORD) == "locked"


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    """Each with a connection of their own, as from many processes."""

    def test_it_lets_no_more_than_ten_passwords_be_tried(self, watch: Watch) -> None:
        cache.clear()
        make_cast()
        tried = []

        def counted(password: str, *said: Any, **more: Any) -> Any:
            tried.append(password)
            return check_password(password, *said, **more)

        with mock.patch("django.contrib.auth.base_user.check_password", counted):
            outcomes = race(*[lambda: attempt("nora", "no such words")] * (2 * LIMIT))

        assert set(outcomes) == {"wrong", "locked"}
        assert len(tried) == outcomes.count("wrong") <= LIMIT
        assert attempt("nora", PASSWORD) == ("locked" if outcomes.count("wrong") == LIMIT else "in")

    def test_it_lets_a_recovery_code_open_once(self) -> None:
        cache.clear()
        cast = make_cast()
        with telephone() as phone:
            set_up(Client(), cast.nora, phone)
            code = recovery_codes(cast.nora)[0]
            clients = [Client() for _ in range(4)]
            for client in clients:
                client.post("/accounts/login/", {"login": "nora", "password": PASSWORD})
            answers = race(*[lambda client=client: give_code(client, code).status_code for client in clients])
        assert sorted(answers) == [200, 200, 200, 302]
        assert Authenticator.objects.filter(user=User.objects.get(username="nora")).count() == 2

    def test_it_lets_a_link_set_one_password_of_two(self) -> None:
        cache.clear()
        cast = make_cast()
        reset_password(person=cast.nora, by=cast.ada, now=NINE)
        path = welcome_path(User.objects.get(pk=cast.nora.pk), NINE)

        def use(password: str) -> bool:
            """Let in; or led back to the link, or told that it is used, whichever the other one came before."""
            answer = Client().post(path, {"password1": password, "password2": password})
            let_in = (answer.status_code, answer.get("Location")) == (302, "/")
            assert let_in or answer.status_code == 410 or answer["Location"] == path
            return let_in

        with clock_at(NINE):
            answers = race(*[partial(use, f"{word} words of mine") for word in ("these", "those")])
            again = Client().get(path).status_code

        assert sorted(answers) == [False, True]
        assert again == 410
        kept = User.objects.get(pk=cast.nora.pk)
        assert [kept.check_password(f"{word} words of mine") for word in ("these", "those")] == answers

    def test_it_lets_a_passkey_sign_one_of_the_forms_it_was_sent_with(self) -> None:
        cache.clear()
        cast = make_cast()
        key = SoftKey()
        key.belong_to(cast.paul)
        with request_of_testserver():
            asked, kept = challenge(cast.paul)
        given = key.answer(asked)

        def sent() -> str:
            with request_of_testserver():
                return str(problem(cast.paul, kept, given))

        assert sorted(race(sent, sent, sent)) == ["None", "passkey_wrong", "passkey_wrong"]
