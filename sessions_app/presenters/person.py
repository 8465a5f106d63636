"""Who this is about, at the head of every page."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from clinic.models import Facility, Patient
from clinic.presenters.time import calendar_day, clock_time_with_zone, running_clock
from sessions_app.models import DosingSession
from sessions_app.rules.eligibility import age_on
from sessions_app.rules.program import Program
from sessions_app.rules.states import State

PHASES = {
    State.SCHEDULED: "free",
    State.CHECKED_IN: "before",
    State.CLEARED: "before",
    State.DOSING: "dosing",
    State.MONITORING: "monitor",
}


def patient_header(patient: Patient, *, on: datetime, facility_zone: Any) -> dict[str, Any]:
    return {
        "name": patient.full_name,
        "age": age_on(patient.birth_date, on.astimezone(facility_zone).date()),
        "born": calendar_day(patient.birth_date),
        "mrn": patient.mrn,
    }


def person_of(dosing_session: DosingSession, *, now: datetime, phase: str = "") -> dict[str, Any]:
    """``phase`` where the page knows better than the state (overdue, held, ready)."""
    header = patient_header(dosing_session.patient, on=now, facility_zone=dosing_session.facility.zone)
    own = PHASES.get(State(dosing_session.state), "done")
    return {**header, "chair": dosing_session.chair, "initials": dosing_session.patient.initials, "phase": phase or own}


def session_facts_line(dosing_session: DosingSession, *, now: datetime, chart: bool) -> list[dict[str, Any]]:
    """Course, with its off-label mark wherever it is shown, and the time with its zone. ``chart``: this reader reads
    the chart, and so why somebody is treated."""
    zone = dosing_session.facility.zone
    return [
        *same_person(dosing_session.patient),
        *([{"label": _("Course"), **course_words(dosing_session)}] if chart else []),
        time_fact(now, zone),
    ]


def time_fact(now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    return {"label": _("It is"), "value": clock_time_with_zone(now, zone), "clock": running_clock(now, zone)}


def same_person(patient: Patient) -> list[dict[str, Any]]:
    """The record that stands for this person, where it is another one."""
    kept = patient.same_person_as
    return [{"label": _("Same person as"), "value": f"{kept.full_name}, {kept.mrn}", "badge": None}] if kept else []


def course_words(dosing_session: DosingSession, program: Program | None = None) -> dict[str, Any]:
    """The indication as its programme names it, marked where it is off-label. ``program`` for a booked session,
    which has none pinned yet."""
    code = dosing_session.course.indication
    program = dosing_session.policy.program if dosing_session.policy else program
    label = program.indications.get(code, code) if program else code
    off_label = program is not None and code in program.off_label
    return {"value": label, "badge": {"word": _("Off-label")} if off_label else None}


def print_line(patient: Patient, facility: Facility, *, now: datetime, printed_by: str) -> str:
    """What stands on every printed page."""
    return _("%(name)s · born %(born)s · MRN %(mrn)s · %(facility)s · printed %(day)s %(at)s by %(who)s") % {
        "name": patient.full_name,
        "born": calendar_day(patient.birth_date),
        "mrn": patient.mrn,
        "facility": facility.name,
        "day": calendar_day(now.astimezone(facility.zone).date()),
        "at": clock_time_with_zone(now, facility.zone),
        "who": printed_by,
    }
