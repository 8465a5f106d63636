"""Pages from the order to the end of dosing. Those that ask a gate are refused while the clocks differ."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from clinic import clock
from clinic.actions.entry import refuse
from clinic.rules.pack import PackCode, choose_devices, product_of
from clinic.rules.signature import Meaning
from sessions_app.actions import decision, dosing
from sessions_app.forms.dosing import (
    AdministrationForm,
    ClearanceForm,
    DecisionForm,
    DoseOrderForm,
    FinishDosingForm,
    OutcomeForm,
    ReasonForm,
    TimeConfirmationForm,
)
from sessions_app.models import DosingSession
from sessions_app.models.dosing import administrations_of, unconfirmed_administrations
from sessions_app.models.program import programs_by_code
from sessions_app.models.site import prescribers_of
from sessions_app.models.stock import devices_for, devices_of, scanned_devices
from sessions_app.presenters.decision import decision_asides
from sessions_app.presenters.pack import of_stock, to_hand_over
from sessions_app.presenters.steps import STEPS
from sessions_app.views.scan import alone, filled, read_scan
from sessions_app.views.scope import of_session
from sessions_app.views.step import Step, besides, program_of, run_step


@of_session(STEPS["order-dose"])
def order_dose(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    program = program_of(dosing_session)
    step = Step(
        title=_("Order the dose"),
        submit_label=_("Order"),
        signs=Meaning.ORDERED,
        saved=_("Order"),
        act=lambda form, **said: dosing.order_dose(
            dosing_session=dosing_session,
            mg=form.cleaned_data["devices"] * program.mg_per_device,
            devices=form.cleaned_data["devices"],
            reason=form.cleaned_data["reason"],
            **said,
        ),
    )
    step.context.update(besides(dosing_session))
    return run_step(request, dosing_session, DoseOrderForm, step, program=program)


@of_session(STEPS["clear"])
def clear(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Clear for dosing"),
        submit_label=_("Clear for dosing"),
        refused_title=_("Not cleared."),
        saved=_("Clearance"),
        gate=True,
        act=lambda form, **said: dosing.clear_for_dosing(
            dosing_session=dosing_session,
            prescriber=form.cleaned_data["prescriber"],
            exception_reason=form.cleaned_data["exception_reason"],
            **said,
        ),
    )
    step.context.update(besides(dosing_session))
    prescribers = prescribers_of(dosing_session.facility, at=clock.now())
    return run_step(request, dosing_session, ClearanceForm, step, prescribers=prescribers)


@of_session(STEPS["administer-device"])
def administer_device(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    devices, known = devices_for(dosing_session), devices_of(dosing_session)

    def judge(code: PackCode, now: datetime) -> dict[str, Any]:
        choice = choose_devices(
            code,
            product=product_of(code.gtin, programs_by_code()[dosing_session.program_code].products),
            today=now.astimezone(dosing_session.facility.zone).date(),
            patient_stock_days=program_of(dosing_session).value("patient_stock_days"),
            **scanned_devices(dosing_session, code)._asdict(),
        )
        refuse(*choice.refusals)
        return to_hand_over(code, known.get(number=choice.number))

    scan = read_scan(request, dosing_session.facility, judge)
    step = Step(
        title=_("Hand over a device"),
        submit_label=_("Handed over"),
        refused_title=_("Not handed over."),
        intro=_("The patient sprays under your eyes. Both nostrils are one device."),
        saved=_("Device"),
        gate=True,
        template="sessions_app/scan.html",
        context={"scan": scan, "try_code": of_stock(devices) if settings.VIGIL_DEMO else ""},
        act=lambda form, **said: dosing.administer_device(
            dosing_session=dosing_session,
            device=form.cleaned_data["device"],
            exception_reason=form.cleaned_data["exception_reason"],
            **said,
        ),
    )
    said = {"devices": devices, "known": known, "initial": filled(request, scan)}
    return alone(request, scan) or run_step(request, dosing_session, AdministrationForm, step, **said)


@of_session(STEPS["record-outcome"])
def record_outcome(request: HttpRequest, dosing_session: DosingSession, administration_id: UUID) -> HttpResponse:
    administration = get_object_or_404(administrations_of(dosing_session), pk=administration_id)
    step = Step(
        title=_("What did the device deliver?"),
        submit_label=_("Save"),
        saved=_("Outcome"),
        act=lambda form, **said: dosing.record_outcome(
            dosing_session=dosing_session,
            administration=administration,
            outcome=form.cleaned_data["outcome"],
            **said,
        ),
    )
    return run_step(request, dosing_session, OutcomeForm, step)


@of_session(STEPS["confirm-device-time"])
def confirm_device_time(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Confirm a device time entered late"),
        submit_label=_("I confirm this time"),
        intro=_("By somebody other than who entered it. Until then the stay counts from the entry."),
        saved=_("Confirmation"),
        act=lambda form, **said: dosing.confirm_device_time(
            dosing_session=dosing_session, administration=form.cleaned_data["administration"], **said
        ),
    )
    rows, known = unconfirmed_administrations(dosing_session), administrations_of(dosing_session)
    return run_step(request, dosing_session, TimeConfirmationForm, step, administrations=rows, known=known)


@of_session(STEPS["finish-dosing"])
def finish_dosing(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("Finish dosing"),
        submit_label=_("Dosing finished"),
        intro=_("From here on the patient is monitored, and no further device is handed over."),
        saved=_("End of dosing"),
        act=lambda form, **said: dosing.finish_dosing(
            dosing_session=dosing_session, stopped_early_reason=form.cleaned_data["stopped_early_reason"], **said
        ),
    )
    return run_step(request, dosing_session, FinishDosingForm, step)


@of_session(STEPS["end-not-dosed"])
def end_not_dosed(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    step = Step(
        title=_("End without a dose"),
        submit_label=_("Not dosed"),
        intro=_("The session ends here without a dose and is not opened again. What was charted stays."),
        saved=_("Not dosed"),
        act=lambda form, **said: dosing.end_not_dosed(
            dosing_session=dosing_session, reason=form.cleaned_data["reason"], **said
        ),
    )
    return run_step(request, dosing_session, ReasonForm, step)


@of_session(STEPS["decide"])
def decide(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("code", "measure", "bound")}
    step = Step(
        title=_("The prescriber decides"),
        submit_label=_("Decide"),
        refused_title=_("Not decided."),
        intro=_("A decision holds for the very reading it is made on."),
        saved=_("Decision"),
        signs=Meaning.DECIDED,
        gate=True,
        act=lambda form, **said: decision.decide(
            dosing_session=dosing_session,
            code=form.cleaned_data["code"],
            measure=form.cleaned_data["measure"],
            bound_ids=form.cleaned_data["bound"],
            reason=form.cleaned_data["reason"],
            examined=form.cleaned_data["examined"],
            **said,
        ),
        context=decision_asides(dosing_session, asked["code"] or request.POST.get("code", ""), now=clock.now()),
    )
    return run_step(request, dosing_session, DecisionForm, step, initial=asked)
