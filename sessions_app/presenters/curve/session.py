"""The curve of a dosing session: from its rows to what is drawn, and to the words for those who do not see it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time
from sessions_app import models
from sessions_app.models.record import Record
from sessions_app.presenters.curve.day import Day, Device, Lines, Reading, Span, Window
from sessions_app.presenters.curve.drawing import draw
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.timeline import sign_label
from sessions_app.rules.checks import Purpose, check_schedule, late_checks
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.floor import stretch_of
from sessions_app.rules.readings import before_dose
from sessions_app.rules.sign_spans import sign_spans
from sessions_app.rules.states import OPEN


def curve_of(record: Record, facts: SessionFacts, reader: Reader) -> dict[str, Any] | None:
    """Context of ``_curve.html``; None as long as there is nothing to draw. Asks for no rows but those that the page
    shows anyway."""
    day = day_of(record, facts, reader)
    if not day.moments:
        return None
    return {"title": _title(day, reader), "desc": _desc(day, reader), **draw(day)}


def day_of(record: Record, facts: SessionFacts, reader: Reader) -> Day:
    """Rows in force only: a voided reading is struck through in the table and stands on no curve."""
    is_open, value = facts.state in OPEN, facts.program.value
    until = reader.now if is_open else _ended_at(record, reader.now)
    anchor = facts.anchor_device
    ids = {check.id for check in before_dose(facts)}
    readings = {row.pk: _reading(row) for row in record.checks()}
    own = [reading for key, reading in readings.items() if key in ids and reading.systolic]
    return Day(
        zone=reader.zone,
        lines=Lines(value("systolic_line_mmhg"), value("diastolic_line_mmhg"), value("spo2_floor_percent")),
        until=until,
        readings=tuple(readings.values()),
        baseline=own[-1] if own and facts.devices else None,
        devices=tuple(
            Device(device.occurred_at, number, device.delivered) for number, device in enumerate(facts.devices, 1)
        ),
        clock_at=anchor.counted_at if anchor else None,
        windows=tuple(window for window in _windows(facts, reader.now) if is_open or window.opens_at <= until),
        spans=(*_signs(facts, reader), *_emergencies(record, reader), *_medicines(record, reader)),
        late=tuple(late.taken_at for late in late_checks(facts, now=reader.now)),
        now=reader.now if is_open else None,
        stretch=stretch_of(record.dosing_session.pk, now=reader.now) if is_open else None,
    )


def _ended_at(record: Record, now: datetime) -> datetime:
    last = record.latest(models.Transition)
    return last.occurred_at if last else now


def _reading(row: models.Check) -> Reading:
    reasons = {"bp": row.blood_pressure_not_obtained, "pulse": row.pulse_not_obtained, "spo2": row.spo2_not_obtained}
    return Reading(
        row.occurred_at,
        row.systolic_mmhg,
        row.diastolic_mmhg,
        row.pulse_bpm,
        row.spo2_percent,
        {measure: str(models.NotObtained(reason).label) for measure, reason in reasons.items() if reason},
    )


def _windows(facts: SessionFacts, now: datetime) -> Iterator[Window]:
    for point in check_schedule(facts, now=now):
        if point.purpose is Purpose.FINAL:
            yield Window(point.opens_at, point.due_at, _("final"))
        else:
            yield Window(point.opens_at, point.closes_at or point.due_at, str(point.minute), _("min"))


def _signs(facts: SessionFacts, reader: Reader) -> Iterator[Span]:
    for span in sign_spans(facts):
        yield _span(sign_label(span.code, reader), span.began_at, span.ended_at, reader)


def _emergencies(record: Record, reader: Reader) -> Iterator[Span]:
    ends = {row.emergency_id: row.occurred_at for row in record.in_force(models.EmergencyEnd)}
    for row in record.in_force(models.Emergency):
        label = _("Emergency: %(what)s") % {"what": models.Emergency.Kind(row.kind).label}
        yield _span(label, row.occurred_at, ends.get(row.pk), reader, serious=True)


def _medicines(record: Record, reader: Reader) -> Iterator[Span]:
    for row in record.in_force(models.MedicineGiven):
        text = f"{row.drug} {row.dose} {clock_time(row.occurred_at, reader.zone)}"
        yield Span(text, row.occurred_at, point=True)


def _span(label: str, began_at: datetime, ended_at: datetime | None, reader: Reader, *, serious: bool = False) -> Span:
    began = clock_time(began_at, reader.zone)
    if ended_at is None:
        return Span(_("%(what)s since %(at)s") % {"what": label, "at": began}, began_at, serious=serious)
    return Span(f"{label} {began} – {clock_time(ended_at, reader.zone)}", began_at, ended_at, serious=serious)


def _title(day: Day, reader: Reader) -> str:
    if not day.readings:
        return _("Blood pressure, pulse and SpO₂: nothing measured yet")
    first, last = (clock_time(day.readings[index].at, reader.zone) for index in (0, -1))
    return _("Blood pressure, pulse and SpO₂ from %(first)s to %(last)s") % {"first": first, "last": last}


def _desc(day: Day, reader: Reader) -> str:
    def pressure(reading: Reading) -> dict[str, str]:
        value = f"{reading.systolic}/{reading.diastolic}"
        return {"value": value, "at": clock_time(reading.at, reader.zone)}

    said = []
    if day.baseline:
        said.append(_("Blood pressure before the dose %(value)s at %(at)s.") % pressure(day.baseline))
    if pressures := [reading for reading in day.readings if reading.systolic]:
        highest = max(pressures, key=lambda reading: reading.systolic or 0)
        said.append(_("Highest blood pressure %(value)s at %(at)s.") % pressure(highest))
        said.append(_("Last blood pressure %(value)s at %(at)s.") % pressure(pressures[-1]))
    if saturations := [reading for reading in day.readings if reading.spo2 is not None]:
        lowest = min(saturations, key=lambda reading: reading.spo2 or 0)
        words = {"value": lowest.spo2, "at": clock_time(lowest.at, reader.zone)}
        said.append(_("Lowest SpO₂ %(value)s %% at %(at)s.") % words)
    said += [f"{span.text}." for span in day.spans]
    return " ".join([*said, _("The same figures are in the table.")])
