"""What was true of the facility at a moment that has passed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic import clock
from clinic.models import Facility
from clinic.rules.roles import Permission
from sessions_app.forms.as_of import AsOfForm, initial_of
from sessions_app.models.as_of import AsOf
from sessions_app.presenters.as_of import as_of_page
from sessions_app.presenters.sentences import Reader
from sessions_app.views.entry import place
from sessions_app.views.scope import of_facility


@of_facility(Permission.REVIEW)
def as_of(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    said = request.GET if "day" in request.GET else initial_of(now, facility.zone)
    form = AsOfForm(said, facility=facility, now=now)
    context = {"form": form, "at_facility": place(facility), "facility_name": facility.name}
    if at := form.at:
        past, reader = AsOf(facility, at=at), Reader(facility.zone, now)
        context |= as_of_page(past, reader, printed_by=str(request.user))
    return render(request, "clinic/as_of.html", context, status=422 if form.errors else 200)
