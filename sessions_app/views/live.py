"""Pages that stay open: a part of them is asked for anew every few seconds (vigil.js)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def live_page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or to its own script its part alone."""
    part = request.headers.get("X-Requested-With") == "refresh"
    response = render(request, f"sessions_app/{'_' if part else ''}{name}.html", context)
    if part:
        response["Cache-Control"] = "private, no-store"
    return response
