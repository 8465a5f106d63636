"""A scanned code is read and judged, and nothing is done: the answer alone for the page's script, else the same page
filled in, with everything that was typed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic import clock
from clinic.data_matrix import read_code
from clinic.models import Facility
from clinic.rules.pack import PackCode
from clinic.rules.refusals import ActionRefused
from sessions_app.presenters.pack import not_taken
from sessions_app.presenters.sentences import Reader
from sessions_app.views.step import READ


def read_scan(
    request: HttpRequest, facility: Facility, judge: Callable[[PackCode, datetime], dict[str, Any]]
) -> dict[str, Any] | None:
    """What is said of the scan that came with this form; None where none is to be read. ``judge`` says it of a code
    that was understood, or raises ActionRefused."""
    if READ not in request.POST:
        return None
    now, code = clock.now(), None
    try:
        code = read_code(request.POST.get("code", ""), caps_lock="caps_lock" in request.POST)
        return judge(code, now)
    except ActionRefused as error:
        return not_taken(error.refusals, Reader(facility.zone, now), code)


def alone(request: HttpRequest, scan: dict[str, Any] | None) -> HttpResponse | None:
    """The answer by itself, where the page's script asked for it."""
    if scan is None or request.headers.get("X-Requested-With") != "scan":
        return None
    return render(request, "sessions_app/_scan_said.html", {"scan": scan})


def filled(request: HttpRequest, scan: dict[str, Any] | None) -> dict[str, Any]:
    """What the form holds while a code is only read: what was typed, and what the code says."""
    if scan is None:
        return {}
    typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    fills = [(each["name"], each["value"]) for each in scan.get("fill", ())]
    ticked = [*request.POST.getlist("devices"), *(value for name, value in fills if name == "devices")]
    return {**typed, **dict(fills), **({"devices": ticked} if ticked else {})}
