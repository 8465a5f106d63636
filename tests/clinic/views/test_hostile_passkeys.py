"""What is sent in place of a passkey's answer, by whoever likes: it is refused, never a failure of the server."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.cast import PASSWORD
from tests.factories import make_cast
from tests.passkey import SoftKey

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/2fa/webauthn/login/"


def packed(content: Any) -> str:
    return (
        urlsafe_b64encode(content if isinstance(content, bytes) else json.dumps(content).encode()).decode().strip("=")
    )


CLIENT = packed({"type": "webauthn.get", "challenge": "AAAA", "origin": "https://testserver"})
WHOLE: dict[str, Any] = {
    "id": "AAAA",
    "rawId": "AAAA",
    "type": "public-key",
    "response": {
        "clientDataJSON": CLIENT,
        "authenticatorData": packed(bytes(37)),
        "signature": "AAAA",
        "attestationObject": "oA",
        "userHandle": packed(b"8"),
    },
    "clientExtensionResults": {},
}


def other(**changed: Any) -> str:
    return json.dumps({**WHOLE, "response": {**WHOLE["response"], **changed}})


ANSWERS = {
    "deep": "[" * 50_000,
    "deep in it": '{"id":' * 20_000,
    "long number": "9" * 5_000,
    "no number": "NaN",
    "null byte": '"\\u0000"',
    "surrogate": '{"id": "\\ud800", "rawId": "\\ud800"}',
    "nothing": "null",
    "list": "[]",
    "text": '"x"',
    "empty": "{}",
    "whole": json.dumps(WHOLE),
    "of other types": json.dumps(dict.fromkeys(WHOLE, 7)),
    "of lists": json.dumps({**WHOLE, "id": [], "rawId": {}}),
    "list of answers": json.dumps({**WHOLE, "response": []}),
    "text for an answer": json.dumps({**WHOLE, "response": "x"}),
    "other type": json.dumps({**WHOLE, "type": "x"}),
    "letters no base 64 has": json.dumps({**WHOLE, "rawId": "\u00e9\ud800!"}),
    "client of nothing": other(clientDataJSON=""),
    "client no json": other(clientDataJSON=packed(b"\xff\xfe")),
    "client a list": other(clientDataJSON=packed([])),
    "client a number": other(clientDataJSON=packed(7)),
    "client without type": other(clientDataJSON=packed({})),
    "client of other types": other(clientDataJSON=packed({"type": 7, "challenge": [], "origin": {}})),
    "deep client": other(clientDataJSON=packed(b"[" * 20_000)),
    "short data": other(authenticatorData="AAAA"),
    "empty data": other(authenticatorData=""),
    "data said to hold more": other(authenticatorData=packed(bytes(32) + b"\xff" + bytes(8))),
    "odd attestation": other(attestationObject=packed(b"\x9f" * 3_000)),
    "deep attestation": other(attestationObject=packed(b"\x81" * 20_000)),
    "attestation of nothing": other(attestationObject=""),
    "attestation a map of types": other(attestationObject=packed(b"\xa1\x63fmt\x07")),
    "nobody's handle": other(userHandle=None),
    "handle no text": other(userHandle=packed(b"\xff\xfe")),
    "handle of null": other(userHandle=packed(b"\x00" * 16)),
    "handle a number": other(userHandle=7),
    "long handle": other(userHandle=packed(b"9" * 5_000)),
}


def test_in_place_of_signing_in(client: Client) -> None:
    answered = {}
    for said, answer in ANSWERS.items():
        client.get(LOGIN, headers={"X-Requested-With": "XMLHttpRequest"})
        answered[said] = client.post(LOGIN, {"credential": answer}).status_code
    assert answered == dict.fromkeys(ANSWERS, 302)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("page", ["add", "reauthenticate"])
def test_in_place_of_a_new_one_and_of_proving_oneself(client: Client, page: str) -> None:
    cast = make_cast()
    SoftKey().belong_to(cast.nora)
    client.force_login(cast.nora)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answered = {}
    for said, answer in ANSWERS.items():
        cache.clear()  # wrong answers are counted
        client.get(f"/accounts/2fa/webauthn/{page}/")
        done = client.post(f"/accounts/2fa/webauthn/{page}/", {"credential": answer, "name": "x"})
        answered[said] = done.status_code
    assert answered == dict.fromkeys(ANSWERS, 200 if page == "add" else 302)
    assert cast.nora.authenticator_set.count() == 1


def test_beside_a_password(client: Client) -> None:
    """Where a second factor is asked for."""
    cast = make_cast()
    SoftKey().belong_to(cast.nora)
    answered = {}
    client.post("/accounts/login/", {"login": "nora", "password": PASSWORD})
    for said, answer in ANSWERS.items():
        cache.clear()
        answered[said] = client.post("/accounts/2fa/authenticate/", {"credential": answer}).status_code
    assert answered == dict.fromkeys(ANSWERS, 200)
    assert "_auth_user_id" not in client.session
