"""The people of the facility: the list, one person's page, and the link of somebody who has no password."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from clinic import clock
from clinic.access import run_by
from clinic.invitations import LINK_HOLDS, welcome_path
from clinic.models import Facility, User
from clinic.models.employment import employments_of
from clinic.rules.roles import Permission
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.staff import moment_words, people_page, person_page, person_url
from sessions_app.views.entry import place
from sessions_app.views.scope import of_facility, of_person


def people_url() -> str:
    return reverse("sessions_app:people")


@of_facility(Permission.MANAGE_FACILITY)
def people(request: HttpRequest, facility: Facility) -> HttpResponse:
    context = people_page(employments_of(facility), facility, at=clock.now())
    return render(request, "clinic/people.html", {**context, "at_facility": place(facility)})


@of_person(Permission.MANAGE_FACILITY)
def person(request: HttpRequest, person: User, facility: Facility) -> HttpResponse:
    (employment,) = employments_of(facility, [person])
    reader_is: Any = request.user
    context = person_page(employment, facility, reader_is=reader_is, at=clock.now())
    return render(request, "clinic/person.html", {**context, "at_facility": place(facility)})


@of_person(Permission.MANAGE_FACILITY)
@never_cache
def welcome_link(request: HttpRequest, person: User, facility: Facility) -> HttpResponse:
    """Only for somebody who has no password, and whom an audited action left or made so."""
    now = clock.now()
    run, elsewhere = run_by(request.user, person, at=now)
    waits = bool(run) and not elsewhere and person.is_active and not person.has_usable_password()
    context = {
        "person_name": str(person),
        "username": person.username,
        "link": request.build_absolute_uri(welcome_path(person, now)) if waits else "",
        "until": moment_words(now + LINK_HOLDS, Reader(facility.zone, now)),
        "back_url": person_url(person),
        "at_facility": place(facility),
    }
    return render(request, "clinic/welcome_link.html", context)
