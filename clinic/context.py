"""What every page knows without its view saying so."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from clinic import clock
from clinic.access import held_if_read, is_display
from clinic.middleware import MINUTE
from clinic.presenters.credential import own_words
from clinic.tablet import tablet_of


def vigil(request: HttpRequest) -> dict[str, Any]:
    """``server_now_iso`` is what scripts count from: never the tablet's own clock. ``person_key`` is whose drafts a
    tablet keeps, and says nothing of who that is; ``lock_seconds`` is after how long without touch a shared tablet
    locks itself (0: never). What they are told of their own credentials comes from what let them in."""
    user = getattr(request, "user", None)
    known = user if user is not None and user.is_authenticated else None
    now = clock.now()
    tablet = tablet_of(request)
    return {
        "is_demo": settings.VIGIL_DEMO,
        "server_now_iso": now.isoformat(),
        "person_key": salted_hmac("vigil.drafts", str(known.pk)).hexdigest()[:24] if known else "",
        "who_am_i": str(user) if known else "",
        **own_words(held_if_read(known) if known else [], at=now),
        "tablet": tablet,
        "lock_seconds": settings.TABLET_LOCK_MINUTES * MINUTE if tablet and known and not is_display(known) else 0,
    }
