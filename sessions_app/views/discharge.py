"""Pages that lead to leaving, and the release."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import may, permissions_at
from clinic.models.tablet import silent_tablets
from clinic.rules.roles import Permission
from clinic.rules.signature import Meaning
from sessions_app.actions import discharge
from sessions_app.forms.discharge import DeviationForm, DischargeForm, InstructionsForm, ReadinessForm, StayForm
from sessions_app.models import DosingSession, WayHomeArrangement
from sessions_app.models.dosing_session import next_booking
from sessions_app.models.record import Record
from sessions_app.presenters.departure import appointment_aside, book_links, saved_meanwhile
from sessions_app.presenters.instructions import sheet_links
from sessions_app.presenters.steps import STEPS
from sessions_app.presenters.tablet import silent_banner
from sessions_app.views.scope import of_session
from sessions_app.views.step import Step, reader_of, run_step


@of_session(STEPS["record-deviation"])
def record_deviation(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    examines = may(request.user, Permission.PRESCRIBE, dosing_session.facility_id, at=clock.now())
    step = Step(
        title=_("A check was missed or late"),
        submit_label=_("Save the reason"),
        intro=_("A reading really taken in time is better entered late than excused."),
        saved=_("Reason"),
        signs=Meaning.EXAMINED if examines else None,
        sign_if_needed=True,
        act=lambda form, **said: discharge.record_deviation(
            dosing_session=dosing_session,
            code=form.cleaned_data["code"],
            reason=form.cleaned_data["reason"],
            examined=form.cleaned_data["examined"],
            **said,
        ),
    )
    return run_step(
        request, dosing_session, DeviationForm, step, initial={"code": request.GET.get("code", "PEAK_CHECK")}
    )


@of_session(STEPS["extend-stay"])
def extend_stay(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Lengthen the stay"),
        submit_label=_("Lengthen"),
        intro=_("Nobody may shorten it."),
        saved=_("Stay"),
        act=lambda form, **said: discharge.extend_stay(
            dosing_session=dosing_session, stay=form.stay(), reason=form.cleaned_data["reason"], **said
        ),
    )
    return run_step(request, dosing_session, StayForm, step)


@of_session(STEPS["assess-readiness"])
def assess_readiness(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Readiness to leave"),
        submit_label=_("Ready to leave"),
        intro=_("After the last check, by a nurse or prescriber."),
        saved=_("Readiness"),
        signs=Meaning.ASSESSED,
        act=lambda form, **said: discharge.assess_readiness(
            dosing_session=dosing_session, note=form.cleaned_data["note"], **said
        ),
    )
    return run_step(request, dosing_session, ReadinessForm, step)


@of_session(STEPS["give-instructions"])
def give_instructions(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Instructions"),
        submit_label=_("Instructions given"),
        intro=_("Print them first, go through them with the patient, then say so here."),
        saved=_("Instructions"),
        act=lambda form, **said: discharge.give_instructions(
            dosing_session=dosing_session,
            how=form.cleaned_data["how"],
            language=form.cleaned_data["language"],
            **said,
        ),
        context={
            "links": sheet_links(dosing_session),
            "links_note": _("The Spanish has not been reviewed by a certified translator."),
        },
    )
    initial = {"language": request.GET.get("language", dosing_session.patient.paper_language)}
    return run_step(request, dosing_session, InstructionsForm, step, initial=initial)


@of_session(STEPS["discharge"])
def release(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    record = Record(dosing_session)
    way_home = record.latest(WayHomeArrangement)
    reader = reader_of(dosing_session, clock.now())
    permissions = permissions_at(request.user, dosing_session.facility_id, at=clock.now())
    step = Step(
        title=_("Release the patient"),
        submit_label=_("Release"),
        refused_title=_("Not discharged."),
        saved=_("Release"),
        gate=True,
        act=lambda form, **said: discharge.discharge_patient(
            dosing_session=dosing_session,
            handed_over_to=form.taken_over_by(),
            departed_at=form.moments["departed_time"],
            **said,
        ),
        context={
            **appointment_aside(dosing_session, next_booking(dosing_session, at=reader.now), reader),
            "links": [*sheet_links(dosing_session), *book_links(dosing_session, permissions)],
            "banner": silent_banner(silent_tablets(dosing_session.pk, at=reader.now), reader),
        },
        around_form=lambda form: (
            {"refused_text": saved_meanwhile(Record(dosing_session), form.data.get("seen_order"), reader)}
            if form.is_bound
            else {}
        ),
    )
    initial = {"seen_order": dosing_session.last_order}
    arranged = way_home.name if way_home else ""
    return run_step(request, dosing_session, DischargeForm, step, initial=initial, arranged=arranged)
