"""Second factors: allauth's forms in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from clinic.passkeys import UNREADABLE


class _CodeForm:
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": True}


class ActivateTOTPForm(_CodeForm, totp.ActivateTOTPForm):
    """Between showing the secret and typing its first code allauth keeps it in the session, which is in the database:
    here encrypted, as ever after."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        kept = session.get(SECRET_SESSION_KEY)
        super().__init__(*args, **kwargs)
        if self.is_bound and kept:
            self.secret = decrypt(kept)
        session[SECRET_SESSION_KEY] = encrypt(self.secret)


class AuthenticateForm(_CodeForm, base.AuthenticateForm):
    pass


class ReauthenticateForm(_CodeForm, base.ReauthenticateForm):
    pass


class AnswerField(forms.JSONField):
    """What a browser hands on from a passkey, or whatever is sent in its place. Never shown again."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except UNREADABLE as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        return InvalidJSONInput("")


@contextmanager
def _of_a_passkey() -> Iterator[None]:
    """Whatever is no answer of one is refused like a wrong code."""
    try:
        yield
    except UNREADABLE as error:
        raise get_adapter().validation_error("incorrect_code") from error


class _AnsweredForm:
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = AnswerField(widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        with _of_a_passkey():
            return super().clean_credential()  # type: ignore[misc]


class LoginPasskeyForm(_AnsweredForm, webauthn.LoginWebAuthnForm):
    pass


class AuthenticatePasskeyForm(_AnsweredForm, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticatePasskeyForm(_AnsweredForm, webauthn.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = AnswerField(widget=forms.HiddenInput)
        self.fields["name"].label = _("Which device is it on?")
        passwordless = self.fields["passwordless"]
        passwordless.initial = True
        passwordless.label = _("It signs me in alone, without the password")
        passwordless.help_text = _(
            "It then always asks for your finger, face or PIN. Untick it for a plain security key."
        )

    def clean(self) -> dict[str, Any]:
        with _of_a_passkey():
            cleaned: dict[str, Any] = super().clean()
            return cleaned
