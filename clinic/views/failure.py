"""What is said where a request could not be done: 503 where the database is away, full, or was lost on the way, which
passes; 500 where the failure is ours."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def not_done(request: HttpRequest) -> HttpResponse:
    """Called while the failure is being handled. Its page knows nothing of anybody, and asks nothing."""
    status = 503 if _passes(sys.exception()) else 500
    return HttpResponse(render_to_string(f"{status}.html"), status=status)


def _passes(failure: BaseException | None) -> bool:
    """Not what was asked was too much for the database (its class 54): that does not pass."""
    code = getattr(failure.__cause__, "pgcode", None) if failure else None
    return isinstance(failure, OperationalError | InterfaceError) and not str(code).startswith("54")
