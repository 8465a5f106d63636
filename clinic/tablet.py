"""Which enrolled tablet a request comes from (docs/decisions/0016)."""

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clinic.models import Tablet, TabletHeard
from clinic.models.tablet import hear, heard_long_ago

# The browser's own limit; renewed with every switch.
COOKIE_KEPT = timedelta(days=400)
# In a sign-in: the tablet it belongs to.
TABLET_KEY = "tablet_id"


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_of(request: HttpRequest) -> str:
    """What this device says of itself, proven or not; empty on one that was never enrolled."""
    return request.COOKIES.get(settings.TABLET_COOKIE_NAME, "")


def tablet_of(request: HttpRequest) -> Tablet | None:
    """The tablet in force that this device is; found once per request by ``know_tablet``."""
    return getattr(request, "tablet", None)


def find_tablet(secret: str) -> Tablet | None:
    if not secret:
        return None
    known = Tablet.objects.in_force().select_related("facility", "heard")
    return known.filter(secret_digest=digest_of(secret)).first()


def note_heard(tablet: Tablet, *, at: datetime) -> None:
    """Kept to half a minute, so that a page that asks every few seconds does not write each time."""
    heard: TabletHeard | None = getattr(tablet, "heard", None)
    if heard_long_ago(heard.heard_at if heard else None, at=at):
        hear(tablet, at=at)


def keep_secret(response: HttpResponse, secret: str) -> None:
    response.set_cookie(
        settings.TABLET_COOKIE_NAME,
        secret,
        max_age=COOKIE_KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
