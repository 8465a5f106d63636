"""Reading outside one's facilities, and the review of it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import may, roles_of
from clinic.models import Facility
from clinic.models.break_glass import broken_at, other_facilities
from clinic.rules.roles import Permission
from sessions_app.actions import break_glass as actions
from sessions_app.forms.break_glass import BreakGlassForm, ReviewForm
from sessions_app.presenters.break_glass import glass_rows, review_page
from sessions_app.presenters.sentences import Reader
from sessions_app.views.entry import place, run_entry
from sessions_app.views.scope import of_facility
from sessions_app.views.step import Step


@of_facility(Permission.BREAK_GLASS)
def break_glass(request: HttpRequest, facility: Facility) -> HttpResponse:
    others = other_facilities(facility, but=roles_of(request.user, at=clock.now()))
    step = Step(
        title=_("Read a record of another facility"),
        submit_label=_("Read it for an hour"),
        intro=_(
            "Only when a patient's care cannot wait. Every page you open is written down, and somebody there asks."
        ),
        act=lambda form, **said: actions.break_glass(**form.broken(), **said),
        next_url=lambda glass: f"{reverse('sessions_app:patient-page', args=[glass.patient_id])}?through=glass",
        context={"submit_kind": "danger", "nav": "patients"},
    )
    back = reverse("sessions_app:patients")
    return run_entry(request, facility, BreakGlassForm, step, back_url=back, places=others)


@of_facility(Permission.REVIEW)
def broken_glass(request: HttpRequest, facility: Facility) -> HttpResponse:
    context = review_page(broken_at(facility), Reader(facility.zone, clock.now()), viewer=request.user)
    context["may_review"] = may(request.user, Permission.MANAGE_FACILITY, facility.pk, at=clock.now())
    return render(request, "clinic/broken_glass.html", {**context, "at_facility": place(facility)})


@of_facility(Permission.MANAGE_FACILITY)
def review_glass(request: HttpRequest, facility: Facility, glass_id: UUID) -> HttpResponse:
    glass = get_object_or_404(broken_at(facility), pk=glass_id)
    step = Step(
        title=_("Review a reading"),
        submit_label=_("Save"),
        saved=_("Review"),
        act=lambda form, **said: actions.review_break_glass(
            glass=glass, verdict=form.cleaned_data["verdict"], note=form.cleaned_data["note"], **said
        ),
        context={
            "aside_title": _("What was read"),
            "aside_rows": glass_rows(glass, Reader(facility.zone, clock.now())),
        },
    )
    return run_entry(request, facility, ReviewForm, step, back_url=reverse("sessions_app:broken-glass"))
