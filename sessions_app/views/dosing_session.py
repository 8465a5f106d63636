"""The session page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from clinic import clock
from clinic.access import permissions_at, sequence_of
from clinic.models import RecordAccess
from clinic.outbox import saved, waited_of
from clinic.rules.roles import Permission
from clinic.views.audience import kept_offline
from sessions_app.models import DosingSession
from sessions_app.models.dosing_session import next_booking
from sessions_app.models.expected_departure import expected_departures
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.models.stock import session_steps
from sessions_app.presenters.alarm import session_alarms
from sessions_app.presenters.dosing_session import page_turns, session_page
from sessions_app.rules.floor import next_turn
from sessions_app.rules.gates import gate_refusals
from sessions_app.rules.states import AT_START_GATE, ENDED
from sessions_app.views import opened
from sessions_app.views.live import Version, live_page, sight
from sessions_app.views.scope import of_session
from sessions_app.views.step import reader_of


@kept_offline
@of_session(Permission.VIEW)
def dosing_session(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    sequence, now, record = sequence_of(dosing_session.facility_id), clock.now(), Record(dosing_session)
    checked_in = dosing_session.checked_in_at is not None
    start = dosing_session.state in AT_START_GATE
    facts = session_facts(dosing_session, at=now, start=start, record=record) if checked_in else None
    usual = expected_departures(dosing_session.facility, [(dosing_session, facts)], at=now) if facts else {}
    permissions = permissions_at(request.user, dosing_session.facility_id, at=clock.now())
    refusals, reader = gate_refusals(facts, now=now) if facts else (), reader_of(dosing_session, now)
    alarms, expected = session_alarms(record, facts, reader, permissions=permissions), usual.get(dosing_session.pk)
    context = session_page(
        record,
        facts,
        refusals,
        alarms=alarms,
        reader=reader,
        permissions=permissions,
        viewer=request.user,
        booked=next_booking(dosing_session, at=now) if dosing_session.state in ENDED else None,
        steps=session_steps(dosing_session) if checked_in else (),
        expected=expected,
    )
    turns = (*page_turns(record, facts, refusals, expected=expected, reader=reader), *alarms["turns"])
    until = next_turn(turns, now=now) or now
    version = Version(sight(permissions), dosing_session.facility_id, sequence, until, dosing_session.pk)
    return live_page(request, "dosing_session", context, version)


@of_session(Permission.VIEW, offline=True)
@require_POST
def report_opened(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    """A page of this session was opened that had been kept, or fetched ahead. By now that was written, as for any page;
    of one that was opened while no server answered it is, as of then."""
    if waited := waited_of(request):
        kind, of = RecordAccess.Kind.OPENED, [dosing_session.patient_id]
        opened.write(request, of, dosing_session.facility_id, kind=kind, at=waited.typed_at)
        return saved("", [])
    return HttpResponse(status=204)


report_opened.offline = False  # type: ignore[attr-defined]  # it may wait, and shows nothing that could be kept
