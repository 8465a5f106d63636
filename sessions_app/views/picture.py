"""The patient's picture: one course, its scores and what each session did; on paper for whoever referred the
patient, and for the patient."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.limits import limited
from clinic.rules.roles import Permission
from sessions_app.models import Course
from sessions_app.models.picture import Picture
from sessions_app.presenters.pdf.course_story import own_copy_pdf
from sessions_app.presenters.pdf.course_story import referrer_pdf as referrer_paper
from sessions_app.presenters.picture import picture_page
from sessions_app.presenters.sentences import Reader
from sessions_app.views.paper_file import Paper, hand_out
from sessions_app.views.scope import of_course


@of_course(Permission.READ_CHART)
def picture(request: HttpRequest, course: Course) -> HttpResponse:
    now = clock.now()
    permissions = permissions_at(request.user, course.facility_id, at=now)
    context = picture_page(Picture(course, at=now), permissions=permissions, printed_by=str(request.user))
    return render(request, "sessions_app/picture.html", context)


@of_course(Permission.READ_CHART)
@limited("paper")
def referrer_pdf(request: HttpRequest, course: Course) -> HttpResponse:
    now = clock.now()
    reader = Reader(course.facility.zone, now)
    content = referrer_paper(Picture(course, at=now), reader, viewer=request.user)
    paper = Paper(_("Summary for the referrer"), f"summary-{course.pk}", content, (course.patient,))
    return hand_out(request, course.facility, paper, now=now)


@of_course(Permission.READ_CHART)
@limited("paper")
def own_copy(request: HttpRequest, course: Course) -> HttpResponse:
    """In the language of this patient's papers."""
    now = clock.now()
    reader, language = Reader(course.facility.zone, now), course.patient.paper_language
    content = own_copy_pdf(Picture(course, at=now), reader, language=language, viewer=request.user)
    paper = Paper(_("The patient's own copy"), f"own-copy-{course.pk}", content, (course.patient,))
    return hand_out(request, course.facility, paper, now=now)
