"""Devices come into the cabinet."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.actions.entry import refuse
from clinic.actions.stock import receive_devices
from clinic.models import Device, Facility
from clinic.models.cabinet import cabinets_of, story_of
from clinic.models.delivery import deliveries_since, suppliers_of
from clinic.models.stock import received_pack
from clinic.rules.cabinet import Move
from clinic.rules.pack import PackCode, product_of, receiving_refusals
from clinic.rules.roles import Permission
from sessions_app.forms.stock import DeviceForm
from sessions_app.models.patient_search import patients_at
from sessions_app.models.program import programs_by_code
from sessions_app.presenters.pack import to_receive, unheard_of
from sessions_app.views import witness
from sessions_app.views.entry import run_entry
from sessions_app.views.scan import alone, filled, read_scan
from sessions_app.views.scope import of_facility
from sessions_app.views.step import Step

OF_TODAY = timedelta(hours=12)  # a delivery that more packs are added to


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
        act=lambda form, **said: receive_devices(
            facility=facility, **form.received(), **witness.seen(request, form, said)
        ),
        next_url=lambda devices: _again(devices[0]) if again else reverse("sessions_app:cabinet"),
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
        back_url=reverse("sessions_app:cabinet"),
        programs=programs,
        patients=patients_at([facility.pk]),
        suppliers=suppliers_of(facility),
        deliveries=deliveries_since(facility, clock.now() - OF_TODAY),
        cabinets=cabinets_of(facility),
        initial={"delivery": request.GET.get("delivery"), **filled(request, scan)},
        **witness.asked(request, facility, Move.RECEIVED, at=clock.now()),
    )


def _again(device: Device) -> str:
    """The next pack, of the same delivery."""
    came_with = story_of(device)[0].delivery_id
    return reverse("sessions_app:receive-device") + (f"?delivery={came_with}" if came_with else "")
