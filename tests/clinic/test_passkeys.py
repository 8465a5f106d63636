"""A passkey signs one form of one person, once, and asks its owner each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from allauth.core import context
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from clinic.accounts import HAS_PASSKEY
from clinic.actions.signature import PASSWORD_ATTEMPTS, prove_passkey
from clinic.identifiers import new_id
from clinic.models import Signature, User
from clinic.passkeys import ANSWERED_WITHIN, signing_challenge
from clinic.rules.refusals import ActionRefused
from clinic.rules.signature import Factor
from sessions_app.models import DoseOrder
from tests.clock import clock_at
from tests.factories import NINE, Cast, checked_in, minutes
from tests.passkey import SoftKey
from tests.scene import cast, clinic
from tests.sessions_app.views.forms import hidden_fields

__all__ = ["cast", "clinic"]
FORM = new_id()


@contextmanager
def request_of_testserver() -> Iterator[None]:
    with context.request_context(RequestFactory().get("/")):
        yield


@pytest.fixture(autouse=True)
def in_a_request() -> Iterator[None]:
    with request_of_testserver():
        yield


def challenge(person: User, *, form: UUID = FORM, now: datetime = NINE) -> tuple[dict[str, Any], dict[str, Any]]:
    made = signing_challenge(person, form=form, now=now)
    assert made is not None
    return made


def problem(person: User, kept: dict[str, Any] | None, given: str, **said: Any) -> object:
    """What is wrong with this answer; None where it signs."""
    try:
        proof = prove_passkey(by=person, kept=kept, given=given, **{"form": FORM, "now": NINE, **said})
    except ActionRefused as error:
        return error.refusals[0].params["problem"]
    assert (proof.person_id, proof.factor) == (person.pk, Factor.PASSKEY)
    return None


@pytest.mark.django_db
class TestAnAnswer:
    @pytest.fixture(autouse=True)
    def nothing_counted(self, db: None) -> None:
        cache.clear()

    @pytest.fixture
    def key(self, cast: Cast) -> SoftKey:
        key = SoftKey()
        key.belong_to(cast.paul)
        return key

    def test_it_signs_once(self, cast: Cast, key: SoftKey) -> None:
        asked, kept = challenge(cast.paul)
        given = key.answer(asked)
        assert problem(cast.paul, kept, given) is None
        assert problem(cast.paul, kept, given) == "passkey_wrong"

    def test_it_signs_no_other_form(self, cast: Cast, key: SoftKey) -> None:
        asked, kept = challenge(cast.paul)
        assert problem(cast.paul, kept, key.answer(asked), form=new_id()) == "passkey_wrong"

    def test_it_signs_for_nobody_else(self, cast: Cast, key: SoftKey) -> None:
        own = SoftKey()
        own.belong_to(cast.nora)
        asked, kept = challenge(cast.paul)
        assert problem(cast.nora, kept, key.answer(asked)) == "passkey_wrong"
        asked, kept = challenge(cast.paul)
        assert problem(cast.paul, kept, own.answer(asked)) == "passkey_wrong"

    @pytest.mark.parametrize(("after", "expected"), [(-1, None), (0, "passkey_wrong")])
    def test_it_is_given_within_two_minutes(self, cast: Cast, key: SoftKey, after: int, expected: str | None) -> None:
        asked, kept = challenge(cast.paul)
        now = NINE + ANSWERED_WITHIN + timedelta(seconds=after)
        assert problem(cast.paul, kept, key.answer(asked), now=now) == expected

    def test_it_answers_the_challenge_that_was_asked_here(self, cast: Cast, key: SoftKey) -> None:
        (asked, kept), (other, _) = challenge(cast.paul), challenge(cast.paul)
        for given in (
            key.answer(other),
            key.answer(asked, origin="https://elsewhere.example.org"),
            key.answer(asked, host="elsewhere.example.org"),
            key.answer(asked)[:-1],
            key.answer(asked).replace('"signature": "M', '"signature": "N'),
            "{}",
            "[]",
            "null",
            '{"id": "x", "rawId": "x", "type": "public-key", "response": null}',
            '{"id": "x", "rawId": "x", "type": "public-key", "response": {"clientDataJSON": "x"}}',
            '"x"',
        ):
            assert problem(cast.paul, kept, given) == "passkey_wrong", given
            cache.clear()  # so that it is this very answer that is refused
        assert problem(cast.paul, None, key.answer(asked)) == "passkey_wrong"
        assert problem(cast.paul, kept, key.answer(asked)) is None

    def test_it_comes_from_a_key_that_knows_its_owner(self, cast: Cast) -> None:
        plain = SoftKey(verifies=False)
        plain.belong_to(cast.paul)
        asked, kept = challenge(cast.paul)
        assert problem(cast.paul, kept, plain.answer(asked)) == "passkey_wrong"

    def test_it_is_counted_with_the_wrong_passwords(self, cast: Cast, key: SoftKey) -> None:
        for _ in range(PASSWORD_ATTEMPTS):
            assert problem(cast.paul, None, "{}") == "passkey_wrong"
        asked, kept = challenge(cast.paul)
        assert problem(cast.paul, kept, key.answer(asked)) == "signature_locked"

    def test_it_is_asked_of_nobody_without_a_passkey(self, cast: Cast, client: Client) -> None:
        assert signing_challenge(cast.nora, form=FORM, now=NINE) is None
        client.force_login(cast.nora)
        url = reverse("account_signing_challenge")
        assert [client.post(url, {"form": word}).status_code for word in (str(FORM), "x")] == [409, 400]
        assert client.get(url).status_code == 405


@pytest.mark.django_db
class TestAForm:
    """A dose order, signed by passkey on its page."""

    @pytest.fixture
    def key(self, cast: Cast) -> SoftKey:
        cache.clear()
        key = SoftKey()
        key.belong_to(cast.paul)
        return key

    def sign(self, client: Client, key: SoftKey, url: str, **changed: str) -> Any:
        fields = hidden_fields(client.get(url))
        asked = client.post(reverse("account_signing_challenge"), {"form": fields["entry_id"]}).json()
        said = {"mg": "56", "devices": "2", "signature_passkey": key.answer(asked)}
        return client.post(url, {**fields, **said, **changed})

    def test_it_is_signed_by_it_and_says_so(self, cast: Cast, client: Client, key: SoftKey) -> None:
        url = reverse("sessions_app:order-dose", args=[checked_in(cast).dosing_session.pk])
        client.force_login(cast.paul)
        with clock_at(NINE + minutes(5)):
            assert self.sign(client, key, url).status_code == 302
        row = DoseOrder.objects.get()
        signature = Signature.objects.get(row_id=row.pk)
        assert (signature.factor, signature.performed_by) == ("PASSKEY", cast.paul)

    def test_it_is_refused_at_its_field_and_the_challenge_is_gone(
        self, cast: Cast, client: Client, key: SoftKey
    ) -> None:
        url = reverse("sessions_app:order-dose", args=[checked_in(cast).dosing_session.pk])
        client.force_login(cast.paul)
        with clock_at(NINE + minutes(5)):
            answer = self.sign(client, key, url, entry_id=str(new_id()))
        assert answer.status_code == 409
        assert "The passkey did not sign this form" in answer.content.decode()
        assert "signing_challenge" not in client.session
        assert not DoseOrder.objects.exists()

    def test_it_offers_one_to_who_has_one(self, cast: Cast, client: Client, key: SoftKey) -> None:
        url = reverse("sessions_app:order-dose", args=[checked_in(cast).dosing_session.pk])
        client.force_login(cast.paul)
        for has, expected in ((False, False), (True, True)):
            session = client.session
            session[HAS_PASSKEY] = has
            session.save()
            with clock_at(NINE + minutes(5)):
                text = client.get(url).content.decode()
            assert ("Sign with passkey" in text) is expected
            assert 'name="signature"' in text
