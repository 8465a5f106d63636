"""The cabinet: what is where and for whom, what is used first, what happened last; and one device's whole story."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import Device, StockMovement
from clinic.presenters.time import calendar_day, clock_time, clock_time_with_zone
from clinic.rules.cabinet import CORRECTABLE, WAYS, Move, Place, steps_in_force
from clinic.rules.pack import Product
from clinic.rules.roles import Permission
from clinic.rules.stock import StockKind, last_day
from sessions_app.models import DosingSession
from sessions_app.models.cabinet import CabinetView
from sessions_app.presenters.pack import gtin_words
from sessions_app.presenters.readings import entered_later
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.presenters.sentences.cabinet import PLACES
from sessions_app.rules.program import Program
from sessions_app.rules.states import ENDED

SOON = timedelta(days=30)  # [D] what expires within it is named

MOVES: Mapping[str, Text] = {
    Move.RECEIVED: gettext_lazy("Received"),
    Move.MOVED: gettext_lazy("Moved"),
    Move.DRAWN: gettext_lazy("Taken for a patient"),
    Move.ADMINISTERED: gettext_lazy("Given"),
    Move.FAILED: gettext_lazy("Failed"),
    Move.PUT_BACK: gettext_lazy("Put back"),
    Move.WASTED: gettext_lazy("Wasted"),
    Move.RETURNED: gettext_lazy("Returned to the distributor"),
    Move.LOST: gettext_lazy("Lost or stolen"),
    Move.FOUND: gettext_lazy("Found"),
    Move.CORRECTED: gettext_lazy("Put right"),
}
# What is done from the page of the cabinet, and from a device's own.
DONE: Mapping[Move, tuple[str, Text]] = {
    Move.MOVED: ("move-devices", gettext_lazy("Move")),
    Move.WASTED: ("waste-devices", gettext_lazy("Waste")),
    Move.RETURNED: ("return-devices", gettext_lazy("Return to the distributor")),
    Move.LOST: ("report-lost", gettext_lazy("Lost or stolen")),
    Move.FOUND: ("report-found", gettext_lazy("Found again")),
}


def cabinet_page(view: CabinetView, *, dea_number: str, permissions: frozenset[str], now: datetime) -> dict[str, Any]:
    """Context of ``clinic/cabinet.html``."""
    zone, today = view.facility.zone, now.astimezone(view.facility.zone).date()
    names = {cabinet.pk: cabinet.name for cabinet in view.cabinets}
    lots = _lots(view, names, today)
    in_cabinets = view.places.get(Place.CABINET, 0)
    may_stock, manages = Permission.STOCK in permissions, Permission.MANAGE_FACILITY in permissions
    reader = Reader(zone, now)
    return {
        "count": in_cabinets,
        "registration": dea_number,
        "now": clock_time_with_zone(now, zone),
        "cabinets": [
            {"name": name, "count": sum(line["count"] for line in view.lines if line["to_id"] == key)}
            for key, name in names.items()
        ],
        "several": len(names) > 1,
        "lots": [lot for lot in lots if not lot["patient"]],
        "own": [lot for lot in lots if lot["patient"]],
        "soon": sum(lot["count"] for lot in lots if lot["badge"]),
        "taken": [_taken(step, session, reader) for step, session in view.taken],
        "steps": _with_balance(view, names, in_cabinets, reader),
        "receive_url": reverse("sessions_app:receive-device") if may_stock else "",
        "actions": _actions(permissions, [move for move in DONE if _has(view, move)], several=len(names) > 1),
        "add_url": reverse("sessions_app:add-cabinet") if manages else "",
        "policy_url": reverse("sessions_app:set-cabinet-policy") if manages else "",
        "supplier_url": reverse("sessions_app:record-supplier") if may_stock else "",
    }


def _has(view: CabinetView, move: Move) -> bool:
    return any(view.places.get(place) for place in WAYS[move][0])


def _actions(
    permissions: frozenset[str], moves: Iterable[Move], *, several: bool, device: Device | None = None
) -> list[dict[str, Any]]:
    if Permission.STOCK not in permissions:
        return []
    about = f"?device={device.pk}" if device else ""
    return [
        {"url": reverse(f"sessions_app:{DONE[move][0]}") + about, "label": str(DONE[move][1])}
        for move in moves
        if several or move is not Move.MOVED
    ]


def _lots(view: CabinetView, names: Mapping[UUID, str], today: date) -> list[dict[str, Any]]:
    """One line for each product, lot, last day and patient, over all cabinets; what is used first stands first."""
    found: dict[Any, dict[str, Any]] = {}
    for line in view.lines:
        program = view.programs.get(line["device__program_code"])
        whose = line["device__patient"]
        last = line_last_day(line, program)
        pack = gtin_words(line["device__gtin"], program.products if program else ())
        key = (line["device__program_code"], line["device__lot"], pack, whose, last)
        lot = found.setdefault(
            key,
            {
                "product": program.label if program else line["device__program_code"],
                "pack": pack,
                "lot": line["device__lot"],
                "last_day": last,
                "day": calendar_day(last),
                "patient": f"{line['device__patient__first_name']} {line['device__patient__last_name']}"
                if whose
                else "",
                "count": 0,
                "where": Counter(),
                "badge": _day_badge(last, today),
            },
        )
        lot["count"] += line["count"]
        lot["where"][names.get(line["to_id"], "")] += line["count"]
    for lot in found.values():
        lot["where"] = [{"name": name, "count": count} for name, count in lot["where"].items()]
    return sorted(found.values(), key=lambda lot: (lot["last_day"], lot["lot"]))


def line_last_day(line: Mapping[str, Any], program: Program | None) -> date:
    """Of devices that are alike and came on one day."""
    if program is None:
        expires_date: date = line["device__expires_date"]
        return expires_date
    return last_day(
        StockKind(line["device__kind"]),
        expires_date=line["device__expires_date"],
        received_date=line["received_date"],
        patient_stock_days=program.value("patient_stock_days"),
    )


def _day_badge(last_day: date, today: date) -> dict[str, Any] | None:
    if last_day < today:
        return {"word": _("Past its day"), "kind": "overdue"}
    if last_day <= today + SOON:
        days = (last_day - today).days
        word = ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days} if days else _("Last day")
        return {"word": word, "kind": "held"}
    return None


def _taken(step: StockMovement, session: DosingSession, reader: Reader) -> dict[str, Any]:
    over = session.state in ENDED
    return {
        "number": step.device.number,
        "url": reverse("sessions_app:device", args=[step.device_id]),
        "who": session.patient.full_name,
        "session_url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "at": clock_time(step.occurred_at, reader.zone),
        "badge": {"word": _("Unaccounted for"), "kind": "overdue"} if over else None,
    }


def _with_balance(view: CabinetView, names: Mapping[UUID, str], count: int, reader: Reader) -> list[dict[str, Any]]:
    """The newest steps, each with how many devices were in the cabinets after it."""
    lines = []
    for step in view.steps:
        lines.append(
            {
                **told_step(step, names, reader),
                "number": step.device.number,
                "url": reverse("sessions_app:device", args=[step.device_id]),
                "balance": count,
            }
        )
        count -= (step.to_place == Place.CABINET) - (step.from_place == Place.CABINET)
    return lines


def told_step(step: StockMovement, names: Mapping[UUID, str], reader: Reader) -> dict[str, Any]:
    local = step.occurred_at.astimezone(reader.zone)
    return {
        "when": f"{calendar_day(local.date())}, {clock_time(step.occurred_at, reader.zone)}",
        "entered": entered_later(step, reader),
        "what": str(MOVES[step.kind]),
        "where": names.get(step.to_id, ""),
        "who": step.performed_by.printed_name,
        "witness": step.witness.printed_name if step.witness else "",
        "reason": step.reason,
    }


def device_page(
    device: Device,
    story: Sequence[StockMovement],
    sessions: Mapping[UUID, DosingSession],
    *,
    names: Mapping[UUID, str],
    products: Sequence[Product],
    permissions: frozenset[str],
    now: datetime,
) -> dict[str, Any]:
    """Context of ``clinic/device.html``. Who was given it is charted: named to those who read charts."""
    reader, last = Reader(device.facility.zone, now), story[-1]
    standing = {step.number for step in steps_in_force(step.as_step for step in story)}
    lines = []
    for step in story:
        session = sessions.get(step.to_id) if Permission.READ_CHART in permissions else None
        undone = step.step not in standing and step.kind != Move.CORRECTED
        lines.append(
            {
                **told_step(step, names, reader),
                "struck": undone,
                "patient": session.patient.full_name if session else "",
                "session_url": reverse("sessions_app:dosing-session", args=[session.pk]) if session else "",
                "delivery": delivery_words(step),
                "paper_url": _paper(step, permissions),
            }
        )
    top = next((step for step in reversed(story) if step.step in standing), None)
    correctable = top is not None and Move(top.kind) in CORRECTABLE and Permission.STOCK in permissions
    place = names.get(last.to_id) or str(PLACES[last.to_place])
    return {
        "number": device.number,
        "place": place[:1].upper() + place[1:],
        "rows": _about(device, products),
        "steps": lines,
        "actions": _actions(
            permissions,
            [
                move
                for move in DONE
                if last.place in WAYS[move][0] and not (last.place is Place.DRAWN and _open(sessions, last))
            ],
            several=len(names) > 1,
            device=device,
        ),
        "correct_url": reverse("sessions_app:correct-movement", args=[device.pk]) if correctable else "",
        "back_url": reverse("sessions_app:cabinet"),
    }


def _open(sessions: Mapping[UUID, DosingSession], last: StockMovement) -> bool:
    """A session under way settles what it has."""
    session = sessions.get(last.to_id) if last.place is Place.DRAWN else None
    return session is not None and session.state not in ENDED


def _about(device: Device, products: Sequence[Product]) -> list[dict[str, Any]]:
    said = (
        (_("Product"), gtin_words(device.gtin, products)),
        (_("Lot"), device.lot),
        (_("Expires"), calendar_day(device.expires_date)),
        (_("Kind"), _("for %(name)s") % {"name": device.patient.full_name} if device.patient else _("bulk")),
        (_("GTIN"), device.gtin if device.serial else ""),
        (_("Serial of its pack"), device.serial),
        (_("Place in the pack"), device.pack_place),
    )
    return [{"label": label, "value": value} for label, value in said if value]


def delivery_words(step: StockMovement) -> str:
    if step.delivery is None:
        return ""
    supplier = step.delivery.supplier
    said = {"name": supplier.name, "dea": supplier.dea_number, "invoice": step.delivery.invoice}
    return _("%(name)s, DEA %(dea)s, paper %(invoice)s") % said


def _paper(step: StockMovement, permissions: frozenset[str]) -> str:
    paper = step.delivery.document if step.delivery else None
    return reverse("sessions_app:document", args=[paper.pk]) if paper and paper.permission in permissions else ""
