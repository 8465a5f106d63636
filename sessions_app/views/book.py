"""The book of the cabinets, for any days: on screen, as PDF, as CSV."""

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.limits import limited
from clinic.models import Facility
from clinic.presenters.spreadsheet import csv_text
from clinic.rules.book import Period
from clinic.rules.roles import Permission
from sessions_app.forms.count import PeriodForm
from sessions_app.models.book import Book
from sessions_app.models.program import programs_by_code
from sessions_app.presenters.book import CSV_HEAD, ToldBook, csv_lines, print_line, told_book
from sessions_app.presenters.pdf.book import book_pdf
from sessions_app.presenters.sentences import Reader
from sessions_app.views.entry import place
from sessions_app.views.paper_file import CSV, PDF, Paper, hand_out
from sessions_app.views.scope import of_facility
from sessions_app.views.supply import supply_url

LONGEST = timedelta(days=3 * 366)  # days of one book [D]; records are kept for at least two years


@of_facility(Permission.BOOK)
def book(request: HttpRequest, facility: Facility) -> HttpResponse:
    reader = Reader(facility.zone, clock.now())
    period, form = _asked(request, facility, reader)
    told = _told(request, facility, period, reader)
    asked = urlencode({"first": period.first, "last": period.last})
    context = {
        "told": told,
        "form": form,
        "pdf_url": f"{reverse('sessions_app:stock-book-pdf')}?{asked}",
        "csv_url": f"{reverse('sessions_app:stock-book-csv')}?{asked}",
        "print_line": print_line(facility, f"{told.title}, {told.period}", reader, str(request.user)),
        "supply_url": supply_url(request, facility, reader.now),
        "at_facility": place(facility),
    }
    return render(request, "clinic/book.html", context)


@of_facility(Permission.BOOK)
@limited("export")
def pdf(request: HttpRequest, facility: Facility) -> HttpResponse:
    reader = Reader(facility.zone, clock.now())
    period, _form = _asked(request, facility, reader)
    told = _told(request, facility, period, reader, leaves=True)
    content = book_pdf(told, facility, reader, who=str(request.user))
    return _file(request, facility, period, told, content, PDF)


@of_facility(Permission.BOOK)
@limited("export")
def csv(request: HttpRequest, facility: Facility) -> HttpResponse:
    reader = Reader(facility.zone, clock.now())
    period, _form = _asked(request, facility, reader)
    told = _told(request, facility, period, reader, leaves=True)
    content = csv_text(CSV_HEAD, csv_lines(told)).encode()
    return _file(request, facility, period, told, content, CSV)


def _told(
    request: HttpRequest, facility: Facility, period: Period, reader: Reader, *, leaves: bool = False
) -> ToldBook:
    """With the patients' names for whoever reads the chart; in a file, for whoever may take a record away too."""
    held = permissions_at(request.user, facility.pk, at=reader.now)
    wanted = {Permission.READ_CHART, Permission.EXPORT} if leaves else {Permission.READ_CHART}
    return told_book(Book(facility, period), programs_by_code(), reader, names=wanted <= held)


def _asked(request: HttpRequest, facility: Facility, reader: Reader) -> tuple[Period, PeriodForm]:
    """This month up to today, where nothing is asked or what is asked is no period."""
    today = reader.now.astimezone(facility.zone).date()
    usual = {"first": today.replace(day=1), "last": today}
    form = PeriodForm(request.GET if "first" in request.GET else usual)
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        if first <= last <= first + LONGEST:
            return Period(first, last), form
        form.add_error("last", _("Not before the first day, and at most three years after it."))
    return Period(today.replace(day=1), today), form


def _file(
    request: HttpRequest, facility: Facility, period: Period, told: ToldBook, content: bytes, media_type: str
) -> HttpResponse:
    paper = Paper(
        what=_("The book, %(period)s") % {"period": told.period},
        name=f"book-{period.first}-{period.last}",
        content=content,
        patients=told.patients,
        media_type=media_type,
        permission=Permission.EXPORT if told.names else Permission.BOOK,
    )
    return hand_out(request, facility, paper, now=clock.now())
