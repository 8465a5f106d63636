"""Shared tablets of the facility: enrolled on the device itself, revoked from anywhere."""

import secrets
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import get_scoped_or_404
from clinic.actions import tablet as actions
from clinic.models import Facility
from clinic.models.tablet import tablets_with_facility
from clinic.rules.roles import Permission
from clinic.tablet import digest_of, keep_secret, tablet_of
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.tablet import TabletForm
from sessions_app.views.entry import run_entry
from sessions_app.views.scope import of_facility
from sessions_app.views.site import facility_url
from sessions_app.views.step import Step


@of_facility(Permission.MANAGE_FACILITY)
def enrol_tablet(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Its secret goes into a cookie of this device and nowhere else."""
    if here := tablet_of(request):
        messages.info(request, _("This is %(tablet)s, enrolled already.") % {"tablet": here})
        return redirect(facility_url())
    secret = secrets.token_urlsafe(32)
    enrolled = []
    step = Step(
        title=_("Enrol this tablet"),
        submit_label=_("Enrol"),
        intro=_("People of this clinic come in with their PIN on it. It locks itself, and can be revoked here."),
        saved=_("Tablet"),
        act=lambda form, **said: enrolled.append(
            actions.enrol_tablet(
                facility=facility, name=form.cleaned_data["name"], secret_digest=digest_of(secret), **said
            )
        ),
    )
    response = run_entry(request, facility, TabletForm, step, back_url=facility_url())
    # Sent twice, the form enrolled the secret of the first answer.
    if any(tablet.secret_digest == digest_of(secret) for tablet in enrolled):
        keep_secret(response, secret)
    return response


@of_facility(Permission.MANAGE_FACILITY)
def revoke_tablet(request: HttpRequest, facility: Facility, tablet_id: UUID) -> HttpResponse:
    tablet = get_scoped_or_404(tablets_with_facility(), request.user, at=clock.now(), pk=tablet_id)
    step = Step(
        title=_("Revoke %(tablet)s") % {"tablet": tablet},
        submit_label=_("Revoke"),
        intro=_("Whoever is signed in on it is signed out at once, and can go on elsewhere. What was charted stays."),
        saved=_("Revocation"),
        act=lambda form, **said: actions.revoke_tablet(tablet=tablet, **said),
        context={"submit_kind": "danger"},
    )
    return run_entry(request, tablet.facility, EntryForm, step, back_url=facility_url())
