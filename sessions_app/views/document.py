"""Papers of the facility: what is kept, keeping one more, and the one address where a kept file is handed out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clinic import clock
from clinic.access import permissions_at
from clinic.actions.document import keep_document, open_document
from clinic.limits import limited
from clinic.models import Document, Facility
from clinic.models.document import documents_of
from clinic.rules.roles import Permission
from sessions_app.forms.document import KeepDocumentForm
from sessions_app.presenters.document import papers_page
from sessions_app.views.entry import place, run_entry
from sessions_app.views.scope import of_document, of_facility
from sessions_app.views.step import Step


@of_document
@limited("paper")
@require_GET
def document(request: HttpRequest, document: Document) -> HttpResponse:
    """As an attachment, never as a page of ours: whatever a browser makes of it, it has no script, no origin and no
    name but the one it was kept under. Each opening is written into the audit."""
    # Signed in: of_document asked.
    content = open_document(document=document, by=request.user, now=clock.now())  # type: ignore[arg-type]
    return HttpResponse(
        content,
        headers={
            "Content-Type": document.media_type,
            "Content-Disposition": content_disposition_header(True, document.name),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
        },
    )


@of_facility(Permission.VIEW)
def papers(request: HttpRequest, facility: Facility) -> HttpResponse:
    permissions = permissions_at(request.user, facility.pk, at=clock.now())
    context = papers_page(documents_of(facility, opened_with=permissions), facility, permissions)
    return render(request, "clinic/papers.html", {**context, "at_facility": place(facility)})


@of_facility(Permission.MANAGE_FACILITY)
def keep(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Keep a paper"),
        submit_label=_("Keep"),
        saved=_("Paper"),
        act=lambda form, **said: keep_document(facility=facility, file=form.cleaned_data["document"], **said),
    )
    return run_entry(request, facility, KeepDocumentForm, step, back_url=reverse("sessions_app:papers"))
