"""What no page should have to think of."""

from collections.abc import Callable
from time import time
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import clock
from clinic.access import is_display, second_factor_demanded, work_only_at
from clinic.accounts import SECOND_FACTOR, SecondFactor, proven_factor, sign_out
from clinic.models import Passage
from clinic.tablet import TABLET_KEY, find_tablet, note_heard, secret_of, tablet_of

Respond = Callable[[HttpRequest], HttpResponse]
ACTIVE_AT = "active_at"
MINUTE = 60
PIECE = 64 * 1024
METHODS = ("GET", "HEAD", "POST")


# What no page of ours asks of a device.
NOT_ASKED = "camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=(), display-capture=()"


def keep_to_this_house(get_response: Respond) -> Respond:
    """No browser, and nothing on the way, keeps an answer that does not say otherwise (files of a deployment do, papers
    say so themselves), and no other site builds it into its own. What a tablet shows without the network it keeps
    sealed (clinic/worker.js)."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", NOT_ASKED)
        return response

    return respond


def refuse_null_bytes(get_response: Respond) -> Respond:
    """PostgreSQL holds no null byte in a text, and nobody types one: a query string with one is no question, and a
    cookie with one (quoted, it is written in digits) none that we gave. Form fields refuse it by themselves."""

    def respond(request: HttpRequest) -> HttpResponse:
        asked = (value for _name, values in request.GET.lists() for value in values)
        if any("\x00" in said for said in (request.path, *asked, *request.COOKIES.values())):
            return HttpResponseBadRequest(_("This address cannot be read."), content_type="text/plain")
        return get_response(request)

    return respond


def refuse_other_methods(get_response: Respond) -> Respond:
    """Pages are read and forms are sent: a view that asks only whether it is a POST shows its page to no other."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return get_response(request)

    return respond


def refuse_long_bodies(get_response: Respond) -> Respond:
    """Longer than any form of ours with its file: refused before anything of it is kept. A browser that is still
    sending hears no answer, so that a body of up to ten times the limit is heard out and dropped piece by piece."""

    def respond(request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)  # as Django reads it
        except ValueError:
            length = 0
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


def lead_scripts_on(get_response: Respond) -> Respond:
    """A script that sends a form for its page (clinic/outbox.js) is told where the page goes on: followed by the
    script, the next page would be read where nobody sees it, and its messages with it."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.headers.get("X-Requested-With") == "form" and response.status_code == 302:
            response.status_code = 204
            response["X-Go"] = response["Location"]
            del response["Location"]
        return response

    return respond


def know_tablet(get_response: Respond) -> Respond:
    """Finds the enrolled tablet that a device is. Every sign-in on it belongs to it, and ends where it was revoked or
    where its cookie is missing, so that neither cookie is worth anything alone. There the way to a sign-in leads to
    the people of the facility, and no page is kept for whoever goes back. Whoever came in with a PIN works at the
    tablet's own facility alone: no other enrolled it. Any other device costs no query."""

    def respond(request: HttpRequest) -> HttpResponse:
        secret = secret_of(request)
        tablet = request.tablet = find_tablet(secret)  # type: ignore[attr-defined]
        revoked = bool(secret) and tablet is None
        if tablet:
            note_heard(tablet, at=clock.now())
        belongs_to, here = request.session.get(TABLET_KEY), str(tablet.pk) if tablet else None
        if belongs_to and belongs_to != here:
            sign_out(request, Passage.LEFT_ALONE)
        elif here and not belongs_to and request.user.is_authenticated:
            request.session[TABLET_KEY] = here
        if tablet and request.session.get(SECOND_FACTOR) == SecondFactor.TABLET and request.user.is_authenticated:
            work_only_at(request.user, tablet.facility_id)
        forget = revoked and not _by_itself(request)
        if forget:
            messages.info(request, _("This tablet is no longer enrolled. Sign in with your password."))
        response = get_response(request)
        if forget:
            response.delete_cookie(settings.TABLET_COOKIE_NAME, samesite="Lax")
        if tablet:
            _lead_to_the_people(response)
        return response

    return respond


def _lead_to_the_people(response: HttpResponse) -> None:
    where, query, rest = response.get("Location", "").partition("?")
    if response.status_code == 302 and where == reverse(settings.LOGIN_URL):
        response["Location"] = reverse("tablet:switch-in") + query + rest


def _by_itself(request: HttpRequest) -> bool:
    """A page that fetches itself anew, that is fetched to be kept, or that sends what waited, is nobody's doing."""
    return request.headers.get("X-Requested-With") in ("refresh", "keep", "outbox")


def idle_minutes(request: HttpRequest) -> int:
    """After how long a sign-in here is left alone; 0 never."""
    return (settings.TABLET_LOCK_MINUTES if tablet_of(request) else 0) or settings.IDLE_MINUTES


def sign_out_when_idle(get_response: Respond) -> Respond:
    """A device left alone signs out after IDLE_MINUTES, a shared tablet after TABLET_LOCK_MINUTES. A page that fetches
    itself anew is signed out like the rest, and costs no query beside those that know its person. What was typed stays
    on the tablet (clinic/drafts.js). A display on the wall is never alone."""

    def respond(request: HttpRequest) -> HttpResponse:
        minutes = idle_minutes(request)
        limit = minutes * MINUTE
        if not limit or not request.user.is_authenticated:
            return get_response(request)
        # The machine's own time: how long nobody touched a tablet has nothing to do with what is charted.
        now = int(time())
        quiet = now - request.session.get(ACTIVE_AT, now)
        often_enough = limit if _by_itself(request) else min(MINUTE, limit // 24)
        if quiet >= limit and not is_display(request.user):
            sign_out(request, Passage.LEFT_ALONE)
            said = ngettext(
                "Signed out after %(n)s minute without use.", "Signed out after %(n)s minutes without use.", minutes
            )
            messages.info(request, said % {"n": minutes})
        elif ACTIVE_AT not in request.session or not 0 <= quiet < often_enough:  # below: the clock was set back
            request.session[ACTIVE_AT] = now
        return get_response(request)

    return respond


def idle_at(request: HttpRequest) -> float | None:
    """When this sign-in has been left alone for too long, unless somebody does something; None where it never is."""
    minutes = idle_minutes(request)
    if not minutes or is_display(request.user):
        return None
    return float(request.session.get(ACTIVE_AT, time())) + minutes * MINUTE


def demand_second_factor(get_response: Respond) -> Respond:
    """Whoever doses, discharges or administers and signed in with a password alone sets up a second factor before
    anything else. That one was proven is remembered in the session, so that it costs no query."""

    def respond(request: HttpRequest) -> HttpResponse:
        if not settings.MFA_REQUIRED or request.path.startswith(("/accounts/", "/tablet/")):
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
