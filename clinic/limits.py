"""How often one person may ask for what tells or costs much at once. Past it they read the page of 429.

The line: charting, both gates, alarms, emergencies, the floor, and whatever a tablet sends that waited, have no limit
at all. Wrong passwords, codes and PINs have theirs where they are tried (settings.ACCOUNT_RATE_LIMITS,
clinic/attempts.py, clinic/rules/pin.py)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.ratelimit import consume, respond_429
from django.http import HttpRequest, HttpResponse

# Per person and minute, many times what a busy clinic does [D].
LIMITS = {
    "search": "60/m/user",
    "paper": "60/m/user",
    "export": "20/m/user",
    "upload": "30/m/user",
}
Respond = Callable[[HttpRequest], HttpResponse]


def within(request: HttpRequest, what: str) -> bool:
    """Whether this person may once more; it counts."""
    return consume(request, app="clinic", action=what, config=LIMITS, limit_get=True) is not None


def limited(what: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Below whatever asks who somebody is."""

    def of(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def run(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if within(request, what):
                return view(request, *args, **kwargs)
            return respond_429(request)

        run.limit = what  # type: ignore[attr-defined]
        return run

    return of


def limit_uploads(get_response: Respond) -> Any:
    """Each file is opened in a process of its own before it is kept, whichever form brings it."""

    def respond(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, *view: object) -> HttpResponse | None:
        brings = request.method == "POST" and request.content_type == "multipart/form-data" and request.FILES
        if brings and request.user.is_authenticated and not within(request, "upload"):
            return respond_429(request)
        return None

    respond.process_view = process_view  # type: ignore[attr-defined]
    return respond
