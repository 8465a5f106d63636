"""What every page knows without its view saying so."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from clinic import clock
from clinic.middleware import MINUTE
from clinic.tablet import tablet_of


def vigil(request: HttpRequest) -> dict[str, Any]:
    """``server_now_iso`` is what scripts count from: never the tablet's own clock. ``person_key`` is whose drafts a
    tablet keeps, and says nothing of who that is; ``lock_seconds`` is after how long without touch a shared tablet
    locks itself (0: never)."""
    user = getattr(request, "user", None)
    known = user if user is not None and user.is_authenticated else None
    return {
        "is_demo": settings.VIGIL_DEMO,
        "server_now_iso": clock.now().isoformat(),
        "person_key": salted_hmac("vigil.drafts", str(known.pk)).hexdigest()[:24] if known else "",
        "who_am_i": str(user) if known else "",
        "tablet": tablet_of(request),
        "lock_seconds": settings.TABLET_LOCK_MINUTES * MINUTE,
    }
