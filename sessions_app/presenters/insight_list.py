"""The sessions or patients behind a number, each with the value that it is counted for."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Patient
from clinic.presenters.time import calendar_day
from sessions_app.models import DosingSession


def session_lines(sessions: Iterable[DosingSession], values: Mapping[UUID, str]) -> list[dict[str, str]]:
    """A list of sessions: who, when, where, and what is counted of each."""
    return [
        {
            "url": reverse("sessions_app:dosing-session", args=[each.pk]),
            "day": calendar_day((each.checked_in_at or each.scheduled_at).astimezone(each.facility.zone).date()),
            "name": each.patient.full_name,
            "said": f"{each.patient.mrn} · {each.facility.name}",
            "value": values[each.pk],
        }
        for each in sessions
    ]


def patient_lines(patients: Iterable[Patient], values: Mapping[UUID, str]) -> list[dict[str, str]]:
    return [
        {
            "url": reverse("sessions_app:patient-page", args=[each.pk]),
            "name": each.full_name,
            "said": each.mrn,
            "value": values[each.pk],
        }
        for each in patients
    ]


def value_words(column: str, value: int | None) -> str:
    if value is None:
        return ""
    if column == "sessions":
        return ngettext("%(count)s session", "%(count)s sessions", value) % {"count": value}
    if column == "age":
        return _("aged %(years)s") % {"years": value}
    if column == "days_to_form":
        return ngettext("%(count)s day", "%(count)s days", value) % {"count": value}
    return _("%(count)s min") % {"count": value}
