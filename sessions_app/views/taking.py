"""A session takes its devices from the cabinet, and says what became of those nobody gave."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import clock
from clinic.actions.entry import refuse
from clinic.rules.cabinet import Move
from clinic.rules.pack import PackCode, choose_devices, product_of
from sessions_app.actions import cabinet
from sessions_app.forms.cabinet import DevicesForm, TakeDevicesForm, WasteForm
from sessions_app.models import DosingSession
from sessions_app.models.facts import session_facts
from sessions_app.models.program import programs_by_code
from sessions_app.models.stock import (
    devices_drawn,
    devices_of,
    devices_to_take,
    scanned_devices,
    session_steps,
    still_drawn,
)
from sessions_app.presenters.pack import of_stock, to_take
from sessions_app.presenters.steps import STEPS
from sessions_app.rules.administration import devices_left
from sessions_app.views import witness
from sessions_app.views.scan import alone, filled, read_scan
from sessions_app.views.scope import of_session
from sessions_app.views.step import Step, program_of, run_step


@of_session(STEPS["take-devices"])
def take_devices(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    program, devices, known = program_of(dosing_session), devices_to_take(dosing_session), devices_of(dosing_session)
    facts = session_facts(dosing_session, at=clock.now(), start=True)
    count = max(devices_left(facts) - len(still_drawn(session_steps(dosing_session), dosing_session)), 0)

    def judge(code: PackCode, now: datetime) -> dict[str, Any]:
        choice = choose_devices(
            code,
            count,
            product=product_of(code.gtin, programs_by_code()[dosing_session.program_code].products),
            today=now.astimezone(dosing_session.facility.zone).date(),
            patient_stock_days=program.value("patient_stock_days"),
            **scanned_devices(dosing_session, code, in_cabinet=True)._asdict(),
        )
        refuse(*choice.refusals)
        return to_take(code, list(known.filter(number__in=choice.numbers).order_by("pack_place", "number")))

    scan = read_scan(request, dosing_session.facility, judge)
    step = Step(
        title=ngettext("Take %(count)s device from the cabinet", "Take %(count)s devices from the cabinet", count)
        % {"count": count}
        if count
        else _("Every device that is still to be given is taken"),
        submit_label=_("Taken"),
        refused_title=_("Not taken."),
        intro=_("What is not given goes back, or is wasted: say so before the patient leaves."),
        saved=_("Devices taken"),
        template="sessions_app/scan.html",
        context={"scan": scan, "try_code": of_stock(devices) if settings.VIGIL_DEMO else ""},
        act=lambda form, **said: cabinet.take_devices(
            dosing_session=dosing_session, devices=form.cleaned_data["devices"], **said
        ),
    )
    said = {"devices": devices, "known": known, "initial": filled(request, scan)}
    return alone(request, scan) or run_step(request, dosing_session, TakeDevicesForm, step, **said)


@of_session(STEPS["put-back-devices"])
def put_back_devices(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    devices = devices_drawn(dosing_session)
    step = Step(
        title=_("Put back into the cabinet"),
        submit_label=_("Put back"),
        refused_title=_("Not put back."),
        intro=_("Unopened, and into the cabinet it came from."),
        saved=_("Devices put back"),
        context={
            "links": [
                {
                    "url": reverse("sessions_app:waste-taken-devices", args=[dosing_session.pk]),
                    "label": _("It cannot go back: waste it"),
                    "icon": "x-lg",
                }
            ]
        },
        act=lambda form, **said: cabinet.put_back_devices(
            dosing_session=dosing_session, devices=form.cleaned_data["devices"], **said
        ),
    )
    said = {"devices": devices, "known": devices_of(dosing_session), "initial": only(devices)}
    return run_step(request, dosing_session, DevicesForm, step, **said)


@of_session(STEPS["waste-taken-devices"])
def waste_taken_devices(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    devices = devices_drawn(dosing_session)
    step = Step(
        title=_("Waste what was taken"),
        submit_label=_("Wasted"),
        refused_title=_("Not wasted."),
        saved=_("Waste"),
        act=lambda form, **said: cabinet.waste_taken_devices(
            dosing_session=dosing_session,
            devices=form.cleaned_data["devices"],
            reason=form.cleaned_data["reason"],
            **witness.seen(request, form, said),
        ),
    )
    said = {"devices": devices, "known": devices_of(dosing_session), "initial": only(devices)}
    said |= witness.asked(request, dosing_session.facility, Move.WASTED, at=clock.now())
    return run_step(request, dosing_session, WasteForm, step, **said)


def only(devices: Any) -> dict[str, Any]:
    """Where there is one, it is that one."""
    found = list(devices[:2])
    return {"devices": found} if len(found) == 1 else {}
