"""What every page knows without its view saying so."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import held_if_read, is_display
from clinic.middleware import MINUTE
from clinic.models import BreakGlass
from clinic.outbox import author_token, keep_key
from clinic.presenters.credential import own_words
from clinic.presenters.time import clock_time
from clinic.rules.roles import Permission
from clinic.tablet import tablet_of


def _glass(glass: BreakGlass | None, now: datetime) -> dict[str, Any] | None:
    """What every page says that is read through a broken glass: whose, why, and how long still."""
    if glass is None:
        return None
    zone = glass.facility.zone
    said = {"place": glass.facility.name, "until": clock_time(glass.until, zone), "why": glass.reason}
    said["left"] = str(max(1, round((glass.until - now).total_seconds() / MINUTE)))
    return {
        "kind": "warning",
        "icon": "eye",
        "title": _("A record of %(place)s, read for %(left)s more minutes, until %(until)s.") % said,
        "text": _("Your reason: %(why)s Every page you open is written down and reviewed there.") % said,
    }


def _follows_forms(known: Any, now: datetime) -> bool:
    """By what the page read of their roles anyhow."""
    return known is not None and any(Permission.FOLLOW in each.permissions(now) for each in held_if_read(known))


def vigil(request: HttpRequest) -> dict[str, Any]:
    """``server_now_iso`` is what scripts count from: never the tablet's own clock. ``person_key`` is whose drafts a
    tablet keeps, and says nothing of who that is; ``keep_key`` and ``author_token`` are for what a device keeps
    (clinic/outbox.py); ``lock_seconds`` is after how long without touch a shared tablet locks itself (0: never). What
    they are told of their own credentials comes from what let them in."""
    user = getattr(request, "user", None)
    known = user if user is not None and user.is_authenticated else None
    now = clock.now()
    tablet = tablet_of(request)
    return {
        "is_demo": settings.VIGIL_DEMO,
        "server_now_iso": (now.astimezone(tablet.facility.zone) if tablet else now).isoformat(),
        "person_key": salted_hmac("vigil.drafts", str(known.pk)).hexdigest()[:24] if known else "",
        "who_am_i": str(user) if known else "",
        "ahead": request.headers.get("X-Requested-With") == "ahead",
        "glass": _glass(getattr(request, "glass", None), now),
        **own_words(held_if_read(known) if known else [], at=now),
        "tablet": tablet,
        "keep_key": keep_key(request) if known else "",
        "author_token": author_token(request) if known else "",
        "follows_forms": _follows_forms(known, now),
        "lock_seconds": settings.TABLET_LOCK_MINUTES * MINUTE if tablet and known and not is_display(known) else 0,
    }
