"""The sheet that goes home with a patient."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from clinic import clock
from clinic.access import permissions_at
from clinic.models import Language
from sessions_app.models import DosingSession
from sessions_app.models.dosing_session import next_booking
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.presenters.instructions import instructions_sheet
from sessions_app.presenters.steps import STEPS
from sessions_app.views.scope import of_session
from sessions_app.views.step import reader_of


@of_session(STEPS["instructions"])
def instructions(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    language = request.GET.get("language", dosing_session.patient.paper_language)
    if dosing_session.checked_in_at is None or language not in Language.values:
        raise Http404
    now, record = clock.now(), Record(dosing_session)
    context = instructions_sheet(
        record,
        session_facts(dosing_session, at=now, record=record),
        language=Language(language),
        booked=next_booking(dosing_session, at=now),
        reader=reader_of(dosing_session, now),
        printed_by=str(request.user),
        permissions=permissions_at(request.user, dosing_session.facility_id, at=clock.now()),
    )
    return render(request, "sessions_app/instructions.html", context)
