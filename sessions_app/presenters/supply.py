"""Will the devices do for what is booked, and what is to be ordered: shown with how it is computed."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.presenters.time import calendar_day
from clinic.rules.reminders import days_left
from clinic.rules.roles import Permission
from sessions_app.models.supply import Demand, Need
from sessions_app.presenters.expiring import left_words
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.supply import Booked, Reorder, Usable

SOON = 30  # days within which an expiry is named [D]


def supply_page(need: Need, reader: Reader, *, permissions: frozenset[Permission]) -> dict[str, Any]:
    return {
        "title": _("Supply"),
        "programmes": [_programme(each, need, reader) for each in need.demands()],
        "policy_url": reverse("sessions_app:set-stock-policy") if Permission.MANAGE_FACILITY in permissions else "",
    }


def _programme(demand: Demand, need: Need, reader: Reader) -> dict[str, Any]:
    return {
        "name": demand.program.label,
        "order": demand.reorder.order,
        "computed": _computed(demand.reorder),
        "short": [_short(session, wanting, need, reader) for session, wanting in demand.supply.short],
        "lapsing": [_lapsing(each, need) for each in demand.supply.lapsing],
        "expiring": [_expiring(each, need) for each in _soon(demand, need)],
        "count_text": ngettext("%(n)s session booked", "%(n)s sessions booked", len(demand.booked))
        % {"n": len(demand.booked)},
    }


def _computed(order: Reorder) -> list[dict[str, Any]]:
    said = {"days": order.days}
    booked = ngettext("booked for today and tomorrow", "booked in the next %(days)s days", order.days) % said
    return [
        {"sign": "", "number": order.booked, "label": booked},
        {"sign": "+", "number": order.margin, "label": _("as a margin")},
        {"sign": "−", "number": order.usable, "label": _("usable here for them")},
        {"sign": "=", "number": order.order, "label": _("to order")},
    ]


def _short(session: Booked, wanting: int, need: Need, reader: Reader) -> dict[str, Any]:
    booking = need.sessions[session.session_id]
    said = {"wanting": wanting, "devices": session.devices}
    return {
        "name": booking.patient.full_name,
        "url": reverse("sessions_app:patient-page", args=[booking.patient_id]),
        "day": calendar_day(session.day),
        "at": reader.clock(booking.scheduled_at),
        "wanting": ngettext("%(wanting)s of %(devices)s is wanting", "%(wanting)s of %(devices)s are wanting", wanting)
        % said,
    }


def _lapsing(usable: Usable, need: Need) -> dict[str, Any]:
    device = need.devices[usable.device_id]
    return {
        "number": device.number,
        "name": device.patient.full_name if device.patient else "",
        "url": reverse("sessions_app:patient-page", args=[device.patient_id]),
        **_last_day(usable, need),
    }


def _expiring(usable: Usable, need: Need) -> dict[str, Any]:
    device = need.devices[usable.device_id]
    return {"number": device.number, "lot": device.lot, **_last_day(usable, need)}


def _last_day(usable: Usable, need: Need) -> dict[str, Any]:
    left = days_left(usable.last_day, today=need.today)
    kind = "overdue" if left < 0 else "held" if left <= SOON else ""
    return {"day": calendar_day(usable.last_day), "badge": {"word": left_words(left), "kind": kind}}


def _soon(demand: Demand, need: Need) -> list[Usable]:
    """Bulk that is over, or soon will be."""
    bulk = (each for each in demand.usable if each.person_id is None)
    near = [each for each in bulk if days_left(each.last_day, today=need.today) <= SOON]
    return sorted(near, key=lambda each: (each.last_day, need.devices[each.device_id].number))
