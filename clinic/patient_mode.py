"""A tablet in a patient's hand: until somebody of the staff signs in on it, this browser reaches its questionnaire, the
door, and nothing else (docs/decisions/0042)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

KEY = "patient_mode"
# Where staff come back: with their PIN, or with a password and its second factor.
_DOOR = ("/tablet/", "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/2fa/webauthn/")
_FRAME = ("/worker.js", "/manifest.webmanifest", "/healthz")


def begin(request: HttpRequest, what: dict[str, Any]) -> None:
    """In the sign-in of nobody that is left once the nurse was signed out."""
    request.session[KEY] = what


def of(request: HttpRequest) -> dict[str, Any] | None:
    found: dict[str, Any] | None = request.session.get(KEY)
    return found


def keep_to_the_questionnaire(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    def respond(request: HttpRequest) -> HttpResponse:
        if of(request) is None:
            return get_response(request)
        if request.user.is_authenticated:  # somebody of the staff has it back
            del request.session[KEY]
            return get_response(request)
        own = reverse("tablet:questionnaire")
        if request.path.startswith((own, *_DOOR)) or request.path in _FRAME:
            return get_response(request)
        return redirect(own)

    return respond
