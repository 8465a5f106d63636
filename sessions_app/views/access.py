"""Who opened whose record: for whoever reviews it, as a list and as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from clinic import clock
from clinic.actions.record_access import export_accesses
from clinic.limits import limited
from clinic.models import Facility
from clinic.presenters.spreadsheet import csv_text
from clinic.rules.roles import Permission
from sessions_app.models.access_list import AccessList
from sessions_app.presenters.access_list import HEAD, access_lines, access_page, as_written, asked_of
from sessions_app.presenters.sentences import Reader
from sessions_app.views.entry import place
from sessions_app.views.opened import roles_here
from sessions_app.views.patient_search import searched_words
from sessions_app.views.scope import of_facility


@of_facility(Permission.REVIEW)
def access(request: HttpRequest, facility: Facility) -> HttpResponse:
    listing = _listing(request, facility)
    reader = Reader(facility.zone, listing.at)
    page = listing.page(request.GET.get("page"))
    context = access_page(listing, page, reader, printed_by=str(request.user))
    return render(request, "clinic/access.html", {**context, "at_facility": place(facility)})


@of_facility(Permission.REVIEW)
@limited("export")
def access_csv(request: HttpRequest, facility: Facility) -> HttpResponse:
    """That it was taken is in the audit, and in the list itself."""
    listing = _listing(request, facility)
    content = csv_text(HEAD, access_lines(listing, Reader(facility.zone, listing.at)))
    by: Any = request.user
    said: dict[str, Any] = {
        "asked": as_written(listing.asked),
        "roles": roles_here(request, facility.pk, at=listing.at),
    }
    export_accesses(facility=facility, content=content, what=_("Access to records"), **said, by=by, now=listing.at)
    name = f"access-{listing.asked.first}-{listing.asked.last}.csv"
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _listing(request: HttpRequest, facility: Facility) -> AccessList:
    now = clock.now()
    asked = asked_of(request.GET, words=searched_words(request), today=now.astimezone(facility.zone).date())
    return AccessList(facility, asked, at=now)
