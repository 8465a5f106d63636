"""The facility page, and what is entered about the facility."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic import clock
from clinic.access import facilities_of, may, permissions_at
from clinic.actions import staff
from clinic.models import Facility
from clinic.models.expiring import expiring
from clinic.rules.roles import Permission
from clinic.tablet import tablet_of
from sessions_app.actions import course, site
from sessions_app.forms import site as forms
from sessions_app.forms.booking import FacilityChoiceForm
from sessions_app.models.floor import chairs_of
from sessions_app.models.program import default_alarms, newest_versions, policies_in_force
from sessions_app.models.site import closing_time_of
from sessions_app.models.site_overview import SiteOverview, certified_facilities, people_of
from sessions_app.presenters.expiring import expiring_line
from sessions_app.presenters.site import facility_page
from sessions_app.views.entry import run_entry
from sessions_app.views.scope import FACILITY_KEY, of_facility
from sessions_app.views.step import Step


def facility_url() -> str:
    return reverse("sessions_app:facility")


@of_facility(Permission.VIEW)
def facility(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    places = list(facilities_of(request.user, at=now))
    words = certified_facilities((place.pk for place in places), at=now) if len(places) > 1 else {}
    context = facility_page(
        SiteOverview(facility, at=now),
        permissions=permissions_at(request.user, facility.pk, at=now),
        places={place: words.get(place.pk, "") for place in places},
        here=tablet_of(request),
    )
    return render(request, "clinic/facility.html", context | expiring_panel(request, facility, now))


def expiring_panel(request: HttpRequest, facility: Facility, now: datetime) -> dict[str, Any]:
    """What expires here, for whoever runs the place, and the way to the list of all of theirs."""
    if not may(request.user, Permission.MANAGE_FACILITY, facility.pk, at=now):
        return {}
    today = now.astimezone(facility.zone).date()
    lines = [expiring_line(each, today=today) for each in expiring([facility], at=now)]
    return {"expiring": lines, "portfolio_url": reverse("sessions_app:portfolio")}


@require_POST
@of_facility(Permission.VIEW)
def choose_facility(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Another facility's key is none of the choices: the one chosen before stays."""
    form = FacilityChoiceForm(
        request.POST, facility=facility, now=clock.now(), places=facilities_of(request.user, at=clock.now())
    )
    if form.is_valid():
        request.session[FACILITY_KEY] = str(form.cleaned_data["place"].pk)
        request.session.cycle_key()  # pages open elsewhere in this sign-in show the other place from now on
    return redirect(facility_url())


@of_facility(Permission.MANAGE_SITE)
def record_presence(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("On site today"),
        submit_label=_("Save"),
        saved=_("On-site list"),
        act=lambda form, **said: site.record_presence(
            facility=facility, person=form.cleaned_data["person"], kind=form.cleaned_data["kind"], **said
        ),
    )
    people = people_of(facility, at=clock.now())
    return run_entry(request, facility, forms.PresenceForm, step, back_url=facility_url(), people=people)


@of_facility(Permission.MANAGE_SITE)
def check_oximeter(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Check a pulse oximeter"),
        submit_label=_("Save"),
        saved=_("Oximeter"),
        act=lambda form, **said: site.check_oximeter(
            facility=facility,
            asset_tag=form.cleaned_data["asset_tag"],
            working=form.cleaned_data["working"],
            **said,
        ),
    )
    asked = {"asset_tag": request.GET.get("asset_tag", "")}
    return run_entry(request, facility, forms.OximeterForm, step, back_url=facility_url(), initial=asked)


@of_facility(Permission.MANAGE_SITE)
def set_chairs(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Chairs"),
        submit_label=_("Save"),
        saved=_("Chairs"),
        act=lambda form, **said: site.set_chairs(facility=facility, chairs=form.names(), **said),
    )
    listed = {"chairs": ", ".join(chairs_of(facility))}
    return run_entry(request, facility, forms.ChairsForm, step, back_url=facility_url(), initial=listed)


@of_facility(Permission.MANAGE_FACILITY)
def set_closing_time(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Closing time"),
        submit_label=_("Save"),
        intro=_("Whoever is on site counts as here until then, or until the last session is over."),
        saved=_("Closing time"),
        act=lambda form, **said: site.set_closing_time(facility=facility, closes=form.cleaned_data["closes"], **said),
    )
    known = {"closes": closing_time_of(facility)}
    return run_entry(request, facility, forms.ClosingTimeForm, step, back_url=facility_url(), initial=known)


@of_facility(Permission.MANAGE_FACILITY)
def add_display(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Add a display"),
        submit_label=_("Add"),
        intro=_("A television on the wall: chair numbers and no patient's name. It stays signed in for 90 days."),
        saved=_("Display"),
        act=lambda form, **said: staff.add_display(
            facility=facility, username=form.cleaned_data["username"], password=form.cleaned_data["password"], **said
        ),
    )
    return run_entry(request, facility, forms.DisplayForm, step, back_url=facility_url())


@of_facility(Permission.MANAGE_FACILITY)
def set_policy(request: HttpRequest, facility: Facility) -> HttpResponse:
    versions, policies = newest_versions(), policies_in_force(facility)
    asked = request.POST.get("program") or request.GET.get("program")
    version = versions.get(str(asked)) or next(iter(versions.values()))
    in_force = policies.get(version.code)
    step = Step(
        title=_("Numbers of this clinic"),
        submit_label=_("Save a new version"),
        intro=_("For sessions checked in from now on. A number may be tightened, never loosened."),
        saved=_("Policy"),
        act=lambda form, **said: course.set_policy(facility=facility, program_version=version, **form.policy(), **said),
    )
    return run_entry(
        request,
        facility,
        forms.PolicyForm,
        step,
        back_url=facility_url(),
        own=version.program,
        in_force=in_force.program if in_force else version.program,
        alarms=in_force.alarms if in_force else default_alarms(),
        days=in_force.days if in_force else {},
    )
