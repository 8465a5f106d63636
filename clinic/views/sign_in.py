"""One's own sign-in: password, second factors, where one is signed in; and the way in with a link."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.decorators import rate_limit
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from clinic import clock
from clinic.access import facilities_of
from clinic.accounts import sign_out
from clinic.actions.sign_in import end_own_sign_ins, set_password
from clinic.forms.sign_in import ChangePasswordForm, NewPasswordForm
from clinic.invitations import invited
from clinic.models import SignIn, User
from clinic.models.sign_in import lately_at_the_door, second_factors_of, sign_ins_of
from clinic.presenters.sign_in import day_and_time, shown_passage, shown_sign_in
from clinic.rules.refusals import ActionRefused
from clinic.views.audience import open_to_all, signed_in


@signed_in
@never_cache
def my_sign_in(request: HttpRequest) -> HttpResponse:
    """Everything with which one signs in, and everywhere one is signed in."""
    person: Any = request.user
    zone, now = _zone(person), clock.now()
    factors = second_factors_of(person)
    recovery = factors.get(Authenticator.Type.RECOVERY_CODES, [])
    context = {
        "has_totp": Authenticator.Type.TOTP in factors,
        "passkeys": [_passkey(each, zone, now) for each in factors.get(Authenticator.Type.WEBAUTHN, [])],
        "codes_left": len(recovery[0].wrap().get_unused_codes()) if recovery else None,
        "sign_ins": [
            shown_sign_in(
                each.get_decoded(),
                which=_which(each),
                current=each.session_key == request.session.session_key,
                zone=zone,
                now=now,
            )
            for each in sign_ins_of(person, at=now)
        ],
        "lately": [shown_passage(each, zone=zone, now=now) for each in lately_at_the_door(person, most=10)],
    }
    return render(request, "account/my_sign_in.html", context)


@signed_in
@require_POST
def end_sign_in(request: HttpRequest) -> HttpResponse:
    """One of them, or all but this one."""
    person: Any = request.user
    which, here, now = request.POST.get("which", ""), request.session.session_key, clock.now()
    keys = tuple(
        each.session_key
        for each in sign_ins_of(person, at=now)
        if each.session_key != here and which in ("others", _which(each))
    )
    ended = end_own_sign_ins(session_keys=keys, by=person, now=now)
    messages.success(request, ngettext("Signed out there.", "Signed out at %(n)s places.", ended) % {"n": ended})
    return redirect("account_mine")


@signed_in
@sensitive_post_parameters()
@rate_limit(action="change_password")
@never_cache
def change_password(request: HttpRequest) -> HttpResponse:
    person: Any = request.user
    form = ChangePasswordForm(data=request.POST if request.method == "POST" else None, user=person)
    if request.method == "POST" and form.is_valid():
        here = request.session.session_key or ""
        set_password(person=person, password=form.cleaned_data["password1"], keep=here, by=person, now=clock.now())
        update_session_auth_hash(request, person)
        messages.success(request, _("The password is changed. Everywhere else you are signed out."))
        return redirect("account_mine")
    return render(request, "account/password_change.html", {"form": form}, status=422 if form.errors else 200)


@open_to_all
@sensitive_post_parameters()
@never_cache
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Set the first password, or one in place of a reset one; then one is signed in, past a second factor if there
    is one."""
    now = clock.now()
    person = invited(token, at=now)
    if person is None:
        return render(request, "account/welcome_over.html", status=410)
    form = NewPasswordForm(data=request.POST if request.method == "POST" else None, user=person)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "person": person}
        return render(request, "account/welcome.html", context, status=422 if form.errors else 200)
    try:
        set_password(person=person, password=form.cleaned_data["password1"], by=person, now=now)
    except ActionRefused:
        return redirect(request.path)  # somebody else used the link first
    sign_out(request)
    record_authentication(request, person, method="password", reauthenticated=True)
    return perform_login(request, Login(user=person))


def _zone(person: User) -> ZoneInfo:
    here = facilities_of(person, at=clock.now()).first()
    return here.zone if here else ZoneInfo("UTC")


def _which(sign_in: SignIn) -> str:
    """Stands for a sign-in on the page: the key itself would sign in whoever reads it."""
    return salted_hmac("vigil.sign-in", sign_in.session_key).hexdigest()[:16]


def _passkey(authenticator: Authenticator, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    used = authenticator.last_used_at
    return {
        "id": authenticator.pk,
        "name": str(authenticator),
        "alone": authenticator.wrap().is_passwordless,
        "added": day_and_time(authenticator.created_at, zone, now),
        "used": day_and_time(used, zone, now) if used else "",
    }
