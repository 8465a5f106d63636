"""A link for somebody who has no password: new here, or theirs was reset. Signed, good for three days and for one use,
and never stored: an administrator shows or hands it over, no mail is sent."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from clinic.models import User

LINK_HOLDS = timedelta(hours=72)  # [D]
SALT = "vigil.welcome"


def welcome_path(person: User, now: datetime) -> str:
    """Where this person sets a password, from ``now`` on."""
    token = signing.Signer(salt=SALT).sign_object([person.pk.hex, int(now.timestamp()), _as_of_now(person)])
    return reverse("account_welcome", kwargs={"token": token})


def invited(token: str, *, at: datetime) -> User | None:
    """Whose link this is; None where it was used, is too old, or the person signed in or is no longer active since."""
    try:
        person_id, made_at, as_made = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    made = datetime.fromtimestamp(made_at, UTC)
    person = User.objects.filter(pk=UUID(person_id), is_active=True).first()
    if person is None or at >= made + LINK_HOLDS:
        return None
    return person if constant_time_compare(as_made, _as_of_now(person)) else None


def _as_of_now(person: User) -> str:
    """Changes when they set a password or sign in, which ends every link."""
    return salted_hmac(SALT, f"{person.password}:{person.last_login}").hexdigest()[:32]
