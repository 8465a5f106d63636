"""Second factors: allauth's own views; whoever sets one up has proven it, and a demanded one is not given up."""

from typing import Any
from uuid import UUID

from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from clinic import clock, passkeys
from clinic.accounts import HAS_PASSKEY, SECOND_FACTOR, EncryptingMFAAdapter, SecondFactor
from clinic.models.sign_in import second_factors_of
from clinic.views.audience import signed_in


@signed_in
def demanded(request: HttpRequest) -> HttpResponse:
    """Where somebody is led who may do nothing else yet: why, and how to go on."""
    if SECOND_FACTOR in request.session:
        return redirect("/")
    factors = second_factors_of(request.user)  # type: ignore[arg-type]
    return render(request, "account/second_factor.html", {"has_one": bool(factors)})


@signed_in
@require_POST
def signing_challenge(request: HttpRequest) -> HttpResponse:
    """What the browser asks a passkey of this person that is to sign the form of this number."""
    try:
        form = UUID(request.POST.get("form", ""))
    except ValueError:
        return HttpResponseBadRequest()
    challenge = passkeys.signing_challenge(request.user, form=form, now=clock.now())  # type: ignore[arg-type]
    if challenge is None:
        return HttpResponse(status=409)
    asked, request.session[passkeys.SIGNING] = challenge
    return JsonResponse(asked)


class ActivateTOTP(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session[SECOND_FACTOR] = SecondFactor.TOTP.value
        return response


class AddPasskey(AddWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session[SECOND_FACTOR] = SecondFactor.PASSKEY.value
        self.request.session[HAS_PASSKEY] = True
        return response


class RemovePasskey(RemoveWebAuthnView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        adapter = EncryptingMFAAdapter()
        if request.user.is_authenticated and not adapter.can_delete_authenticator(self.get_object()):
            messages.error(request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect("account_mine")
        return super().dispatch(request, *args, **kwargs)


activate_totp = signed_in(never_cache(ActivateTOTP.as_view()))
add_passkey = signed_in(AddPasskey.as_view())
remove_passkey = signed_in(RemovePasskey.as_view())
