"""The cabinet of a facility: what is where, one device's story, and what is done besides sessions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.actions import cabinet as actions
from clinic.actions import delivery
from clinic.models import Device, Facility
from clinic.models.cabinet import cabinets_of, witnessed_at
from clinic.models.delivery import suppliers_of
from clinic.rules.cabinet import Move
from clinic.rules.roles import Permission
from sessions_app.actions.cabinet import correct_movement
from sessions_app.forms.cabinet import (
    CabinetForm,
    CabinetPolicyForm,
    CorrectionForm,
    DevicesForm,
    FoundForm,
    LostForm,
    MoveForm,
    ReturnForm,
    SupplierForm,
    WasteForm,
)
from sessions_app.models.cabinet import (
    cabinet_view,
    dea_number_of,
    device_story,
    devices_here,
    devices_to,
    sessions_in,
)
from sessions_app.models.program import programs_by_code
from sessions_app.presenters.cabinet import cabinet_page, device_page
from sessions_app.views import opened, witness
from sessions_app.views.entry import place, run_entry
from sessions_app.views.scope import of_facility
from sessions_app.views.step import Step
from sessions_app.views.supply import supply_url


@of_facility(Permission.VIEW)
def cabinet(request: HttpRequest, facility: Facility) -> HttpResponse:
    now = clock.now()
    permissions = permissions_at(request.user, facility.pk, at=now)
    view = cabinet_view(facility)
    context = cabinet_page(view, dea_number=dea_number_of(facility), permissions=permissions, now=now)
    links = {"reads_book": Permission.BOOK in permissions, "supply_url": supply_url(request, facility, now)}
    return render(request, "clinic/cabinet.html", {**context, **links, "at_facility": place(facility)})


@of_facility(Permission.VIEW)
def device(request: HttpRequest, facility: Facility, device_id: UUID) -> HttpResponse:
    found, now = _device(facility, device_id), clock.now()
    permissions = permissions_at(request.user, facility.pk, at=now)
    story = device_story(found)
    sessions = sessions_in(story)
    names = {each.pk: each.name for each in cabinets_of(facility)}
    if Permission.READ_CHART in permissions:
        opened.note(request, {session.patient_id for session in sessions.values()}, facility.pk, at=now)
    products = [product for program in programs_by_code().values() for product in program.products]
    context = device_page(found, story, sessions, names=names, products=products, permissions=permissions, now=now)
    return render(request, "clinic/device.html", {**context, "at_facility": place(facility)})


def _device(facility: Facility, device_id: Any) -> Device:
    found: Device = get_object_or_404(devices_here(facility), pk=device_id)
    return found


def _run(
    request: HttpRequest, facility: Facility, form_class: type[DevicesForm], step: Step, kind: Move, **kwargs: Any
) -> HttpResponse:
    """Of some devices; of the one in the address, where there is one."""
    asked, initial = request.GET.get("device", ""), {}
    if asked:
        try:
            initial = {"devices": [_device(facility, UUID(asked))]}
        except ValueError as error:
            raise Http404 from error
    back = reverse("sessions_app:device", args=[asked]) if asked else reverse("sessions_app:cabinet")
    said = {"devices": devices_to(facility, kind), "known": devices_here(facility), "initial": initial, **kwargs}
    return run_entry(request, facility, form_class, step, back_url=back, **said)


def _witnessed(
    request: HttpRequest, facility: Facility, action: Callable[..., Any], fields: Callable[[Any], dict[str, Any]]
) -> Callable[..., Any]:
    def act(form: Any, **said: Any) -> Any:
        devices = form.cleaned_data["devices"]
        return action(facility=facility, devices=devices, **fields(form), **witness.seen(request, form, said))

    return act


@of_facility(Permission.STOCK)
def move(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Move to another cabinet"),
        submit_label=_("Moved"),
        intro=_("Within this registered location. Nothing is lent or sent to another."),
        saved=_("Move"),
        act=lambda form, **said: actions.move_devices(
            facility=facility,
            devices=form.cleaned_data["devices"],
            cabinet=form.cleaned_data["cabinet"],
            **said,
        ),
    )
    return _run(request, facility, MoveForm, step, Move.MOVED, cabinets=cabinets_of(facility))


@of_facility(Permission.STOCK)
def waste(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Waste devices"),
        submit_label=_("Wasted"),
        intro=_("Destroyed here. What is left in a device that was given is no part of the stock."),
        saved=_("Waste"),
        act=_witnessed(request, facility, actions.waste_devices, lambda form: {"reason": form.cleaned_data["reason"]}),
    )
    asked = witness.asked(request, facility, Move.WASTED, at=clock.now())
    return _run(request, facility, WasteForm, step, Move.WASTED, **asked)


@of_facility(Permission.STOCK)
def send_back(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Return to the distributor"),
        submit_label=_("Returned"),
        saved=_("Return"),
        act=_witnessed(request, facility, actions.return_devices, lambda form: {"delivery": form.delivery()}),
    )
    asked = witness.asked(request, facility, Move.RETURNED, at=clock.now())
    return _run(request, facility, ReturnForm, step, Move.RETURNED, suppliers=suppliers_of(facility), **asked)


@of_facility(Permission.STOCK)
def lost(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Lost or stolen"),
        submit_label=_("Report"),
        intro=_("A discrepancy opens with it, and the clocks of the DEA run from now."),
        saved=_("Report"),
        act=_witnessed(
            request,
            facility,
            actions.report_lost,
            lambda form: {
                "reason": form.cleaned_data["reason"],
                "stolen": form.cleaned_data["stolen"] == "stolen",
            },
        ),
    )
    asked = witness.asked(request, facility, Move.LOST, at=clock.now())
    return _run(request, facility, LostForm, step, Move.LOST, **asked)


@of_facility(Permission.STOCK)
def found(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Found again"),
        submit_label=_("Found"),
        saved=_("Find"),
        act=lambda form, **said: actions.report_found(
            facility=facility,
            devices=form.cleaned_data["devices"],
            cabinet=form.cleaned_data["cabinet"],
            reason=form.cleaned_data["reason"],
            **said,
        ),
    )
    return _run(request, facility, FoundForm, step, Move.FOUND, cabinets=cabinets_of(facility))


@of_facility(Permission.STOCK)
def correct(request: HttpRequest, facility: Facility, device_id: UUID) -> HttpResponse:
    about = _device(facility, device_id)
    step = Step(
        title=_("Put right: device %(number)s") % {"number": about.number},
        submit_label=_("Take it back"),
        intro=_("What was recorded last is taken back: the device is where it was before. Both stay in the book."),
        saved=_("Correction"),
        act=lambda form, **said: correct_movement(
            facility=facility, device=about, reason=form.cleaned_data["reason"], **said
        ),
    )
    return run_entry(request, facility, CorrectionForm, step, back_url=reverse("sessions_app:device", args=[about.pk]))


@of_facility(Permission.STOCK)
def record_supplier(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Supplier or reverse distributor"),
        submit_label=_("Remember"),
        intro=_("Told again under the same name, it counts from then on; older deliveries keep what they came with."),
        saved=_("Supplier"),
        act=lambda form, **said: delivery.record_supplier(
            facility=facility,
            name=form.cleaned_data["name"],
            address=form.cleaned_data["address"],
            dea_number=form.cleaned_data["dea_number"],
            **said,
        ),
    )
    return run_entry(request, facility, SupplierForm, step, back_url=reverse("sessions_app:cabinet"))


@of_facility(Permission.MANAGE_FACILITY)
def add(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("One more cabinet"),
        submit_label=_("Add"),
        saved=_("Cabinet"),
        act=lambda form, **said: actions.add_cabinet(facility=facility, name=form.cleaned_data["name"], **said),
    )
    return run_entry(request, facility, CabinetForm, step, back_url=reverse("sessions_app:cabinet"))


@of_facility(Permission.MANAGE_FACILITY)
def set_policy(request: HttpRequest, facility: Facility) -> HttpResponse:
    step = Step(
        title=_("Witnesses"),
        submit_label=_("Save"),
        saved=_("Policy"),
        act=lambda form, **said: actions.set_cabinet_policy(
            facility=facility,
            witnessed=[Move(kind) for kind in form.cleaned_data["witnessed"]],
            reason=form.cleaned_data["reason"],
            **said,
        ),
    )
    initial = {"witnessed": [kind.value for kind in witnessed_at(facility)]}
    back = reverse("sessions_app:cabinet")
    return run_entry(request, facility, CabinetPolicyForm, step, back_url=back, initial=initial)
