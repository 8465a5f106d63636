"""While an emergency lasts the session's page is about it first: since when, who was called, how the patient is."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.identifiers import new_id
from clinic.presenters.time import clock_time, countdown
from sessions_app.models import Check, DosingSession, Emergency, EmergencyCall, EmergencyEnd, SignObservation
from sessions_app.models.day import Day
from sessions_app.models.emergency_record import EmergencySoFar, open_emergency
from sessions_app.models.record import Record
from sessions_app.presenters.readings import sign_word
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import may_take
from sessions_app.rules.states import BEFORE_DOSE, State


def emergency_panel(record: Record, reader: Reader, *, permissions: frozenset[str]) -> dict[str, Any] | None:
    """Plain values of ``_emergency.html``; None where there is none."""
    under_way = open_emergency(record)
    if under_way is None:
        return None
    session, row = record.dosing_session, under_way.emergency
    passed = reader.now - row.occurred_at
    return {
        "title": kind_words(row),
        "what": row.what if row.kind != Emergency.Kind.OTHER else "",
        "since": clock_time(row.occurred_at, reader.zone),
        "since_iso": row.occurred_at.isoformat(),
        "count_text": countdown(passed),
        "raised_by": row.performed_by.printed_name,
        "calls": call_lines(under_way, reader),
        "readings": last_readings(record, reader) if may_take("ambulance", permissions) else [],
        "call_url": _url("record-emergency-call", session.pk, permissions),
        "to_call": [
            {"whom": whom.value, "label": whom.label, "entry_id": new_id()}
            for whom in EmergencyCall.Whom
            if whom != EmergencyCall.Whom.OTHER
        ],
        "actions": _actions(record, permissions),
        "sheet_url": _url("ambulance", session.pk, permissions),
    }


def floor_emergencies(day: Day, reader: Reader) -> list[dict[str, Any]]:
    """Plain values of ``_floor_emergencies.html``, the oldest first. It sounds until it is charted who was called."""
    found = [(record.dosing_session, open_emergency(record)) for record in day.open.records()]
    lasting = sorted((each.emergency.occurred_at, session.pk, session, each) for session, each in found if each)
    return [_on_floor(session, under_way, reader) for _at, _key, session, under_way in lasting]


def _on_floor(session: DosingSession, under_way: EmergencySoFar, reader: Reader) -> dict[str, Any]:
    row, what = under_way.emergency, _("Emergency: %(what)s") % {"what": kind_words(under_way.emergency)}
    called = ", ".join(call["whom"] for call in call_lines(under_way, reader))
    return {
        "id": f"emergency-{row.pk.hex[-12:]}",
        "chair": session.chair,
        "what": what,
        "count_text": countdown(reader.now - row.occurred_at),
        "since_iso": row.occurred_at.isoformat(),
        "more": _("Called: %(whom)s") % {"whom": called} if called else _("Nobody called yet"),
        "say": _("Chair %(chair)s: %(what)s") % {"chair": session.chair, "what": what} if session.chair else what,
        "sound": "" if called else "oxygen",
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
    }


def kind_words(row: Emergency) -> str:
    kind = Emergency.Kind(row.kind)
    return row.what if kind == Emergency.Kind.OTHER else str(kind.label)


def call_lines(found: EmergencySoFar, reader: Reader) -> list[dict[str, str]]:
    """Who was called, in order of time."""
    return [
        {
            "at": clock_time(call.occurred_at, reader.zone),
            "whom": str(EmergencyCall.Whom(call.whom).label),
            "name": call.name,
            "by": call.performed_by.printed_name,
        }
        for call in found.calls
    ]


def _url(step: str, session_id: Any, permissions: frozenset[str]) -> str:
    return reverse(f"sessions_app:{step}", args=[session_id]) if may_take(step, permissions) else ""


def _actions(record: Record, permissions: frozenset[str]) -> list[dict[str, str]]:
    """The ways on: measure, hand over to the ambulance, or back. Before the dose there is nothing to hand over from,
    and the session ends without one."""
    before = record.dosing_session.state in BEFORE_DOSE
    steps = [
        ("record-check", _("Chart a check")),
        ("end-not-dosed", _("Not dosed")) if before else ("transfer", _("Transfer")),
        ("end-emergency", _("Over, no transfer") if before else _("Back in monitoring")),
    ]
    if record.dosing_session.state == State.DOSING:
        steps[2] = ("end-emergency", _("Over, patient stays"))
    found = [(_url(step, record.dosing_session.pk, permissions), label) for step, label in steps]
    return [{"url": url, "label": label} for url, label in found if url]


def last_readings(record: Record, reader: Reader) -> list[dict[str, Any]]:
    """The latest value of each measure, each with its own time."""
    checks = record.checks()
    found = [
        _latest(_("BP"), [(f"{c.systolic_mmhg}/{c.diastolic_mmhg}", c) for c in checks if c.systolic_mmhg], reader),
        _latest(_("Pulse"), [(str(c.pulse_bpm), c) for c in checks if c.pulse_bpm], reader),
        _latest("SpO₂", [(f"{c.spo2_percent} %", c) for c in checks if c.spo2_percent is not None], reader),
    ]
    program, times = reader.program, {check.pk: check for check in checks}
    for sign in program.signs if program else ():
        rows = [row for row in record.signs() if row.code == sign.code and row.check_row_id in times]
        words = [(_sign(row, sign, program), times[row.check_row_id]) for row in rows if row.check_row_id]
        found.append(_latest(sign.short_label, words, reader))
    return found


def _sign(row: SignObservation, sign: Any, program: Any) -> str:
    return str(sign_word(sign, row, program)["word"])


def _latest(label: str, values: list[tuple[str, Check]], reader: Reader) -> dict[str, Any]:
    if not values:
        return {"label": label, "value": "–", "at": ""}
    value, check = max(values, key=lambda pair: (pair[1].occurred_at, pair[1].order))
    return {"label": label, "value": value, "at": clock_time(check.occurred_at, reader.zone)}


def raised_words(row: Emergency, reader: Reader) -> str:
    said = _("Emergency: %(what)s") % {"what": Emergency.Kind(row.kind).label}
    return f"{said}. {row.what}" if row.what else said


def call_words(row: EmergencyCall, reader: Reader) -> str:
    said = _("Called: %(whom)s") % {"whom": EmergencyCall.Whom(row.whom).label}
    return f"{said}, {row.name}" if row.name else said


def end_words(row: EmergencyEnd, reader: Reader) -> str:
    said = _("Emergency over, %(how)s") % {"how": EmergencyEnd.How(row.how).label}
    return f"{said}. {row.note}" if row.note else said
