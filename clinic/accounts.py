"""How allauth behaves here: nobody signs up by themselves, a display stays signed in and goes to its wall, and
second-factor secrets are stored encrypted."""

import base64
import hashlib
from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from clinic.access import is_display

# Nobody stands beside a television to sign it in again every morning [D].
DISPLAY_SIGN_IN = timedelta(days=90)


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Staff are entered by an administrator; there is no open registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if is_display(request.user):
            return reverse("sessions_app:wall")
        return str(super().get_login_redirect_url(request))

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Writes the one column the application role may change (clinic/grants.py)."""
        user.set_password(password)
        user.save(update_fields=["password"])


class SignInForm(LoginForm):
    """Allauth's own; a display's sign-in lasts."""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, redirect_url)
        if request.user.is_authenticated and is_display(request.user):
            request.session.set_expiry(DISPLAY_SIGN_IN)
        return response


class EncryptingMFAAdapter(DefaultMFAAdapter):
    """allauth stores TOTP secrets and recovery seeds in clear unless its adapter encrypts them."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    """The current secret first, so that a rotated SECRET_KEY still opens what the old one closed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"vigil.mfa:" + secret.encode()).digest())
