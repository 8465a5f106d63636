"""What every kind of answer tells the browser: whom it may load, frame, ask and tell, and that it keeps nothing."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as configured
from django.core.exceptions import SuspiciousOperation
from django.test import Client
from django.urls import reverse

from clinic.actions.document import keep_document
from tests.clinic.test_settings import PRODUCTION, run
from tests.factories import NINE, PASSWORD, Walk, checked_in, entry, make_cast
from tests.files import a_file

pytestmark = pytest.mark.django_db
KEPT_BY_ITSELF = ("/worker.js", "/static/")

POLICY = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
# Whatever somebody uploaded has no script, no origin and no form.
PAPER = {"default-src": ["'none'"], "sandbox": []}
ABOUT_NOBODY = (400, 401, 403, 404, 405, 413, 500)
OF_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}


@pytest.fixture(autouse=True)
def over_https(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


@pytest.fixture
def walk() -> Walk:
    return checked_in(make_cast())


def answers(walk: Walk) -> Iterator[tuple[str, Any]]:
    """One of each kind, by the status it must have."""
    session = reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])
    nora, ada, nobody = Client(raise_request_exception=False), Client(), Client(enforce_csrf_checks=True)
    nora.force_login(walk.cast.nora)
    ada.force_login(walk.cast.ada)

    def get(client: Client, path: str) -> Any:
        return client.get(path, secure=True)

    def post(client: Client, path: str, **typed: Any) -> Any:
        return client.post(path, typed, secure=True)

    yield "200 page", get(nora, session)
    yield "200 list", get(nora, "/patients/")
    yield "200 door", get(nobody, "/accounts/login/")
    yield "200 health", get(nobody, "/healthz")
    yield "200 worker", get(nobody, "/worker.js")
    yield "200 manifest", get(nobody, "/manifest.webmanifest")
    yield "200 offline", get(nobody, "/offline/")
    yield "200 file", get(nobody, "/static/clinic/vigil.js")
    yield "200 drawing", get(nobody, "/static/clinic/favicon.svg")
    yield "200 table", get(ada, "/facilities/csv/")
    paper = keep_document(facility=walk.cast.facility, file=a_file(), entry=entry(), by=walk.cast.ada, now=NINE)
    yield "200 paper", get(ada, reverse("sessions_app:document", args=[paper.pk]))
    yield "302 to the door", get(nobody, session)
    yield "302 away", post(nora, "/accounts/logout/")
    nora.force_login(walk.cast.nora)
    yield "400 null byte", get(nora, "/patients/?found=%00")
    with mock.patch("sessions_app.views.floor.Day", side_effect=SuspiciousOperation("Tamarack")):
        yield "400 refused", get(nora, "/")
    yield "400 challenge", post(nora, "/accounts/signing-challenge/")
    yield "401 waited", nora.post(session + "repeat-bp/", headers={"X-Outbox-Author": "nobody"}, secure=True)
    yield "403 role", get(nora, "/facility/set-policy/")
    yield "403 forged", post(nobody, "/accounts/login/", login="nora", password="x")
    yield "404 nowhere", get(nora, "/nowhere/")
    yield "404 elsewhere", get(nora, "/dosing-sessions/00000000-0000-0000-0000-000000000000/")
    yield "405 method", get(nora, "/facility/choose/")
    yield "422 form", post(nora, session + "clear/", entry_id="01890000-0000-7000-8000-000000000000", prescriber="")
    yield (
        "413 too long",
        nora.post("/facility/keep-document/", b"", "text/plain", CONTENT_LENGTH="999999999", secure=True),
    )
    yield "409 refused", post(nora, session + "repeat-bp/", entry_id="01890000-0000-7000-8000-000000000001")
    with mock.patch("sessions_app.views.floor.Day", side_effect=RuntimeError("Tamarack")):
        yield "500 failed", get(nora, "/")


def test_every_kind_of_answer_has_them(walk: Walk) -> None:
    wrong = {}
    for what, answer in answers(walk):
        policy = dict(part.strip().partition(" ")[::2] for part in answer.get("Content-Security-Policy", "").split(";"))
        found = {name: answer.get(name) for name in OF_EVERY_ANSWER}
        kept = answer.get("Cache-Control", "")
        problems = [
            found != OF_EVERY_ANSWER and found,
            {name: said.split() for name, said in policy.items()} != (PAPER if "paper" in what else POLICY) and policy,
            "camera=()" not in answer.get("Permissions-Policy", "") and "Permissions-Policy",
            # A file of the deployment says for itself how long it is kept; a browser asks for the worker each time.
            answer.wsgi_request.path.startswith(KEPT_BY_ITSELF) is ("no-store" in kept) and kept,
            len(answer.get("X-Request-ID", "")) != 36 and not what.endswith(("file", "drawing")) and "X-Request-ID",
            answer.status_code in ABOUT_NOBODY and b"Tamarack" in answer.getvalue() and "says whom it was about",
        ]
        if found := [problem for problem in problems if problem] or what[:3] != str(answer.status_code):
            wrong[what] = answer.status_code, found
        if answer.streaming:  # a file of the deployment
            b"".join(answer.streaming_content)
            for each in answer._resource_closers:
                each()
    assert wrong == {}


def test_cookies_go_over_https_alone_and_no_script_or_other_site_has_them(walk: Walk) -> None:
    browser = Client()
    page = browser.get("/accounts/login/", secure=True)
    assert page.cookies[configured.CSRF_COOKIE_NAME]["httponly"]
    browser.post("/accounts/login/", {"login": "nora", "password": PASSWORD}, secure=True)
    cookies = browser.cookies
    assert set(cookies) == {
        configured.SESSION_COOKIE_NAME,
        configured.CSRF_COOKIE_NAME,
    }
    for cookie in cookies.values():
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
        assert not cookie["domain"]


def test_over_https_a_cookie_bears_the_name_that_only_this_host_may_set() -> None:
    code = (
        "from clinic.settings import *; print(SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, TABLET_COOKIE_NAME, "
        "SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE, SECURE_SSL_REDIRECT, SECURE_HSTS_SECONDS)"
    )
    said = run("-c", code, **PRODUCTION).stdout.split()
    assert said == [
        *("__Host-vigil_session", "__Host-csrftoken", "__Host-vigil_session_tablet"),
        *("True", "True", "True", "31536000"),
    ]


def test_a_page_says_its_number_and_takes_none_from_outside(walk: Walk) -> None:
    nora = Client(raise_request_exception=False)
    nora.force_login(walk.cast.nora)
    forged = {"X-Request-ID": "forged\x00 another line", "X-Correlation-ID": "forged"}
    pages = [nora.get("/nowhere/", headers=forged), nora.get("/facility/set-policy/", headers=forged)]
    with mock.patch("sessions_app.views.floor.Day", side_effect=RuntimeError("Tamarack")):
        pages.append(nora.get("/", headers=forged))
    for page in pages:
        assert "forged" not in page["X-Request-ID"]
        assert page["X-Request-ID"][:8] in page.content.decode(), page.status_code
