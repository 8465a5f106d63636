"""Devices come into the cabinet."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.actions.entry import refuse
from clinic.actions.stock import receive_devices
from clinic.models import Facility
from clinic.models.stock import received_pack
from clinic.rules.pack import PackCode, product_of, receiving_refusals
from clinic.rules.roles import Permission
from sessions_app.forms.stock import DeviceForm
from sessions_app.models.patient_search import patients_at
from sessions_app.models.program import programs_by_code
from sessions_app.presenters.pack import to_receive, unheard_of
from sessions_app.views.entry import run_entry
from sessions_app.views.scan import alone, filled, read_scan
from sessions_app.views.scope import of_facility
from sessions_app.views.step import Step


@of_facility(Permission.STOCK)
def receive(request: HttpRequest, facility: Facility) -> HttpResponse:
    programs, again = programs_by_code(), "again" in request.POST

    def judge(code: PackCode, now: datetime) -> dict[str, Any]:
        found = ((name, product_of(code.gtin, program.products)) for name, program in programs.items())
        name, product = next(((name, product) for name, product in found if product), ("", None))
        today, received = now.astimezone(facility.zone).date(), received_pack(facility, code)
        refuse(*receiving_refusals(code, product=product, received=received, today=today))
        return to_receive(code, product, program_code=name, label=programs[name].label) if product else {}

    scan = read_scan(request, facility, judge)
    step = Step(
        title=_("Receive devices"),
        submit_label=_("Save"),
        intro=_("Under the clinic's own numbers: one device, or all of a pack."),
        saved=_("Delivery"),
        template="sessions_app/scan.html",
        act=lambda form, **said: receive_devices(facility=facility, **form.received(), **said),
        next_url=lambda devices: reverse(f"sessions_app:{'receive-device' if again else 'facility'}"),
        context={
            "also_submit": [{"name": "again", "value": "1", "label": _("Save, and another")}],
            "scan": scan,
            "try_code": unheard_of(programs.values(), now=clock.now()) if settings.VIGIL_DEMO else "",
        },
    )
    return alone(request, scan) or run_entry(
        request,
        facility,
        DeviceForm,
        step,
        back_url=reverse("sessions_app:facility"),
        programs=programs,
        patients=patients_at([facility.pk]),
        initial=filled(request, scan),
    )
