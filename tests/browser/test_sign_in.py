"""Signing in as a person does: with an authenticator app, a recovery code, a passkey; and kept out."""

from collections.abc import Iterator
from time import time
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clinic.accounts import SECOND_FACTOR
from clinic.actions.sign_in import reset_password
from clinic.invitations import welcome_path
from clinic.models import Signature, User
from tests.browser.stage import Clinic, Wall, accessible, picture, violations
from tests.factories import NINE, PASSWORD, Cast, checked_in, make_cast
from tests.passkey import SoftKey
from tests.telephone import Telephone, telephone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Door(Clinic):
    """One person before a tablet."""

    def press(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).or_(
                self.page.get_by_role("link", name=name, exact=True)
            ).first.click()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def says(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def go(self, path: str) -> None:
        self.page.goto(self.server.url + path)

    def give_code(self, code: str) -> None:
        self.fill("Code", code)
        self.press("Sign in")

    def is_in(self) -> None:
        expect(self.page.locator(".page-floor, .floor").first).to_be_visible()


@pytest.fixture
def cast(wall: Wall, settings: Any) -> Cast:
    settings.MFA_REQUIRED = True
    cache.clear()
    return make_cast()


@pytest.fixture
def phone() -> Iterator[Telephone]:
    with telephone() as phone:
        yield phone


@pytest.fixture
def door(page: Page, live_server: LiveServer, cast: Cast) -> Door:
    return Door(page, live_server)


@pytest.fixture
def key(page: Page) -> None:
    """A device that has a key of its own and knows its owner's finger."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_it_sets_up_an_app_on_a_link_and_signs_in_with_code_and_recovery_code(
    door: Door, cast: Cast, phone: Telephone
) -> None:
    # given a nurse whose administrator gave her a link in place of a password
    reset_password(person=cast.nora, by=cast.ada, now=NINE)
    door.go(welcome_path(User.objects.get(username="nora"), NINE))
    door.says("Welcome, Nora Nightjar")
    accessible(door.page)
    picture(door.page, "welcome")
    # when she sets one, then Vigil asks for a second factor before anything else, and says why
    door.fill("New password", PASSWORD)
    door.fill("The same again", PASSWORD)
    door.press("Set it and sign in")
    door.says("Your role doses, discharges or administers")
    accessible(door.page)
    door.press("Set it up")
    accessible(door.page)
    picture(door.page, "authenticator-app")
    phone.scan(door.page.locator(".account-secret").inner_text())
    door.fill("Code", phone.wrong_code())
    door.press("Set it up")
    door.says("This code is not right")
    phone.scan(door.page.locator(".account-secret").inner_text())
    door.fill("Code", phone.code())
    door.press("Set it up")
    # then she has recovery codes, and is let in
    code = door.page.locator(".account-codes code").first.inner_text()
    accessible(door.page)
    picture(door.page, "recovery-codes")
    door.press("I have them, go on")
    door.is_in()
    # and signs in with a code, then with a recovery code, which opens once
    for right in (phone.next_code(), code):
        door.sign_out()
        door.come_through_the_door("nora")
        accessible(door.page)
        picture(door.page, "second-factor")
        door.give_code(right)
        door.is_in()
    door.sign_out()
    door.come_through_the_door("nora")
    door.give_code(code)
    door.says("This code is not right, or no longer")
    # and, after ten, not even the right one
    for _ in range(9):
        door.give_code("00000000")
    door.give_code(phone.next_code())
    door.says("Locked: ten tries within five minutes were wrong")
    picture(door.page, "locked")


@pytest.mark.usefixtures("key")
def test_it_adds_a_passkey_signs_in_with_it_alone_and_after_the_password_and_signs_an_order(
    door: Door, cast: Cast
) -> None:
    # given a prescriber who signed in with a password
    dosing_session = checked_in(cast).dosing_session
    door.come_through_the_door("paul")
    door.says("Set up a second factor")
    # when he adds the passkey of this device
    door.press("Add a passkey")
    door.fill("Password", PASSWORD)
    door.press("Go on")
    accessible(door.page)
    picture(door.page, "add-passkey")
    door.press("Add it")
    door.press("I have them, go on")
    door.is_in()
    # then it is his whole sign-in
    door.sign_out()
    accessible(door.page)
    picture(door.page, "sign-in")
    door.press("Sign in with a passkey")
    door.is_in()
    door.go("/accounts/")
    door.says("signs in alone")
    accessible(door.page)
    picture(door.page, "my-sign-in")
    # and his second factor after the password
    door.sign_out()
    door.come_through_the_door("paul")
    door.press("Use a passkey")
    door.is_in()
    # and what signs a dose order in place of the password
    door.open_session(dosing_session)
    door.step("order-dose")
    door.choose("devices", "2")
    accessible(door.page)
    picture(door.page, "sign-with-passkey")
    door.press("Sign with passkey")
    door.saved()
    assert Signature.objects.filter(meaning="ORDERED", factor="PASSKEY", performed_by=cast.paul).exists()


def test_it_shows_every_page_of_ones_own_sign_in(page: Page, live_server: LiveServer, cast: Cast) -> None:
    # given a nurse with every kind of second factor, who has just said once more who she is
    TOTP.activate(cast.nora, generate_totp_secret())
    RecoveryCodes.activate(cast.nora)
    key = f"2fa/webauthn/keys/{SoftKey().belong_to(cast.nora).pk}"
    client = Client()
    client.force_login(cast.nora)
    session = client.session
    session[SECOND_FACTOR] = "totp"
    session["account_authentication_methods"] = [{"method": "password", "at": time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(cast.nora.pk)
    session.save()
    signed_in = {"name": "vigil_session", "value": str(session.session_key), "url": live_server.url}
    page.context.add_cookies([signed_in])  # type: ignore[list-item]
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    # when she looks at each of its pages
    parts = ("totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/add/", "reauthenticate/")
    for path in (
        *("", "password/change/", "logout/", "reauthenticate/", "welcome/used/"),
        *(f"2fa/{part}" for part in (*parts, "webauthn/reauthenticate/")),
        *(f"{key}/{part}/" for part in ("edit", "remove")),
    ):
        answer = page.goto(f"{live_server.url}/accounts/{path}")
        # then it is there, accessible, and lives under the policy that lets no inline script or style through
        assert answer is not None
        assert answer.status == (410 if "used" in path else 200), path
        assert page.url.endswith(f"/accounts/{path}")
        assert violations(page) == [], path
    expected = ("410", "blocked by Playwright")  # the page of a used link, and the tests' own refusal of a worker
    assert [each for each in complaints if not any(words in each for words in expected)] == []


def test_it_says_that_a_passkey_was_not_used(door: Door, page: Page, key: None) -> None:
    # given a device that has no key of hers: nothing is silent
    door.go("/accounts/login/")
    page.evaluate("void (navigator.credentials.get = () => Promise.reject(new Error('put off')))")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The passkey was not used.")).to_be_visible()
