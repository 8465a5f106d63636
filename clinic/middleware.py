"""What no page should have to think of."""

from collections.abc import Callable
from time import time
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import is_display, second_factor_demanded
from clinic.accounts import SECOND_FACTOR, proven_factor

Respond = Callable[[HttpRequest], HttpResponse]
ACTIVE_AT = "active_at"
MINUTE = 60
PIECE = 64 * 1024


def refuse_null_bytes(get_response: Respond) -> Respond:
    """PostgreSQL holds no null byte in a text, and nobody types one: a query string with one is no question. Form
    fields refuse it by themselves."""

    def respond(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or any("\x00" in value for values in request.GET.lists() for value in values[1]):
            return HttpResponseBadRequest("This address cannot be read.", content_type="text/plain")
        return get_response(request)

    return respond


def refuse_long_bodies(get_response: Respond) -> Respond:
    """Longer than any form of ours with its file: refused before anything of it is kept. A browser that is still
    sending hears no answer, so that a body of up to ten times the limit is heard out and dropped piece by piece."""

    def respond(request: HttpRequest) -> HttpResponse:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if length > settings.LONGEST_BODY:
            while length <= 10 * settings.LONGEST_BODY and request.read(PIECE):
                pass
            return render(request, "413.html", {"megabytes": settings.DOCUMENT_MEGABYTES}, status=413)
        return get_response(request)

    return respond


def say_server_time(get_response: Respond) -> Respond:
    """Every answer says when it was given, an unchanged one too: pages count by this clock and never by a tablet's."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["X-Server-Now"] = clock.now().isoformat()
        return response

    return respond


def sign_out_when_idle(get_response: Respond) -> Respond:
    """A tablet left alone signs out after IDLE_MINUTES. A page that fetches itself anew (``X-Requested-With: refresh``)
    is nobody's doing: it is signed out like the rest, and costs no query beside those that know its person. What
    was typed stays on the tablet (clinic/drafts.js). A display on the wall is never alone."""

    def respond(request: HttpRequest) -> HttpResponse:
        limit = settings.IDLE_MINUTES * MINUTE
        if not limit or not request.user.is_authenticated:
            return get_response(request)
        # The machine's own time: how long nobody touched a tablet has nothing to do with what is charted.
        now = int(time())
        quiet = now - request.session.get(ACTIVE_AT, now)
        by_itself = request.headers.get("X-Requested-With") == "refresh"
        if quiet >= limit and not is_display(request.user):
            logout(request)
            messages.info(request, _("Signed out after %(n)s minutes without use.") % {"n": settings.IDLE_MINUTES})
        elif ACTIVE_AT not in request.session or quiet >= (limit if by_itself else MINUTE):
            request.session[ACTIVE_AT] = now
        return get_response(request)

    return respond


def idle_at(request: HttpRequest) -> float | None:
    """When this sign-in has been left alone for too long, unless somebody does something; None where it never is."""
    if not settings.IDLE_MINUTES or is_display(request.user):
        return None
    return float(request.session.get(ACTIVE_AT, time())) + settings.IDLE_MINUTES * MINUTE


def demand_second_factor(get_response: Respond) -> Respond:
    """Whoever doses, discharges or administers and signed in with a password alone sets up a second factor before
    anything else. That one was proven is remembered in the session, so that it costs no query."""

    def respond(request: HttpRequest) -> HttpResponse:
        if not settings.MFA_REQUIRED or request.path.startswith("/accounts/"):
            return get_response(request)
        if not request.user.is_authenticated or SECOND_FACTOR in request.session:
            return get_response(request)
        if factor := proven_factor(request):  # since, by being asked once more
            request.session[SECOND_FACTOR] = factor.value
        elif second_factor_demanded(request.user):
            return redirect("account_second_factor")
        return get_response(request)

    return respond


def tell_what_was_saved(get_response: Respond) -> Respond:
    """A form that was done is answered with a redirect, a refused one with its page: the tablet may forget what it
    kept of this entry. Where nobody was signed in any more it was not done. One cookie per entry, so that two tabs
    do not speak over each other."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "POST" and response.status_code == 302:
            try:
                entry_id = UUID(request.POST.get("entry_id", ""))
            except ValueError:
                return response
            word = "saved" if request.user.is_authenticated else "unsaved"
            secure = settings.SESSION_COOKIE_SECURE
            response.set_cookie(f"{word}_{entry_id}", "1", max_age=60 * MINUTE, secure=secure, samesite="Lax")
        return response

    return respond


def keep_displays_to_the_wall(get_response: Respond) -> Respond:
    """A television signs in and out; nobody who walks past it changes its password or adds a second factor. (Every
    other page asks for a permission that a display has not.)"""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/accounts/"):
            open_to_all = (reverse("account_login"), reverse("account_logout"))
            if request.path not in open_to_all and is_display(request.user):
                raise PermissionDenied("a display")
        return get_response(request)

    return respond
