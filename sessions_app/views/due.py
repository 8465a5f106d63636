"""What falls due of the courses of a facility."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic import clock
from clinic.access import may
from clinic.models import Facility
from clinic.rules.roles import Permission
from sessions_app.models.due import courses_due
from sessions_app.presenters.due import due_page
from sessions_app.presenters.sentences import Reader
from sessions_app.views.entry import place
from sessions_app.views.scope import of_facility


@of_facility(Permission.REGISTER)
def due(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    chart = may(request.user, Permission.READ_CHART, facility.pk, at=now)
    context = due_page(courses_due(facility, at=now), Reader(facility.zone, now), chart=chart)
    return render(request, "sessions_app/due.html", {**context, "at_facility": place(facility)})
