"""What is said where a request could not be done: 503 where the database is away, full, or was lost on the way, which
passes; 500 where the failure is ours."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from clinic.logs import will_pass


def not_done(request: HttpRequest) -> HttpResponse:
    """Called while the failure is being handled. Its page knows nothing of anybody, and asks nothing."""
    status = 503 if will_pass(sys.exception()) else 500
    return HttpResponse(render_to_string(f"{status}.html"), status=status)
