"""What is known of a person beside courses and sessions: the records that are theirs, and who may be them."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Patient
from clinic.presenters.time import calendar_day
from clinic.rules.roles import Permission
from sessions_app.models.patient_history import PatientHistory

Rows = list[dict[str, Any]]
May = Callable[[Permission, UUID], bool]


def record_rows(patient: Patient) -> Rows:
    """Who a record says somebody is."""
    said = (
        (_("Name"), patient.full_name),
        (_("Born"), calendar_day(patient.birth_date)),
        (_("MRN"), patient.mrn),
        (_("Phone"), patient.phone or "–"),
    )
    return [{"label": label, "value": value} for label, value in said]


def records_panels(history: PatientHistory, *, may_link: bool) -> list[dict[str, Any]]:
    """One for each other record of this person, with who linked it and why."""
    return [_linked(record, history, may_link=may_link) for record in history.records_kept if record.link]


def _linked(record: Patient, history: PatientHistory, *, may_link: bool) -> dict[str, Any]:
    link = record.link
    if link is None:
        raise ValueError("a duplicate has its link")
    day = calendar_day(link.occurred_at.astimezone(link.facility.zone).date())
    rows = [
        *record_rows(record)[:3],
        {"label": _("Linked"), "value": f"{day}, {link.performed_by}"},
        {"label": _("Why"), "value": link.reason},
    ]
    panel: dict[str, Any] = {"title": _("Same person, another record"), "badge": None, "rows": rows}
    if may_link:
        url = reverse("sessions_app:unlink-patient", args=[history.patient.pk, record.pk])
        panel |= {"action_url": url, "action_label": _("Two people after all")}
    return panel


def may_be_known(found: Iterable[Patient], *, visible: frozenset[UUID]) -> dict[str, Any]:
    """Values of ``_components/confirm.html``: who may be meant, with a way to those whom this reader may open."""
    people = list(found)
    said = _("%(name)s, born %(born)s, MRN %(mrn)s")
    return {
        "confirm_title": ngettext("Is it this patient?", "Is it one of these?", len(people)),
        "confirm_label": _("No: a new patient"),
        "confirm": [
            {
                "text": said % {"name": each.full_name, "born": calendar_day(each.birth_date), "mrn": each.mrn}
                + ("" if each.pk in visible else _(", at %(facility)s") % {"facility": each.facility.name}),
                "url": reverse("sessions_app:patient-page", args=[each.pk]) if each.pk in visible else "",
            }
            for each in people
        ],
        "confirm_value": ",".join(sorted(str(each.pk) for each in people)),
    }
