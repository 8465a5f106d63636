"""A recall: who had a device of the lot, and where every one of it is."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Cabinet, Device, Recall, StockMovement
from clinic.presenters.time import calendar_day
from clinic.rules.book import ON_HAND
from clinic.rules.cabinet import Place
from clinic.rules.roles import Permission
from sessions_app.models.dosing import DeviceAdministration
from sessions_app.presenters.book import print_line
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.cabinet import PLACES
from sessions_app.rules.program import Program

Whereabouts = tuple[Device, StockMovement, Cabinet | None]


def is_withdrawn(recall: Recall) -> bool:
    return hasattr(recall, "withdrawal")


def recall_line(recall: Recall, reader: Reader, programs: dict[str, Program]) -> dict[str, Any]:
    program = programs.get(recall.program_code)
    return {
        "url": reverse("sessions_app:recall", args=[recall.pk]),
        "lot": recall.lot,
        "product": program.label if program else recall.program_code,
        "reference": recall.reference,
        "day": calendar_day(recall.occurred_at.astimezone(reader.zone).date()),
        "who": str(recall.performed_by),
        "badge": _badge(recall),
    }


def _badge(recall: Recall) -> dict[str, str]:
    if is_withdrawn(recall):
        return {"word": _("Withdrawn"), "kind": ""}
    return {"word": _("Recalled"), "kind": "overdue"}


def recall_page(
    recall: Recall,
    where: list[Whereabouts],
    given: Iterable[DeviceAdministration],
    reader: Reader,
    programs: dict[str, Program],
    *,
    permissions: frozenset[Permission],
    printed_by: str,
) -> dict[str, Any]:
    """Patients by name only for whoever reads the chart; for everybody else how many sessions there were."""
    given, names = list(given), Permission.READ_CHART in permissions
    here = [each for each in where if each[1].place in ON_HAND]
    # Those that were given stand above, with who had them.
    gone = [each for each in where if each[1].place not in ON_HAND | {Place.ADMINISTERED}]
    patients = len({row.dosing_session.patient.person_id for row in given})
    return {
        **recall_line(recall, reader, programs),
        "title": _("Recall of lot %(lot)s") % {"lot": recall.lot},
        "note": recall.note,
        "at": reader.clock(recall.occurred_at),
        "withdrawn": _withdrawn(recall, reader),
        "withdraw_url": _withdraw_url(recall, permissions),
        "return_url": reverse("sessions_app:return-devices") if here and Permission.STOCK in permissions else "",
        "here": [_device(each) for each in here],
        "here_text": ngettext("%(n)s device still here", "%(n)s devices still here", len(here)) % {"n": len(here)},
        "gone": [_device(each) for each in gone],
        "given": [_given(rows, reader) for rows in _by_session(given)] if names else [],
        "given_text": _given_text(patients, len(given)),
        "names": names,
        "print_line": print_line(recall.facility, _("recall of lot %(lot)s") % {"lot": recall.lot}, reader, printed_by),
    }


def _given_text(patients: int, devices: int) -> str:
    if not devices:
        return _("Nobody had a device of it")
    people = ngettext("%(n)s patient", "%(n)s patients", patients) % {"n": patients}
    return f"{people}, {ngettext('%(n)s device', '%(n)s devices', devices) % {'n': devices}}"


def _withdrawn(recall: Recall, reader: Reader) -> str:
    if not is_withdrawn(recall):
        return ""
    withdrawal = recall.withdrawal
    day = calendar_day(withdrawal.occurred_at.astimezone(reader.zone).date())
    said = {"day": day, "who": withdrawal.performed_by, "reason": withdrawal.reason}
    return _("Withdrawn on %(day)s by %(who)s: %(reason)s") % said


def _withdraw_url(recall: Recall, permissions: frozenset[Permission]) -> str:
    if is_withdrawn(recall) or Permission.STOCK not in permissions:
        return ""
    return reverse("sessions_app:withdraw-recall", args=[recall.pk])


def _device(each: Whereabouts) -> dict[str, Any]:
    device, step, cabinet = each
    return {
        "number": device.number,
        "where": cabinet.name if cabinet else str(PLACES[step.place]).capitalize(),
        "detail": _("for a named patient") if device.patient_id else _("bulk"),
    }


def _by_session(given: Iterable[DeviceAdministration]) -> list[list[DeviceAdministration]]:
    """In the order in which they were given."""
    found: dict[UUID, list[DeviceAdministration]] = {}
    for row in given:
        found.setdefault(row.dosing_session_id, []).insert(0, row)
    return list(found.values())


def _given(rows: list[DeviceAdministration], reader: Reader) -> dict[str, Any]:
    first, session = rows[0], rows[0].dosing_session
    return {
        "name": session.patient.full_name,
        "born": calendar_day(session.patient.birth_date),
        "mrn": session.patient.mrn,
        "phone": session.patient.phone,
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "day": calendar_day(first.occurred_at.astimezone(reader.zone).date()),
        "at": reader.clock(first.occurred_at),
        "numbers": ", ".join(row.device.number for row in rows),
        "by": ", ".join(dict.fromkeys(str(row.performed_by) for row in rows)),
    }
