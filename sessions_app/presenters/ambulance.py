"""The one page for the ambulance: read aloud at the door or handed over on paper. Every list on it has an end, so that
it stays one page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models.patient import Sex
from clinic.presenters.signature import signature_note
from clinic.presenters.time import calendar_day, clock_time, clock_time_with_zone
from sessions_app import models
from sessions_app.models.emergency_record import emergencies
from sessions_app.models.record import Record
from sessions_app.models.site import Site
from sessions_app.presenters.emergency import call_lines, kind_words
from sessions_app.presenters.hand_over import running_words
from sessions_app.presenters.person import patient_header
from sessions_app.presenters.readings import reading_rows, readings_head
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.timeline import medicine
from sessions_app.rules.facts import CheckKind, Outcome, SessionFacts

LAST_READINGS, LAST_LINES = 3, 6
_SHORT = 220

Row = tuple[str, str]


def ambulance_sheet(
    record: Record, facts: SessionFacts, site: Site, reader: Reader, *, printed_by: str
) -> dict[str, Any]:
    """Context of ``ambulance.html``."""
    session = record.dosing_session
    return {
        "session_url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "facility": session.facility,
        "printed": _("%(day)s %(at)s by %(who)s")
        % {
            "day": calendar_day(reader.now.astimezone(reader.zone).date()),
            "at": clock_time_with_zone(reader.now, reader.zone),
            "who": printed_by,
        },
        "patient": _patient(record, reader),
        "happening": _happening(record, reader),
        "dose": _dose(record, facts, reader),
        "devices": _devices(facts, reader),
        "readings_head": readings_head(facts.program),
        "scales": "; ".join(f"{sign.label}, {sign.scale}" for sign in facts.program.signs if sign.scale),
        "readings": _readings(record, facts, reader),
        "running": running_words(facts, reader),
        "given": [
            {"at": clock_time(row.occurred_at, reader.zone), "what": medicine(row, reader)}
            for row in record.in_force(models.MedicineGiven)[-LAST_LINES:]
        ],
        "history": _history(record, facts),
        "contacts": _contacts(record, site),
    }


def _patient(record: Record, reader: Reader) -> dict[str, Any]:
    patient = record.dosing_session.patient
    header = patient_header(patient, on=reader.now, facility_zone=reader.zone)
    return {**header, "sex": Sex(patient.sex).label, "phone": patient.phone}


def _happening(record: Record, reader: Reader) -> dict[str, Any] | None:
    """The newest emergency; without one, the serious events that were charted."""
    found = emergencies(record)
    if not found:
        events = record.in_force(models.SeriousEvent)[-2:]
        if not events:
            return None
        return {
            "title": "; ".join(_short(event.what) for event in events),
            "since": clock_time(events[-1].occurred_at, reader.zone),
        }
    newest = found[-1]
    row = newest.emergency
    return {
        "title": _short(kind_words(row)),
        "what": _short(row.what) if row.kind != models.Emergency.Kind.OTHER else "",
        "since": clock_time(row.occurred_at, reader.zone),
        "minutes": int((reader.now - row.occurred_at).total_seconds() // 60) if newest.end is None else None,
        "calls": call_lines(newest, reader)[-LAST_LINES:],
        "end": _ended(newest.end, reader) if newest.end else "",
    }


def _ended(end: models.EmergencyEnd, reader: Reader) -> str:
    said = {"at": clock_time(end.occurred_at, reader.zone), "how": models.EmergencyEnd.How(end.how).label}
    return " ".join([_("Over at %(at)s, %(how)s.") % said, _short(end.note)]).strip()


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]} …"


def _dose(record: Record, facts: SessionFacts, reader: Reader) -> list[Row]:
    order = record.latest(models.DoseOrder)
    given = sum(device.delivered for device in facts.devices)
    rows = [(_("Drug"), facts.program.label)]
    if order:
        said = {"mg": order.mg, "n": order.devices}
        note = signature_note(record.signatures, order, reader.zone)
        ordered = _("%(mg)s mg, devices: %(n)s") % said
        rows.append((_("Ordered"), f"{ordered}; {note['text']}" if note else ordered))
    if not facts.devices:
        return [*rows, (_("Given"), _("nothing yet"))]
    rows.append((_("Given"), ngettext("%(n)s device", "%(n)s devices", given) % {"n": given}))
    last = max(device.occurred_at for device in facts.devices)
    minutes = int((reader.now - last).total_seconds() // 60)
    rows.append((_("Since the last device"), _("%(n)s min") % {"n": minutes}))
    return rows


def _devices(facts: SessionFacts, reader: Reader) -> list[dict[str, Any]]:
    words = {
        Outcome.FULL: _("full, two sprays"),
        Outcome.PARTIAL: _("one spray"),
        Outcome.FAILED: _("failed, no spray"),
    }
    return [
        {
            "number": number,
            "at": clock_time(device.occurred_at, reader.zone),
            "outcome": words[device.outcome] if device.outcome else _("not charted yet"),
        }
        for number, device in enumerate(facts.devices, 1)
    ][-LAST_LINES:]


def _readings(record: Record, facts: SessionFacts, reader: Reader) -> list[dict[str, Any]]:
    """The last ones, newest first, and what was measured before the dose."""
    checks = record.checks()
    lines = {check.pk: line for check, line in zip(record.all(models.Check), _all(record, facts, reader), strict=True)}
    before = [check for check in checks if check.kind == CheckKind.BASELINE]
    since = [check for check in checks if check.kind != CheckKind.BASELINE]
    return [lines[check.pk] for check in [*since[-LAST_READINGS:][::-1], *before[-1:]]]


def _all(record: Record, facts: SessionFacts, reader: Reader) -> list[dict[str, Any]]:
    return reading_rows(record, facts, reader, permissions=frozenset())


def _history(record: Record, facts: SessionFacts) -> list[Row]:
    program, session = facts.program, record.dosing_session
    answers = record.answers()
    today = {row.code: row.answer for row in answers if row.dosing_session_id == session.pk}
    asked = {code: today[code] for code in program.medicines if code in today}
    takes = [program.medicines[code] for code, answer in asked.items() if answer]
    of_course = [row for row in answers if row.topic == models.Topic.CONTRAINDICATION]
    present = {row.code for row in of_course if row.answer}
    missing = set(program.contraindications) - {row.code for row in of_course}
    drugs = sorted({row.drug for row in record.batch.of_course(models.Antidepressant, session)})
    return [
        (_("Takes, asked today"), ", ".join(takes) or (_("none of the classes asked") if asked else _("not asked"))),
        *([(_("Antidepressant"), _short(", ".join(drugs)))] if drugs else []),
        *(
            (label, _("yes") if code in present else _("not asked") if code in missing else _("no"))
            for code, label in program.contraindications.items()
        ),
        (_("Allergies"), _("not recorded here: ask")),
    ]


def _contacts(record: Record, site: Site) -> list[Row]:
    session = record.dosing_session
    home, order = record.latest(models.WayHomeArrangement), record.latest(models.DoseOrder)
    clearance = record.latest(models.Clearance)
    prescriber = clearance.prescriber if clearance else order.performed_by if order else None
    here = ", ".join(str(row.person) for row in site.prescribers_on_site[:3])
    rows = [
        (home.relation or _("Takes home"), " ".join(part for part in (home.name, home.phone) if part))
        if home
        else None,
        (_("Prescriber"), str(prescriber)) if prescriber else None,
        (_("Prescriber on site"), here or _("none")),
        (_("Clinic"), session.facility.phone or _("no telephone recorded")),
    ]
    return [row for row in rows if row]
