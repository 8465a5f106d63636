"""Pages of the other ends of a session, and of the way back on the same day."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinic import clock
from sessions_app.actions import departure, follow_up
from sessions_app.forms.departure import FollowUpForm, LeftEarlyForm
from sessions_app.forms.discharge import TransferForm
from sessions_app.forms.dosing import ReasonForm
from sessions_app.models import DosingSession, Impairment, Transfer, WayHomeArrangement
from sessions_app.models.record import Record
from sessions_app.models.site import prescribers_of
from sessions_app.presenters.follow_up import call_aside
from sessions_app.presenters.steps import STEPS
from sessions_app.views.scope import of_session
from sessions_app.views.step import Step, reader_of, run_step


@of_session(STEPS["leave-early"])
def leave_early(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    record = Record(dosing_session)
    checks, way_home = record.checks(), record.latest(WayHomeArrangement)
    step = Step(
        title=_("The patient has left"),
        submit_label=_("Record that the patient left"),
        intro=_("Before the gate opened. It never counts as compliant, and the monitoring form is still due."),
        saved=_("Left early"),
        act=lambda form, **said: departure.record_left_early(
            dosing_session=dosing_session,
            last_seen_at=form.moments["last_seen_time"],
            found_gone_at=form.moments["found_gone_time"],
            impaired=Impairment(form.cleaned_data["impaired"]),
            prescriber_told=form.told("prescriber"),
            contact_told=form.told("contact"),
            **said,
        ),
        context={"submit_kind": "danger", "waits": None, **call_aside(record, reader_of(dosing_session, clock.now()))},
    )
    return run_step(
        request,
        dosing_session,
        LeftEarlyForm,
        step,
        last_check_at=checks[-1].occurred_at if checks else None,
        prescribers=[person.printed_name for person in prescribers_of(dosing_session.facility, at=clock.now())],
        contact=way_home.name if way_home else "",
    )


@of_session(STEPS["record-follow-up-call"])
def record_follow_up_call(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Follow-up call"),
        submit_label=_("Save the call"),
        intro=_("Somebody calls until somebody is reached."),
        saved=_("Call"),
        act=lambda form, **said: follow_up.record_follow_up_call(
            dosing_session=dosing_session,
            outcome=form.cleaned_data["outcome"],
            spoke_to=form.cleaned_data["spoke_to"],
            said=form.cleaned_data["said"],
            **said,
        ),
        context=call_aside(Record(dosing_session), reader_of(dosing_session, clock.now())),
    )
    return run_step(request, dosing_session, FollowUpForm, step)


@of_session(STEPS["transfer"])
def transfer(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Transfer"),
        submit_label=_("Handed over"),
        intro=_("The session ends here and is not opened again. What was charted stays; a late reading can be added."),
        saved=_("Transfer"),
        act=lambda form, **said: departure.transfer_patient(
            dosing_session=dosing_session,
            destination=Transfer.Destination(form.cleaned_data["destination"]),
            place=form.cleaned_data["place"],
            handed_over=form.cleaned_data["handed_over"],
            **said,
        ),
        context={"submit_kind": "danger"},
    )
    return run_step(request, dosing_session, TransferForm, step)


@of_session(STEPS["reopen"])
def reopen(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Re-open today's session"),
        submit_label=_("Back to monitoring"),
        intro=_(
            "Only on the same day: the wrong patient was released, or the patient came back. Leaving begins anew: "
            "final check, readiness and instructions of before count for nothing. The release stays, struck through."
        ),
        saved=_("Re-opening"),
        act=lambda form, **said: departure.reopen_session(
            dosing_session=dosing_session, reason=form.cleaned_data["reason"], **said
        ),
    )
    return run_step(request, dosing_session, ReasonForm, step)
