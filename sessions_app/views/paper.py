"""From paper after an outage: the sheet, the second person, and what waits."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import may, permissions_at
from clinic.models import Facility, Patient
from clinic.rules.roles import LICENSED, Permission, Role
from clinic.rules.signature import Meaning
from sessions_app.actions import paper
from sessions_app.forms.correction import NoteForm
from sessions_app.forms.paper import PaperForm
from sessions_app.forms.paper_session import PaperSessionForm
from sessions_app.models import DosingSession
from sessions_app.models.facts import session_facts
from sessions_app.models.paper import forgotten_sessions, sessions_to_compare
from sessions_app.models.program import programs_by_code
from sessions_app.models.record import Record
from sessions_app.models.site import ever_in
from sessions_app.models.stock import devices_for, devices_of
from sessions_app.presenters.dosing_session import session_page
from sessions_app.presenters.paper import paper_page
from sessions_app.presenters.person import session_facts_line
from sessions_app.presenters.steps import STEPS
from sessions_app.rules.program import Program
from sessions_app.rules.states import State
from sessions_app.views.booking import courses_in_words
from sessions_app.views.entry import place, run_entry
from sessions_app.views.patient_history import patient_url
from sessions_app.views.scope import of_facility, of_patient, of_session
from sessions_app.views.step import Step, program_of, reader_of, run_step, session_url


def _sheet(request: HttpRequest, session: DosingSession, program: Program) -> dict[str, Any]:
    """What the fields of a sheet are chosen from."""
    return {
        "program": program,
        "people": ever_in(session.facility, LICENSED),
        "prescribers": ever_in(session.facility, (Role.PRESCRIBER,)),
        "devices": devices_for(session),
        "known": devices_of(session),
        "decides": may(request.user, Permission.PRESCRIBE, session.facility_id, at=clock.now()),
    }


def _step(act: Any, facts: list[dict[str, Any]]) -> Step:
    return Step(
        title=_("From paper"),
        submit_label=_("Enter the sheet"),
        refused_title=_("Not entered."),
        intro=_(
            "Type what stands on the sheet; leave out what does not. It is judged at its own times, all of it or "
            "nothing, and says for ever that it came from paper. Then somebody else compares it with the paper."
        ),
        saved=_("Sheet"),
        signs=Meaning.COPIED,
        act=act,
        template="sessions_app/paper.html",
        context={"facts": facts},
        next_url=lambda sheet: session_url(sheet.dosing_session),
    )


@of_session(STEPS["enter-paper"])
def enter_paper(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = _step(
        lambda form, **said: paper.enter_paper(
            dosing_session=dosing_session, lines=form.lines, reason=form.cleaned_data["reason"], **said
        ),
        session_facts_line(dosing_session, now=clock.now(), chart=True),
    )
    return run_entry(
        request,
        dosing_session.facility,
        PaperForm,
        step,
        back_url=session_url(dosing_session),
        patient=dosing_session.patient,
        state=State(dosing_session.state),
        began=dosing_session.checked_in_at,
        **_sheet(request, dosing_session, program_of(dosing_session)),
    )


@of_patient(Permission.CORRECT)
def enter_paper_session(request: HttpRequest, patient: Patient, facility: Facility) -> HttpResponse:
    courses = courses_in_words(patient, facility, chart=True)
    course = courses[0][0]
    blank = DosingSession(facility=facility, patient=patient, course=course, program_code=course.program_code)
    step = _step(
        lambda form, **said: paper.enter_paper_session(
            course=form.chosen_course(),
            identifiers=tuple(form.cleaned_data["identifiers"]),
            checked_in_at=form.at("check_in_time"),
            performed_by=form.cleaned_data["nurse"],
            chair=form.cleaned_data["chair"],
            lines=form.lines,
            reason=form.cleaned_data["reason"],
            **said,
        ),
        [],
    )
    return run_entry(
        request,
        facility,
        PaperSessionForm,
        step,
        back_url=patient_url(patient),
        patient=patient,
        courses=courses,
        state=State.CHECKED_IN,
        began=None,
        **_sheet(request, blank, programs_by_code()[course.program_code]),
    )


@of_session(STEPS["confirm-paper"])
def confirm_paper(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    now, record = clock.now(), Record(dosing_session)
    reader = reader_of(dosing_session, now)
    facts = session_facts(dosing_session, at=now, record=record) if dosing_session.policy else None
    reads = frozenset({Permission.READ_CHART})  # and nothing to press beside what is compared
    page = session_page(record, facts, (), reader=reader, permissions=reads, viewer=request.user)
    compared = {name: page.get(name) for name in ("readings", "readings_head", "events")}
    step = Step(
        title=_("Compare with the paper"),
        submit_label=_("Compared, it is the same"),
        intro=_(
            "You have the paper in your hand and typed none of it. Compare every line below: times, values, who. What "
            "differs is corrected first."
        ),
        saved=_("Comparison"),
        template="sessions_app/confirm_paper.html",
        context={"waits": None, **compared},
        act=lambda form, **said: paper.confirm_paper(
            dosing_session=dosing_session, note=form.cleaned_data["note"], **said
        ),
    )
    return run_step(request, dosing_session, NoteForm, step)


@of_facility(Permission.READ_CHART)
def from_paper(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    context = paper_page(
        list(sessions_to_compare(facility)),
        list(forgotten_sessions(facility, at=now)),
        zone=facility.zone,
        permissions=permissions_at(request.user, facility.pk, at=clock.now()),
    )
    return render(request, "sessions_app/from_paper.html", {**context, "at_facility": place(facility)})
