"""Pages of suspected adverse events: from the session to the report, and the clinic's list."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.limits import limited
from clinic.models import Facility
from clinic.rules.local_time import day_span
from clinic.rules.roles import Permission
from clinic.rules.whole_number import whole_number
from sessions_app.actions import adverse_event as actions
from sessions_app.forms.adverse_event import AccountForm, AdverseEventForm, ReportForm
from sessions_app.models import AdverseEvent, DosingSession
from sessions_app.models.adverse_event import Case, case_of, cases_at
from sessions_app.models.program import policies_in_force
from sessions_app.models.record import Record
from sessions_app.presenters.adverse_event import case_page, case_rows, case_url, cases_page, what_words
from sessions_app.presenters.pdf.adverse_event_story import adverse_event_pdf
from sessions_app.presenters.person import person_of, print_line
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import STEPS
from sessions_app.views.paper_file import Paper, hand_out
from sessions_app.views.scope import of_facility, of_session
from sessions_app.views.step import Step, reader_of, run_step


@of_facility(Permission.READ_CHART)
def adverse_events(request: HttpRequest, facility: Facility) -> HttpResponse:
    now, zone = clock.now(), facility.zone
    year = _year(request.GET.get("year", ""), today=now.astimezone(zone).date())
    begins_at, ends_at = day_span(date(year, 1, 1), zone)[0], day_span(date(year, 12, 31), zone)[1]
    found = cases_at(facility, begins_at, ends_at)
    days = {code: policy.adverse_event_days for code, policy in policies_in_force(facility).items()}
    context = cases_page(found, facility, year, Reader(zone, now), days=days, printed_by=str(request.user))
    return render(request, "sessions_app/adverse_events.html", context)


def _year(said: str, *, today: date) -> int:
    if not said:
        return today.year
    year = whole_number(said)
    if year is None or not 2000 <= year < 2200:
        raise Http404
    return year


@of_session(STEPS["adverse-event"])
def adverse_event(request: HttpRequest, dosing_session: DosingSession, adverse_event_id: UUID) -> HttpResponse:
    case, now = _case(dosing_session, adverse_event_id), clock.now()
    permissions = permissions_at(request.user, dosing_session.facility_id, at=now)
    reader = reader_of(dosing_session, now)
    context = case_page(case, reader, permissions=permissions, days=_days(dosing_session))
    printed = print_line(dosing_session.patient, dosing_session.facility, now=now, printed_by=str(request.user))
    context |= {"person": person_of(dosing_session, now=now), "print_line": printed, "session_id": dosing_session.pk}
    return render(request, "sessions_app/adverse_event.html", context)


@of_session(STEPS["adverse-event-pdf"])
@limited("paper")
def pdf(request: HttpRequest, dosing_session: DosingSession, adverse_event_id: UUID) -> HttpResponse:
    record, now = Record(dosing_session), clock.now()
    case = case_of(record, adverse_event_id)
    if case is None:
        raise Http404
    content = adverse_event_pdf(case, record, reader_of(dosing_session, now), viewer=request.user)
    paper = Paper(_("Report of an adverse event"), f"adverse-event-{case.key}", content, (dosing_session.patient,))
    return hand_out(request, dosing_session.facility, paper, now=now)


@of_session(STEPS["record-adverse-event"])
def record_event(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Suspected adverse event"),
        submit_label=_("Save the event"),
        intro=_("What was called serious at the chair is on the session's page already, and described there."),
        saved=_("Adverse event"),
        act=lambda form, **said: actions.record_adverse_event(
            dosing_session=dosing_session,
            what=form.cleaned_data["what"],
            began_at=form.began_at(),
            account=form.account(),
            **said,
        ),
        next_url=_page_of(dosing_session),
        context=_aside(),
    )
    return run_step(request, dosing_session, AdverseEventForm, step)


@of_session(STEPS["describe-serious-event"])
def describe(request: HttpRequest, dosing_session: DosingSession, serious_event_id: UUID) -> HttpResponse:
    case = _case(dosing_session, serious_event_id)
    event = next((row for row in case.serious_events if row.pk == serious_event_id), None)
    if event is None:
        raise Http404
    step = Step(
        title=_("Describe the event"),
        submit_label=_("Save the description"),
        intro=what_words(case),
        saved=_("Adverse event"),
        act=lambda form, **said: actions.describe_serious_event(
            dosing_session=dosing_session, serious_event=event, account=form.account(), **said
        ),
        next_url=_page_of(dosing_session),
        context=_aside(case, dosing_session),
    )
    return run_step(request, dosing_session, AccountForm, step)


@of_session(STEPS["follow-up-adverse-event"])
def follow_up(request: HttpRequest, dosing_session: DosingSession, adverse_event_id: UUID) -> HttpResponse:
    case = _case(dosing_session, adverse_event_id)
    event = _described(case)
    step = Step(
        title=_("Follow-up"),
        submit_label=_("Save the follow-up"),
        intro=what_words(case),
        saved=_("Follow-up"),
        act=lambda form, **said: actions.follow_up_adverse_event(
            dosing_session=dosing_session, event=event, account=form.account(), **said
        ),
        next_url=lambda _made: case_url(case),
        context=_aside(case, dosing_session),
    )
    return run_step(request, dosing_session, AccountForm, step)


@of_session(STEPS["report-adverse-event"])
def report(request: HttpRequest, dosing_session: DosingSession, adverse_event_id: UUID) -> HttpResponse:
    case = _case(dosing_session, adverse_event_id)
    event = _described(case)
    step = Step(
        title=_("Record a report"),
        submit_label=_("Save the report"),
        intro=_("Vigil sends nothing: what was reported elsewhere is written down here."),
        saved=_("Report"),
        act=lambda form, **said: actions.report_adverse_event(
            dosing_session=dosing_session,
            event=event,
            **{name: form.cleaned_data[name] for name in ReportForm.base_fields if name != "entry_id"},
            **said,
        ),
        next_url=lambda _made: case_url(case),
        context=_aside(case, dosing_session),
    )
    return run_step(request, dosing_session, ReportForm, step)


def _case(dosing_session: DosingSession, key: UUID) -> Case:
    found = case_of(Record(dosing_session), key)
    if found is None:
        raise Http404
    return found


def _described(case: Case) -> AdverseEvent:
    """404 while nobody has described it: that comes first."""
    if case.event is None:
        raise Http404
    return case.event


def _days(dosing_session: DosingSession) -> int | None:
    policy = policies_in_force(dosing_session.facility).get(dosing_session.program_code)
    return policy.adverse_event_days if policy else None


def _page_of(dosing_session: DosingSession) -> Any:
    def url(event: AdverseEvent) -> str:
        return case_url(_case(dosing_session, event.pk))

    return url


def _aside(case: Case | None = None, dosing_session: DosingSession | None = None) -> dict[str, Any]:
    """Beside the form: what is known so far. It stands beside no gate, which it does not open."""
    if case is None or dosing_session is None:
        return {"waits": None}
    rows = case_rows(case, reader_of(dosing_session, clock.now()))
    return {"waits": None, "aside_title": _("So far"), "aside_rows": rows, "cancel_url": case_url(case)}
