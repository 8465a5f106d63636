"""Paper for the time of an outage: blank sheets, and open sessions as they stand now."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import may
from clinic.models import Facility
from clinic.rules.roles import Permission
from sessions_app.models import DosingSession
from sessions_app.models.day import Day
from sessions_app.models.facts import session_facts
from sessions_app.models.program import newest_versions, policies_in_force
from sessions_app.models.record import Record
from sessions_app.presenters.outage.sheet import blank_sheet, session_sheet
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import STEPS
from sessions_app.rules.gates import gate_refusals
from sessions_app.rules.program import Program
from sessions_app.rules.states import AT_START_GATE
from sessions_app.views import opened
from sessions_app.views.scope import of_facility, of_session
from sessions_app.views.step import program_of, reader_of, session_url


@of_session(STEPS["sheet"])
def sheet(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    program_of(dosing_session)
    context = {
        "title": _("As of now, on paper"),
        "note": _("What is charted so far, and lines for what is still to come."),
        "back_url": session_url(dosing_session),
        "back_label": _("Back to the session"),
        "sheets": [_sheet(request, Record(dosing_session), clock.now())],
    }
    return render(request, "sessions_app/outage_sheets.html", context)


@of_facility(Permission.READ_CHART)
def open_sheets(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    records = Day(facility, at=now).open.records()
    opened.note(request, [record.dosing_session.patient_id for record in records], facility.pk, at=now)
    sheets = [_sheet(request, record, now) for record in records]
    context = {
        "title": _("Every open session, on paper"),
        "note": _("As of now: what is charted so far, and lines for what is still to come. One session begins a page."),
        "sheets": sheets,
        **_back(),
    }
    return render(request, "sessions_app/outage_sheets.html", context)


@of_facility(Permission.VIEW)
def blank(request: HttpRequest, facility: Facility, program_code: str) -> HttpResponse:
    programs = _programs(facility)
    if program_code not in programs:
        raise Http404
    program, now = programs[program_code], clock.now()
    context = {
        "title": _("Blank sheet: %(programme)s") % {"programme": program.label},
        "note": _("One session on paper, under this clinic's numbers. Keep some printed where everybody finds them."),
        "blank": blank_sheet(
            program, facility, reader=Reader(facility.zone, now, program), printed_by=str(request.user)
        ),
        **_back(),
    }
    return render(request, "sessions_app/outage_sheets.html", context)


@of_facility(Permission.VIEW)
def outage(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Which sheets there are."""
    reads = may(request.user, Permission.READ_CHART, facility.pk, at=clock.now())
    sheets = [
        {
            "url": reverse("sessions_app:blank-sheet", args=[code]),
            "label": _("Blank sheet: %(programme)s") % {"programme": program.label},
        }
        for code, program in _programs(facility).items()
    ]
    return render(request, "sessions_app/outage.html", {"facility": facility.name, "sheets": sheets, "reads": reads})


def _sheet(request: HttpRequest, record: Record, now: datetime) -> dict[str, object]:
    session = record.dosing_session
    facts = session_facts(session, at=now, start=session.state in AT_START_GATE, record=record)
    refusals = gate_refusals(facts, now=now)
    return session_sheet(record, facts, refusals, reader=reader_of(session, now), printed_by=str(request.user))


def _back() -> dict[str, str]:
    return {"back_url": reverse("sessions_app:outage"), "back_label": _("Back to the sheets")}


def _programs(facility: Facility) -> dict[str, Program]:
    """Under this clinic's policy where it has one."""
    policies = policies_in_force(facility)
    return {
        code: policies[code].program if code in policies else version.program
        for code, version in newest_versions().items()
    }
