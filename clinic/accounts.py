"""How allauth behaves here: nobody signs up by themselves; second-factor secrets are stored encrypted."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Staff are entered by an administrator; there is no open registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Writes the one column the application role may change (clinic/grants.py)."""
        user.set_password(password)
        user.save(update_fields=["password"])


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
