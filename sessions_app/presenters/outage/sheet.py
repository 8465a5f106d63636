"""Sheets of paper for the time of an outage: an empty one, and an open session as it stands now."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.models import Facility
from clinic.presenters.signature import signature_note
from clinic.presenters.time import calendar_day, clock_time, clock_time_with_zone, zone_name
from clinic.rules.refusals import Refusal
from sessions_app import models
from sessions_app.models.record import Record
from sessions_app.models.score import instruments
from sessions_app.presenters.matters import matters_today
from sessions_app.presenters.merge import merged
from sessions_app.presenters.outage.asks import device_note, discharge_asks, start_asks
from sessions_app.presenters.outage.grid import due_rows, planned_rows, sign_columns
from sessions_app.presenters.person import course_words, print_line
from sessions_app.presenters.readings import readings_in_force
from sessions_app.presenters.refusal import line_words
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.presenters.timeline import events, sign_label
from sessions_app.rules.facts import Outcome, SessionFacts
from sessions_app.rules.instrument import Instrument, Kind
from sessions_app.rules.program import Program
from sessions_app.rules.readings import before_dose
from sessions_app.rules.sign_spans import sign_spans
from sessions_app.rules.states import AT_START_GATE, OPEN, State

_SPARE_CHECKS, _SPARE_SIGNS, _SPARE_NOTES = 4, 4, 5


def blank_sheet(program: Program, facility: Facility, *, reader: Reader, printed_by: str) -> dict[str, Any]:
    """Context of ``_blank_sheet.html``: one empty session of a programme under this clinic's numbers."""
    printed = {
        "day": calendar_day(reader.now.astimezone(reader.zone).date()),
        "at": clock_time_with_zone(reader.now, reader.zone),
        "who": printed_by,
    }
    most = max(program.doses_mg) // program.mg_per_device
    return {
        "facility": facility.name,
        "programme": f"{program.label}, {program.version}",
        "printed": _("printed %(day)s %(at)s by %(who)s") % printed,
        "asks": start_asks(program),
        "doses": _doses(program),
        "devices": [{"number": number} for number in range(1, most + 2)],
        "device_note": device_note(program),
        "columns": sign_columns(program),
        "before": True,
        "due": planned_rows(program),
        "planned": True,
        "spare_checks": range(_SPARE_CHECKS),
        "spare_signs": range(_SPARE_SIGNS),
        "spare_notes": range(_SPARE_NOTES),
        "leaving": discharge_asks(program),
        "scales": scales(),
    }


def scales() -> list[dict[str, Any]]:
    """What the clinic asks on site, from its own papers: a box for the answer to each item, and one for the total."""
    return [
        {
            "label": instrument.label,
            "items": instrument.items if instrument.kind is Kind.SCREENER else range(1, len(instrument.items) + 1),
            "total": instrument.kind is not Kind.SCREENER,
            "note": _alert_note(instrument),
        }
        for instrument in instruments().values()
    ]


def _alert_note(instrument: Instrument) -> str:
    """Which answer a prescriber must hear of before the patient leaves."""
    if instrument.kind is Kind.SCREENER:
        return _("A yes to 3, 4, 5 or 6: the prescriber's plan before leaving.")
    if instrument.risk_item:
        return _("Above 0 at %(item)s: the prescriber's plan before leaving.") % {"item": instrument.risk_item}
    return ""


def _doses(program: Program) -> list[dict[str, int]]:
    return [{"mg": mg, "devices": mg // program.mg_per_device} for mg in program.doses_mg]


def session_sheet(
    record: Record, facts: SessionFacts, refusals: tuple[Refusal, ...], *, reader: Reader, printed_by: str
) -> dict[str, Any]:
    """Context of ``_session_sheet.html``: what is charted so far, and lines for what is still to come."""
    session, program = record.dosing_session, facts.program
    is_open, starting = facts.state in OPEN, facts.state in AT_START_GATE
    refused = {refusal.code for refusal in refusals}
    return {
        "id": session.pk,
        "line": print_line(session.patient, session.facility, now=reader.now, printed_by=printed_by),
        "name": session.patient.full_name,
        "chair": session.chair,
        "title": _("As of %(at)s %(zone)s: %(state)s")
        % {
            "at": clock_time(reader.now, reader.zone),
            "zone": zone_name(reader.now, reader.zone),
            "state": STATE_WORDS[facts.state],
        },
        "facts": _facts(record, facts, reader),
        "gate_title": _("The dose still waits for")
        if facts.state is not State.MONITORING
        else _("Leaving still waits for"),
        "gate": [line_words(line, reader) for line in merged(refusals)] if is_open else [],
        "asks": [ask for ask in start_asks(program) if refused & {*ask.codes}] if starting else [],
        "doses": _doses(program) if starting and "DOSE_ORDER" in refused else [],
        "devices": _devices(record, facts, reader),
        "device_note": device_note(program) if starting else "",
        "columns": sign_columns(program),
        "charted": readings_in_force(record, facts, reader),
        "before": is_open and not before_dose(facts),
        "due": due_rows(facts, reader) if is_open else [],
        "planned": facts.anchor_device is None,
        "spare_checks": range(_SPARE_CHECKS if is_open else 0),
        "signs": [
            {
                "label": sign_label(span.code, reader),
                "began": clock_time(span.began_at, reader.zone),
                "gone": clock_time(span.ended_at, reader.zone) if span.ended_at else "",
            }
            for span in sign_spans(facts)
        ],
        "spare_signs": range(_SPARE_SIGNS if is_open else 0),
        "events": [event for event in events(record, reader, permissions=frozenset()) if not event["struck"]],
        "spare_notes": range(_SPARE_NOTES if is_open else 0),
        "leaving": discharge_asks(program) if is_open else [],
    }


def _facts(record: Record, facts: SessionFacts, reader: Reader) -> list[dict[str, str]]:
    session, order = record.dosing_session, record.latest(models.DoseOrder)
    course = course_words(session)
    off_label = f", {course['badge']['word'].lower()}" if course["badge"] else ""
    found = [
        (_("Course"), f"{course['value']}{off_label}"),
        (_("Chair"), session.chair),
        (_("Checked in"), clock_time(facts.checked_in_at, reader.zone)),
    ]
    if order:
        ordered = _("%(mg)s mg, %(devices)s devices, %(who)s, %(at)s") % {
            "mg": order.mg,
            "devices": order.devices,
            "who": order.performed_by.printed_name,
            "at": clock_time(order.occurred_at, reader.zone),
        }
        note = signature_note(record.signatures, order, reader.zone)
        found.append((_("Ordered"), f"{ordered}; {note['text']}" if note else ordered))
    if facts.stay_ends_at and facts.anchor_device:
        counted = clock_time(facts.anchor_device.counted_at, reader.zone)
        ends = {"ends": clock_time(facts.stay_ends_at, reader.zone), "from": counted}
        found.append((_("Minimum stay"), _("until %(ends)s, counted from %(from)s") % ends))
    home = facts.way_home
    if home:
        found.append((_("Way home"), f"{home.name} {home.phone}".strip()))
    said = [_in_words(badge) for badge in matters_today(record, reader)]
    found += [(_("Matters today"), ", ".join(said))] if said else []
    return [{"label": label, "value": value} for label, value in found if value]


def _in_words(badge: dict[str, Any]) -> str:
    return ": ".join(str(part) for part in (badge["word"], badge.get("after")) if part)


def _devices(record: Record, facts: SessionFacts, reader: Reader) -> list[dict[str, Any]]:
    """Those given, then empty lines up to the order."""
    words = {Outcome.FULL: _("full"), Outcome.PARTIAL: _("one spray"), Outcome.FAILED: _("failed, no spray")}
    given = [
        {
            "number": number,
            "at": clock_time(device.occurred_at, reader.zone),
            "outcome": words[device.outcome] if device.outcome else "",
        }
        for number, device in enumerate(facts.devices, 1)
    ]
    if facts.state not in AT_START_GATE:
        return given
    order, program = record.latest_signed(models.DoseOrder), facts.program
    wanted = order.devices if order else max(program.doses_mg) // program.mg_per_device
    failed = len(facts.devices) - len(facts.delivered)
    return given + [{"number": number} for number in range(len(given) + 1, wanted + failed + 1)]
