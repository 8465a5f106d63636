"""The form of a session: read and typed from, filled in, sent, answered, taken back; and the list of all forms."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import facilities_of, may, permissions_at
from clinic.rules.roles import Permission
from sessions_app.actions import filing
from sessions_app.forms.discharge import VoidForm
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.filing import AnswerForm, ReplyForm, SubmitForm
from sessions_app.models import DosingSession
from sessions_app.models.filing import filing_of
from sessions_app.models.filing_list import FilingList, next_to_do
from sessions_app.models.filing_record import FilingRecord, version_of
from sessions_app.models.record import Record
from sessions_app.presenters.filing import filing_page, version_page
from sessions_app.presenters.filing_list import asked_of, filing_list
from sessions_app.presenters.filled_form import answer_aside
from sessions_app.presenters.person import person_of, print_line, session_facts_line
from sessions_app.views.entry import place
from sessions_app.views.scope import anywhere, current_facility, of_session
from sessions_app.views.step import Step, reader_of, run_step


def filing_url(dosing_session: DosingSession) -> str:
    return reverse("sessions_app:filing", args=[dosing_session.pk])


def _stands(dosing_session: DosingSession) -> FilingRecord:
    """404 for a session that files none."""
    found = filing_of(dosing_session)
    if found is None:
        raise Http404
    return FilingRecord(found, Record(dosing_session), at=clock.now())


@anywhere(Permission.FOLLOW)
def filings(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    facility = current_facility(request, at=now)
    follows, reads = (
        [each for each in facilities_of(request.user, at=now) if may(request.user, permission, each.pk, at=now)]
        for permission in (Permission.FOLLOW, Permission.READ_CHART)
    )
    asked = asked_of(request.GET, today=now.astimezone(facility.zone).date())
    context = filing_list(FilingList(follows, asked, at=now), reads=frozenset(each.pk for each in reads), here=facility)
    return render(request, "sessions_app/filings.html", {**context, "at_facility": place(facility)})


@of_session(Permission.READ_CHART)
def form(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    stands, now = _stands(dosing_session), clock.now()
    permissions = permissions_at(request.user, dosing_session.facility_id, at=now)
    following = next_to_do(stands.filing, at=now) if Permission.FILE in permissions else None
    context = filing_page(stands, reader_of(dosing_session, now), permissions=permissions, following=following)
    return render(request, "sessions_app/filing.html", {**context, **_about(request, dosing_session)})


@of_session(Permission.READ_CHART)
def version(request: HttpRequest, dosing_session: DosingSession, version_id: UUID) -> HttpResponse:
    stands = _stands(dosing_session)
    found = version_of(stands.filing, version_id)
    if found is None:
        raise Http404
    context = version_page(found, stands, reader_of(dosing_session, clock.now()))
    return render(request, "sessions_app/filing_version.html", {**context, **_about(request, dosing_session)})


def _about(request: HttpRequest, dosing_session: DosingSession) -> dict[str, Any]:
    """Whose form it is, on the screen and on paper."""
    now, session = clock.now(), dosing_session
    return {
        "person": person_of(session, now=now),
        "facts": session_facts_line(session, now=now, chart=True),
        "session_url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "print_line": print_line(session.patient, session.facility, now=now, printed_by=str(request.user)),
    }


def _run(
    request: HttpRequest, dosing_session: DosingSession, form_class: type[EntryForm], step: Step, **kwargs: Any
) -> HttpResponse:
    """A step of the form's, which leads back to it."""
    url = filing_url(dosing_session)
    step.context.update({"cancel_url": url, "waits": None, "nav": "forms"})
    return run_step(request, dosing_session, form_class, step, **kwargs)


@of_session(Permission.FILE)
def answer(request: HttpRequest, dosing_session: DosingSession, field_code: str) -> HttpResponse:
    stands = _stands(dosing_session)
    filled = stands.field(field_code)
    if filled is None:
        raise Http404
    step = Step(
        title=_("A field of the form"),
        submit_label=_("Save"),
        saved=_("Field"),
        intro=_("What the record says stays to be read, struck through.") if filled.derived else "",
        act=lambda form, **said: filing.answer_field(
            dosing_session=dosing_session, code=field_code, **form.answer(), **said
        ),
        next_url=lambda _row: _after(dosing_session, field_code, was_missing=filled.missing),
        context=answer_aside(filled, dosing_session, reader_of(dosing_session, clock.now())),
    )
    return _run(request, dosing_session, AnswerForm, step, filled=filled)


def _after(dosing_session: DosingSession, field_code: str, *, was_missing: bool) -> str:
    """Back to the field; or, of what was empty, on to the next that is, and to what is done next once none is."""
    left = [each.field.code for each in _stands(dosing_session).filled if each.missing] if was_missing else [field_code]
    return filing_url(dosing_session) + (f"#field-{left[0]}" if left else "")


@of_session(Permission.FILE)
def submit(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    stands = _stands(dosing_session)
    missing = [each.field.wording for each in stands.filled if each.missing]
    step = Step(
        title=_("The form was sent"),
        submit_label=_("Record that it was sent"),
        intro=_("Vigil sends nothing: write down that it was sent. Every value is kept as it stands now."),
        saved=_("Sending"),
        refused_title=_("Not recorded."),
        act=lambda form, **said: filing.submit_filing(
            dosing_session=dosing_session,
            route=form.cleaned_data["route"],
            confirmation=form.cleaned_data["confirmation"],
            seen=form.cleaned_data["seen"],
            incomplete_reason=form.cleaned_data.get("incomplete_reason", ""),
            **said,
        ),
        next_url=lambda _row: filing_url(dosing_session),
    )
    return _run(request, dosing_session, SubmitForm, step, missing=missing, initial=_seen(stands))


def _seen(stands: FilingRecord) -> dict[str, UUID | None]:
    """The submission that is the newest as the page is opened."""
    return {"seen": stands.submitted.pk if stands.submitted else None}


@of_session(Permission.FILE)
def record_reply(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    stands = _stands(dosing_session)
    step = Step(
        title=_("What came back"),
        submit_label=_("Record"),
        intro=_("Of what was sent last."),
        saved=_("Reply"),
        refused_title=_("Not recorded."),
        act=lambda form, **said: filing.record_reply(
            dosing_session=dosing_session,
            kind=form.cleaned_data["kind"],
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
            **said,
        ),
        next_url=lambda _row: filing_url(dosing_session),
    )
    return _run(request, dosing_session, ReplyForm, step, initial=_seen(stands))


@of_session(Permission.FILE)
def take_back(request: HttpRequest, dosing_session: DosingSession, row_kind: str, row_id: UUID) -> HttpResponse:
    _stands(dosing_session)
    step = Step(
        title=_("Take it back"),
        submit_label=_("Take it back"),
        intro=_("For what was recorded and never was, or was of another form."),
        saved=_("Correction"),
        act=lambda form, **said: filing.take_back_filing(
            dosing_session=dosing_session,
            row_kind=row_kind,
            row_id=row_id,
            reason=form.cleaned_data["reason"],
            **said,
        ),
        next_url=lambda _row: filing_url(dosing_session),
    )
    return _run(request, dosing_session, VoidForm, step)
