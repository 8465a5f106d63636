"""What every page knows without its view saying so."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from clinic import clock


def vigil(request: HttpRequest) -> dict[str, Any]:
    """``server_now_iso`` is what scripts count from: never the tablet's own clock."""
    user = getattr(request, "user", None)
    return {
        "is_demo": settings.VIGIL_DEMO,
        "server_now_iso": clock.now().isoformat(),
        "who_am_i": str(user) if user is not None and user.is_authenticated else "",
    }
