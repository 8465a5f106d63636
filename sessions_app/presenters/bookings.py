"""What is booked for a patient, how often they did not come, and what they wait for; on the patient's page."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Facility
from clinic.presenters.time import clock_time_with_zone
from clinic.rules.roles import Permission
from sessions_app.models import DosingSession, Waiting
from sessions_app.models.patient_history import PatientHistory
from sessions_app.presenters.diary import day_words
from sessions_app.presenters.dosing_session import booking_steps
from sessions_app.presenters.patient_list import May
from sessions_app.presenters.waiting import wish_words


def bookings_panel(
    history: PatientHistory, facility: Facility, *, no_shows: set[UUID], waits: Iterable[Waiting], may: May
) -> dict[str, Any]:
    """Context of ``sessions_app/_bookings.html``."""
    here = may(Permission.CHECK_IN, facility.pk) and any(row.facility_id == facility.pk for row in history.courses)
    links = {"book-series": _("Book a series"), "wait": _("Put on the waiting list")} if here else {}
    missed = len(no_shows)
    return {
        "rows": [_booked(session, facility, may) for session in history.booked],
        "waits": [_waits(waiting, may) for waiting in waits],
        "no_shows": ngettext("%(count)s no-show", "%(count)s no-shows", missed) % {"count": missed} if missed else "",
        "links": [
            {"url": reverse(f"sessions_app:{step}", args=[history.patient.pk]), "label": word}
            for step, word in links.items()
        ],
    }


def _booked(session: DosingSession, facility: Facility, may: May) -> dict[str, Any]:
    zone = session.facility.zone
    day = day_words(session.scheduled_at.astimezone(zone).date())
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "day": day,
        "at": clock_time_with_zone(session.scheduled_at, zone),
        "chair": session.chair,
        "where": session.facility.name if session.facility_id != facility.pk else "",
        "steps": booking_steps(session) if may(Permission.CHECK_IN, session.facility_id) else [],
    }


def _waits(waiting: Waiting, may: May) -> dict[str, Any]:
    url = (
        reverse("sessions_app:end-waiting", args=[waiting.pk]) if may(Permission.CHECK_IN, waiting.facility_id) else ""
    )
    return {"wish": wish_words(waiting), "note": waiting.note, "url": url}
