"""The patient's picture: one course, its scores and what each session did."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic import clock
from clinic.access import permissions_at
from clinic.rules.roles import Permission
from sessions_app.models import Course
from sessions_app.models.picture import Picture
from sessions_app.presenters.picture import picture_page
from sessions_app.views.scope import of_course


@of_course(Permission.READ_CHART)
def picture(request: HttpRequest, course: Course) -> HttpResponse:
    now = clock.now()
    permissions = permissions_at(request.user, course.facility_id, at=now)
    context = picture_page(Picture(course, at=now), permissions=permissions, printed_by=str(request.user))
    return render(request, "sessions_app/picture.html", context)
