"""Monitoring forms as PDF: of one session, or several of them for fax."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clinic import clock
from clinic.limits import limited
from clinic.models import Facility
from clinic.rules.roles import Permission
from sessions_app.models import DosingSession
from sessions_app.models.filing import filing_of
from sessions_app.models.filing_papers import papers_of
from sessions_app.models.filing_record import FilingRecord, version_of
from sessions_app.models.record import Record
from sessions_app.presenters.pdf.form_story import form_pdf, forms_pdf
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import STEPS
from sessions_app.views.paper_file import Paper, hand_out
from sessions_app.views.scope import of_facility, of_session
from sessions_app.views.step import reader_of


@of_session(STEPS["filing-pdf"])
@limited("paper")
def monitoring_form(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    """As it stands."""
    return _form(request, dosing_session, None)


@of_session(STEPS["filing-pdf"])
@limited("paper")
def submitted_form(request: HttpRequest, dosing_session: DosingSession, version_id: UUID) -> HttpResponse:
    """As it was submitted."""
    return _form(request, dosing_session, version_id)


def _form(request: HttpRequest, dosing_session: DosingSession, version_id: UUID | None) -> HttpResponse:
    now, filing = clock.now(), filing_of(dosing_session)
    if filing is None:
        raise Http404
    version = version_of(filing, version_id) if version_id else None
    if version_id and version is None:
        raise Http404
    stands = FilingRecord(filing, Record(dosing_session), at=now)
    content = form_pdf(stands, version, reader_of(dosing_session, now), viewer=request.user)
    paper = Paper(
        _("Monitoring form"), f"monitoring-form-{version_id or filing.pk}", content, (dosing_session.patient,)
    )
    return hand_out(request, dosing_session.facility, paper, now=now)


@of_facility(Permission.READ_CHART)
@limited("export")
def monitoring_forms(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Every ``form`` that is ticked, or all of the treatments of a ``day``, behind a sheet for fax."""
    now = clock.now()
    day, ticked = _day(request.GET.get("day", "")), _keys(request.GET.getlist("form"))
    stands = papers_of(facility, at=now, day=None if ticked else day, chosen=ticked)
    if not stands:
        messages.info(request, _("No form was ticked, and none is of that day: nothing to print."))
        return redirect("sessions_app:filings")
    to = request.GET.get("to", "").strip()[:120]
    content = forms_pdf(stands, facility, Reader(facility.zone, now), viewer=request.user, to=to)
    patients = {each.record.dosing_session.patient for each in stands}
    name = f"monitoring-forms-{now.astimezone(facility.zone).date()}"
    return hand_out(request, facility, Paper(_("Monitoring forms"), name, content, tuple(patients)), now=now)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Http404 from None


def _keys(said: list[str]) -> list[UUID]:
    try:
        return [UUID(each) for each in said]
    except ValueError:
        raise Http404 from None
