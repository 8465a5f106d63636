"""Views that ask for no permission say whom they are for, as the others say what they take (docs/permissions.md)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse

from clinic.rules.roles import Audience

View = Callable[..., HttpResponse]


def open_to_all(view: Any) -> View:
    """The view asks nobody who they are; where it needs to know more, it asks by itself."""
    return _said(view, Audience.EVERYBODY)


def signed_in(view: Any) -> View:
    """The view is about whoever is signed in, and leads anybody else to the door."""
    return _said(login_required(view), Audience.SIGNED_IN)


def kept_offline(view: Any) -> View:
    """What it shows is kept on an enrolled tablet, sealed, and shown there while no server answers
    (docs/decisions/0024)."""
    view.offline = True
    return view


def _said(view: Any, audience: Audience) -> View:
    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(*args, **kwargs)
        return response

    run.permission = audience  # type: ignore[attr-defined]
    return run
