"""The floor: one tile per session, by chair."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time, countdown, zone_name
from clinic.rules.refusals import Refusal
from sessions_app.models import DosingSession, Transition
from sessions_app.models.day import Day
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.models.site import Site
from sessions_app.presenters.dosing_session import pending_outcome
from sessions_app.presenters.merge import merged
from sessions_app.presenters.next_step import next_step
from sessions_app.presenters.person import course_words, patient_header
from sessions_app.presenters.phase import phase_of, ring_of
from sessions_app.presenters.readings import readings_head
from sessions_app.presenters.refusal import line_words, sentence_of
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.gates import gate_refusals
from sessions_app.rules.program import Program
from sessions_app.rules.readings import blood_pressures, sign_readings, spo2s
from sessions_app.rules.states import AT_START_GATE, State


def _head(session: DosingSession, reader: Reader) -> dict[str, Any]:
    patient = session.patient
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "chair": session.chair,
        "initials": patient.initials,
        "patient_name": patient.full_name,
        "age": patient_header(patient, on=reader.now, facility_zone=reader.zone)["age"],
    }


def booked_tile(session: DosingSession, program: Program | None, reader: Reader) -> dict[str, Any]:
    """A session that is expected."""
    at = clock_time(session.scheduled_at, reader.zone)
    late = reader.now > session.scheduled_at
    span = reader.now - session.scheduled_at if late else session.scheduled_at - reader.now
    return {
        **_head(session, reader),
        "phase": "free",
        "phase_word": _("Booked"),
        "next_what": _("expected since") if late else _("expected in"),
        "next_count_text": countdown(span),
        ("next_since_iso" if late else "next_due_iso"): session.scheduled_at.isoformat(),
        "next_when": _("at %(at)s") % {"at": at},
        "foot": _("Check in when here"),
        "foot_badge": course_words(session, program)["badge"],
    }


def tile(record: Record, facts: SessionFacts, refusals: tuple[Refusal, ...], reader: Reader) -> dict[str, Any]:
    """An open session: phase, what is next, last readings, the first blocker."""
    session = record.dosing_session
    phase = phase_of(facts, refusals, now=reader.now)
    ring = ring_of(facts, phase, refusals, reader)
    step = next_step(facts, refusals, pending_outcome=pending_outcome(record, facts), reader=reader)
    course = course_words(session)
    item = {
        **_head(session, reader),
        "phase": phase.code,
        "phase_word": phase.word,
        "ring_percent": ring.get("percent"),
        "over_percent": ring.get("over_percent"),
        "elapsed_text": ring.get("big", ""),
        "elapsed_since_iso": ring.get("since_iso", ""),
        "stay_text": ring.get("sub", ""),
        "ring_label": ring.get("label", ""),
        "ring_marks": ring.get("marks"),
        "ring_parts": ring.get("parts"),
        "next_what": step.title,
        "more_count": max(0, len(merged(refusals)) - 1),
        "foot_badge": course["badge"],
        **_count(step.due_at, reader),
        **_vitals(facts, reader),
    }
    if refusals:
        first = _first_blocker(refusals)
        sentence = sentence_of(first, reader)
        line = next(line for line in merged(refusals) if first in line)
        item |= {
            "blocker": line_words(line, reader)["what"],
            "blocker_icon": sentence.icon,
            "blocker_strong": phase.code == "held",
        }
    elif facts.state is State.MONITORING and facts.way_home:
        home = _("Way home: %(name)s") % {"name": facts.way_home.name}
        item |= {"blocker": home, "blocker_icon": "car-front-fill", "foot": _("Walk out, then record the time")}
    ends_at = facts.stay_ends_at
    if facts.state is State.MONITORING and ends_at and refusals:
        item["may_leave_from"] = clock_time(max(ends_at, reader.now), reader.zone) if ends_at > reader.now else ""
    return item


def _first_blocker(refusals: tuple[Refusal, ...]) -> Refusal:
    """What somebody can do something about comes before what waiting clears."""
    return next((refusal for refusal in refusals if refusal.clears_at is None), refusals[0])


def _count(due_at: Any, reader: Reader) -> dict[str, Any]:
    if due_at is None:
        return {}
    late = reader.now > due_at
    return {
        "next_count_text": countdown(reader.now - due_at if late else due_at - reader.now),
        ("next_since_iso" if late else "next_due_iso"): due_at.isoformat(),
        "next_when": (_("was due %(at)s") if late else _("due %(at)s")) % {"at": clock_time(due_at, reader.zone)},
    }


def _vitals(facts: SessionFacts, reader: Reader) -> dict[str, Any]:
    pressures, saturations = blood_pressures(facts.checks), spo2s(facts.checks)
    line = (facts.program.value("systolic_line_mmhg"), facts.program.value("diastolic_line_mmhg"))
    values: dict[str, Any] = {"signs": []}
    if pressures:
        last = pressures[-1]
        arrow = ""
        if len(pressures) > 1:
            change = last.systolic - pressures[-2].systolic
            arrow = "up" if change > 0 else "down" if change < 0 else "same"
        values |= {
            "bp_text": f"{last.systolic}/{last.diastolic}",
            "bp_at": clock_time(last.occurred_at, reader.zone),
            "bp_arrow": arrow,
            "bp_out": last.above(*line),
        }
    if saturations:
        percent = saturations[-1].percent
        values |= {"spo2_text": f"{percent} %", "spo2_out": percent < facts.program.value("spo2_floor_percent")}
    for sign, label in zip(facts.program.signs, readings_head(facts.program), strict=True):
        readings = sign_readings(facts.checks, sign, facts.program)
        if readings:
            present = readings[-1].present
            word = {True: _("present"), False: _("none"), None: _("not known")}[present]
            values["signs"].append({"label": label, "word": word, "out": bool(present), "present": bool(present)})
    values["signs"] = values["signs"][:2]
    return values


def finished_line(session: DosingSession, transition: Transition, reader: Reader) -> dict[str, Any]:
    """A session that is over."""
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "name": session.patient.full_name,
        "word": str(STATE_WORDS[session.state]).capitalize(),
        "when": clock_time(transition.occurred_at, reader.zone),
        "phase": "ready" if session.state == State.DISCHARGED else "overdue",
    }


def status_bar(site: Site) -> dict[str, Any]:
    """What holds for the whole clinic at this moment."""
    certified = site.certification_facts.status == "CERTIFIED" and site.certification_facts.representative_current
    working, known = len(site.working_oximeters), len(site.oximeters)
    return {
        "certification": {"word": _("Certified"), "icon": "shield-check", "phase": ""}
        if certified
        else {"word": _("Not certified: no dosing"), "icon": "shield-slash", "phase": "overdue"},
        "prescribers": ", ".join(row.person.printed_name for row in site.prescribers_on_site),
        "oximeters": _("%(working)s of %(known)s") % {"working": working, "known": known} if known else "",
    }


def floor_page(day: Day, *, now: datetime) -> dict[str, Any]:
    """Context of ``floor.html``; by chair."""
    zone = day.facility.zone
    reader = Reader(zone, now)
    tiles = []
    for record in day.open.records():
        start = record.dosing_session.state in AT_START_GATE
        facts = session_facts(record.dosing_session, at=now, start=start, record=record)
        of_program = Reader(zone, now, facts.program)
        tiles.append(tile(record, facts, gate_refusals(facts, now=now), of_program))
    return {
        "facility": day.facility.name,
        "clock": {"time": clock_time(now, zone), "zone": zone_name(now, zone), "iso": now.astimezone(zone).isoformat()},
        "sessions": [
            *tiles,
            *(booked_tile(session, day.programs.get(session.program_code), reader) for session in day.booked),
        ],
        "finished": [finished_line(session, transition, reader) for session, transition in day.finished],
        "expected_count": len(day.booked),
        "finished_count": len(day.finished),
        **status_bar(day.site),
    }
