"""A patient's sessions as lines of a table, the newest first."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.presenters.time import calendar_day, clock_time
from clinic.rules.roles import Permission
from sessions_app import models
from sessions_app.models.paper import sheets_of, sheets_to_compare
from sessions_app.models.patient_history import PatientHistory
from sessions_app.models.record import Record
from sessions_app.presenters.patient_list import May
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.rules.facts import CheckKind, Outcome
from sessions_app.rules.paper import FROM_PAPER
from sessions_app.rules.program import Program
from sessions_app.rules.states import OPEN, State

KINDS = {State.DISCHARGED: "ready", State.LEFT_EARLY: "overdue", State.TRANSFERRED: "held"}


def past_sessions(history: PatientHistory, programs: Mapping[str, Program], may: May) -> list[dict[str, Any]]:
    """Whoever does not read the chart of a facility sees of its sessions when they were and how they ended."""
    numbers = {span["dosing_session"]: number for number, span in enumerate(history.doses, start=1)}
    several = len(history.facilities) > 1
    return [
        _line(history.records[session.pk], history, programs, number=numbers.get(session.pk), several=several)
        if may(Permission.READ_CHART, session.facility_id)
        else _at_the_desk(session, several=several)
        for session in history.sessions
    ]


def _at_the_desk(session: models.DosingSession, *, several: bool) -> dict[str, Any]:
    began = session.checked_in_at or session.scheduled_at
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "date": calendar_day(began.astimezone(session.facility.zone).date()),
        "outcome": _outcome(session),
        "facility": session.facility.name if several else "",
    }


def _line(
    record: Record, history: PatientHistory, programs: Mapping[str, Program], *, number: int | None, several: bool
) -> dict[str, Any]:
    session = record.dosing_session
    zone, program = session.facility.zone, programs.get(session.program_code)
    given = _delivered(record)
    release = history.release_of(session)
    stay = release.occurred_at - given[0].occurred_at if release and given else None
    began = session.checked_in_at or session.scheduled_at
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "date": calendar_day(began.astimezone(zone).date()),
        "number": number or "",
        "dose": _("%(mg)s mg") % {"mg": len(given) * program.mg_per_device} if given and program else "",
        "bp_before": _pressure_before(record),
        "bp_peak": _pressure_peak(record),
        "stay": _hours(stay.total_seconds()) if stay else "",
        "left": clock_time(release.departed_at, zone) if release else "",
        "outcome": _outcome(session),
        "late_text": _counted(record),
        "facility": session.facility.name if several else "",
    }


def _delivered(record: Record) -> list[models.DeviceAdministration]:
    """Devices that delivered a spray, by the newest outcome of each."""
    newest = sorted(record.in_force(models.DeviceOutcome), key=lambda row: row.order)
    outcomes = {row.administration_id: row.outcome for row in newest}
    given = record.in_force(models.DeviceAdministration)
    return [row for row in given if outcomes.get(row.pk) != Outcome.FAILED]


def _pressure_before(record: Record) -> str:
    readings = [row for row in record.checks() if row.kind == CheckKind.BASELINE and row.systolic_mmhg]
    return f"{readings[-1].systolic_mmhg}/{readings[-1].diastolic_mmhg}" if readings else ""


def _pressure_peak(record: Record) -> str:
    readings = [row for row in record.checks() if row.kind == CheckKind.MONITORING and row.systolic_mmhg]
    if not readings:
        return ""
    peak = max(readings, key=lambda row: (row.systolic_mmhg or 0, row.diastolic_mmhg or 0))
    return f"{peak.systolic_mmhg}/{peak.diastolic_mmhg}"


def _hours(seconds: float) -> str:
    minutes = int(seconds) // 60
    return _("%(hours)s h %(minutes)s") % {"hours": minutes // 60, "minutes": f"{minutes % 60:02}"}


def _outcome(session: models.DosingSession) -> dict[str, str]:
    state = State(session.state)
    kind = "monitor" if state in OPEN else KINDS.get(state, "")
    return {"word": str(STATE_WORDS[state]).capitalize(), "kind": kind}


def _counted(record: Record) -> str:
    """Deviations and exceptions are never out of sight."""
    deviations = sum(row.code != FROM_PAPER for row in record.in_force(models.Deviation))
    exceptions = len(record.in_force(models.GateException))
    parts = []
    if sheets_to_compare(record):
        parts.append(_("from paper, not yet compared"))
    elif sheets_of(record):
        parts.append(_("from paper"))
    if deviations:
        parts.append(ngettext("%(count)s deviation", "%(count)s deviations", deviations) % {"count": deviations})
    if exceptions:
        parts.append(ngettext("%(count)s exception", "%(count)s exceptions", exceptions) % {"count": exceptions})
    return ", ".join(parts)
