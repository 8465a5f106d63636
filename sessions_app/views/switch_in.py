"""At a shared tablet: who comes in, with a PIN, and the lock. And one's own PIN."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from clinic import clock
from clinic.access import may
from clinic.accounts import SecondFactor, remember_sign_in, sign_out
from clinic.actions import pin as actions
from clinic.models import Tablet, User
from clinic.rules.refusals import ActionRefused, Refusal
from clinic.rules.roles import Permission
from clinic.tablet import TABLET_KEY, keep_secret, secret_of, tablet_of
from clinic.views.audience import open_to_all, signed_in
from sessions_app.forms.tablet import PinForm, SwitchInForm
from sessions_app.models.day import Day
from sessions_app.presenters.tablet import lock_alarms, switch_in_page
from sessions_app.views.scope import FACILITY_KEY
from sessions_app.views.step import refusals_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@open_to_all
@sensitive_post_parameters()
def switch_in(request: HttpRequest) -> HttpResponse:
    """The people of the tablet's facility; anywhere else, the ordinary sign-in."""
    tablet, now, back = tablet_of(request), clock.now(), _way_back(request)
    if tablet is None:
        return redirect_to_login(back)
    if request.headers.get("X-Requested-With") == "refresh":
        return render(request, "sessions_app/_switch_in.html", {"alarms": lock_alarms(Day(tablet.facility, at=now))})
    people = actions.people_with_pin(tablet, at=now)
    form = SwitchInForm(request.POST if request.method == "POST" else None, people=people)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        try:
            actions.try_pin(person=person, pin=form.cleaned_data["pin"], tablet=tablet, now=now)
        except (ActionRefused, OperationalError) as error:
            refusals = refusals_of(error)
        else:
            return _come_in(request, person, tablet, back, now)
    context = switch_in_page(tablet, people, form, refusals, back=back, now=now)
    context["alarms"] = lock_alarms(Day(tablet.facility, at=now))
    return render(request, "sessions_app/switch_in.html", context, status=409 if refusals else 200)


def _come_in(request: HttpRequest, person: User, tablet: Tablet, back: str, now: datetime) -> HttpResponse:
    login(request, person, backend=BACKEND)
    request.session.set_expiry(0)
    remember_sign_in(request, SecondFactor.TABLET)
    request.session[TABLET_KEY] = str(tablet.pk)
    request.session[FACILITY_KEY] = str(tablet.facility_id)
    response = redirect(back if _is_for(person, tablet, back, now) else "/")
    keep_secret(response, secret_of(request))
    return response


def _way_back(request: HttpRequest) -> str:
    """Where one came from, if it is a page of this server."""
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    return asked if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else "/"


def _is_for(person: User, tablet: Tablet, path: str, now: datetime) -> bool:
    """Whether the page that somebody else may have left is one this person may open."""
    try:
        view = resolve(urlsplit(path).path).func
    except Resolver404:
        return False
    permission = getattr(view, "permission", None)
    return not isinstance(permission, Permission) or may(person, permission, tablet.facility_id, at=now)


@open_to_all
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Ends the sign-in, by hand or by a script that saw nobody touch the screen. On a device that is no tablet any
    more it is a sign-out."""
    back = _way_back(request)
    sign_out(request)
    return redirect(f"{reverse('tablet:switch-in')}?{urlencode({'next': back})}")


@signed_in
@sensitive_post_parameters()
def set_pin(request: HttpRequest) -> HttpResponse:
    """Asks for the password, so that a page left open gives nobody a PIN of this person's."""
    now = clock.now()
    person: Any = request.user
    form = PinForm(request.POST if request.method == "POST" else None, person=person, now=now)
    if request.method == "POST" and form.is_valid():
        actions.set_pin(person=person, pin=form.cleaned_data["pin"], by=person, now=now)
        messages.success(request, _("PIN saved."))
        return redirect("account_mine")
    return render(request, "account/pin.html", {"form": form}, status=422 if form.errors else 200)
