"""How allauth behaves here: nobody signs up by themselves, what a sign-in was made with is remembered in it, a lock-out
is of a person and not of what was typed, and second-factor secrets are stored encrypted."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.userkit import get_user_by_username
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic import clock
from clinic.access import is_display, second_factor_demanded
from clinic.actions.pin import lift_pin_lock
from clinic.encrypted import decrypt, encrypt
from clinic.logs import current_request_id
from clinic.models import AtTheDoor, Passage, User
from clinic.models.sign_in import lately_at_the_door
from clinic.tablet import tablet_of

logger = structlog.get_logger(__name__)

# Nobody stands beside a television to sign it in again every morning [D].
DISPLAY_SIGN_IN = timedelta(days=90)

MFA = "vigil.mfa"  # what second-factor secrets are encrypted for
# In the session of whoever signed in with two components: a SecondFactor.
SECOND_FACTOR = "second_factor"
# In the session of somebody who had a passkey when they signed in, or added one since: a form offers to sign with it.
HAS_PASSKEY = "has_passkey"
# In every session: since when, with which browser and from where, for the list of one's sign-ins.
SIGN_IN = "sign_in"


class SecondFactor(StrEnum):
    """What a sign-in was made with beside the password, or (a passkey, an enrolled tablet) in its place."""

    TOTP = "totp"
    RECOVERY = "recovery"
    PASSKEY = "passkey"
    TABLET = "tablet"


OF_ALLAUTH = {
    "totp": SecondFactor.TOTP,
    "recovery_codes": SecondFactor.RECOVERY,
    "webauthn": SecondFactor.PASSKEY,
}


def remember_sign_in(request: HttpRequest, factor: SecondFactor | None) -> None:
    """Called once somebody is signed in, whichever way they came."""
    request.session[SIGN_IN] = {
        "at": clock.now().isoformat(),
        "browser": request.META.get("HTTP_USER_AGENT", "")[:300],
        "address": get_client_ip(request) or "",
    }
    person: Any = request.user
    note_at_the_door(request, person, Passage.IN, factor)
    if factor is None:
        return
    request.session[SECOND_FACTOR] = factor.value
    # Not on a shared tablet, where a PIN signs.
    if factor is not SecondFactor.TABLET and Authenticator.objects.filter(user=request.user, type="webauthn").exists():
        request.session[HAS_PASSKEY] = True


def note_at_the_door(request: HttpRequest, person: User, passage: Passage, factor: SecondFactor | None = None) -> None:
    """Written down for whoever looks into it later; it never says what was typed."""
    AtTheDoor.objects.create(
        person=person,
        passage=passage,
        factor=factor.value if factor else "",
        tablet=tablet_of(request),
        address=get_client_ip(request) or "",
        browser=request.META.get("HTTP_USER_AGENT", "")[:300],
        request_id=current_request_id(),
    )


def sign_out(request: HttpRequest, passage: Passage = Passage.OUT) -> None:
    """The one way out."""
    person: Any = request.user
    if person.is_authenticated:
        note_at_the_door(request, person, passage)
    logout(request)


def proven_factor(request: HttpRequest) -> SecondFactor | None:
    """The newest second factor that this very session saw proven, by allauth's own notes in it."""
    records = reversed(get_authentication_records(request, request.user))
    return next((OF_ALLAUTH[record["type"]] for record in records if record["method"] == "mfa"), None)


class AccountAdapter(DefaultAccountAdapter):
    """Staff are entered by an administrator; there is no open registration."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("This name and this password do not belong together."),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your password."),
        "too_many_login_attempts": _(
            "Locked: ten tries within five minutes were wrong. For five minutes nothing opens, what is right neither. "
            "An administrator of your facility can help at once."
        ),
        "rate_limited": _("Too many tries. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        request.session.set_expiry(0)
        remember_sign_in(request, proven_factor(request))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if is_display(request.user):
            return reverse("sessions_app:wall")
        return str(super().get_login_redirect_url(request))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Whoever proved themself so may try their PIN again (clinic/actions/pin.py)."""
        lift_pin_lock(person=user, now=clock.now())
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def logout(self, request: HttpRequest) -> None:
        sign_out(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        if person := get_user_by_username(credentials.get("username", "")):
            note_at_the_door(request, person, Passage.WRONG)

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """A lock-out is a line in the log, for whoever watches over the installation, and written down once."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            person = get_user_by_username(credentials.get("username", ""))
            # Never what was typed: people type passwords where the name goes.
            logger.warning("sign_in_locked", person=str(person.pk) if person else "nobody")
            if person and not [last for last in lately_at_the_door(person, most=1) if last.passage == Passage.LOCKED]:
                note_at_the_door(request, person, Passage.LOCKED)
            raise

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: str) -> str:
        """Tries are counted per person: not per host name asked, which whoever asks may choose, nor per spelling of a
        name that leads to the same person."""
        name = credentials.get("username", "")
        person = get_user_by_username(name)
        return f"person:{person.pk}" if person else f"name:{name.casefold()}"


class SignInForm(LoginForm):
    """Allauth's own; a display's sign-in lasts."""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, redirect_url)
        if request.user.is_authenticated and is_display(request.user):
            request.session.set_expiry(DISPLAY_SIGN_IN)
        return response


class EncryptingMFAAdapter(DefaultMFAAdapter):
    """allauth stores TOTP secrets and recovery seeds in clear unless its adapter encrypts them. Whoever must have a
    second factor keeps one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or no longer. Take the one shown now."),
        "cannot_delete_authenticator": _("Your role needs a second factor: add another one first."),
        "cannot_generate_recovery_codes": _("Recovery codes stand in for a second factor: add one first."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        if not settings.MFA_REQUIRED or others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            return True
        return not second_factor_demanded(authenticator.user)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """What a passkey is called that nobody gave a name."""
        return gettext("Passkey %(n)s") % {"n": Authenticator.objects.filter(user=user, type=type).count() + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "Vigil"}

    def encrypt(self, text: str) -> str:
        return encrypt(text, purpose=MFA)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, purpose=MFA)
