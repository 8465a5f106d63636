"""One chair as the floor shows it: phase, what is next, the last readings, the first blocker."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time
from clinic.rules.refusals import Refusal
from sessions_app.models import DosingSession, Watch
from sessions_app.models.emergency_record import open_emergency
from sessions_app.models.record import Record
from sessions_app.presenters.countdown import counting, next_count
from sessions_app.presenters.dosing_session import pending_outcome
from sessions_app.presenters.merge import merged
from sessions_app.presenters.next_step import VERIFY, next_step, verify_tap
from sessions_app.presenters.person import course_words, patient_header
from sessions_app.presenters.phase import Phase, phase_of, ring_of
from sessions_app.presenters.readings import readings_head
from sessions_app.presenters.refusal import line_words, sentence_of, still_shut
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.facts import Check, SessionFacts
from sessions_app.rules.program import Program
from sessions_app.rules.readings import blood_pressures, sign_readings, spo2s
from sessions_app.rules.recovery import final_check
from sessions_app.rules.states import BEFORE_DOSE, State

_SIGNS_SHOWN = 2


def tile(record: Record, facts: SessionFacts, refusals: tuple[Refusal, ...], reader: Reader) -> dict[str, Any]:
    """An occupied chair; plain values of ``_tile.html``."""
    session = record.dosing_session
    phase = phase_of(facts, refusals, now=reader.now)
    step = next_step(facts, refusals, pending_outcome=pending_outcome(record, facts), reader=reader)
    watch = record.latest(Watch)
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "chair": session.chair,
        "initials": session.patient.initials,
        "patient_name": session.patient.full_name,
        "age": patient_header(session.patient, on=reader.now, facility_zone=reader.zone)["age"],
        "phase": phase.code,
        "phase_word": phase.word,
        "ring": ring_of(facts, phase, refusals, reader),
        "loud": loud_words(record, facts, reader) or _alert_words(facts, reader),
        "badge": course_words(session)["badge"],
        "tap": verify_tap(session.pk) if step.step == VERIFY else None,
        "watched_by": watch.watcher.printed_name if watch else "",
        **next_count(record, facts, refusals, phase=phase, step=step, reader=reader),
        **_vitals(facts, reader),
        **_foot(facts, refusals, phase, reader),
    }


def loud_words(record: Record, facts: SessionFacts, reader: Reader) -> str:
    """What nobody may overlook: an emergency that has not ended, a session that nobody closed on its day."""
    if under_way := open_emergency(record):
        return _("Emergency since %(at)s") % {"at": clock_time(under_way.emergency.occurred_at, reader.zone)}
    began, today = (at.astimezone(reader.zone).date() for at in (facts.checked_in_at, reader.now))
    return _("Open since %(day)s") % {"day": date_format(began, "j M")} if began < today else ""


def _alert_words(facts: SessionFacts, reader: Reader) -> str:
    """For whoever reads the chart; everybody else sees that somebody is held, and not by what."""
    alerts = facts.open_alerts
    return _("Safety alert of %(at)s") % {"at": reader.clock(alerts[0].occurred_at)} if alerts else ""


# --- the last readings ------------------------------------------------------------------------------


def _vitals(facts: SessionFacts, reader: Reader) -> dict[str, Any]:
    pressures, saturations = blood_pressures(facts.checks), spo2s(facts.checks)
    line = (facts.program.value("systolic_line_mmhg"), facts.program.value("diastolic_line_mmhg"))
    values: dict[str, Any] = {"signs": _signs(facts.checks, facts.program)}
    if pressures:
        last = pressures[-1]
        change = last.systolic - pressures[-2].systolic if len(pressures) > 1 else None
        values |= {
            "bp_text": f"{last.systolic}/{last.diastolic}",
            "bp_at": clock_time(last.occurred_at, reader.zone),
            "bp_arrow": "" if change is None else "up" if change > 0 else "down" if change < 0 else "same",
            "bp_out": last.above(*line),
        }
    if saturations:
        percent = saturations[-1].percent
        values |= {"spo2_text": f"{percent} %", "spo2_out": percent < facts.program.value("spo2_floor_percent")}
    return values


def _signs(checks: tuple[Check, ...], program: Program) -> list[dict[str, Any]]:
    """The programme's first two signs, asked or not; all of them stand on the session's page."""
    found = []
    for sign, label in list(zip(program.signs, readings_head(program), strict=True))[:_SIGNS_SHOWN]:
        readings = sign_readings(checks, sign, program)
        present = readings[-1].present if readings else None
        word = {True: _("present"), False: _("none"), None: _("not known")}[present] if readings else ""
        found.append({"label": label, "word": word, "out": bool(present), "present": bool(present)})
    return found


# --- what blocks, and what leads on -----------------------------------------------------------------


def _foot(facts: SessionFacts, refusals: tuple[Refusal, ...], phase: Phase, reader: Reader) -> dict[str, Any]:
    """Two lines in every phase, so that the tiles of a row end at one height."""
    item: dict[str, Any] = {"more_count": max(0, len(merged(refusals)) - 1)}
    asks = [refusal for refusal in refusals if refusal.code != "DEVICE_INTERVAL"]
    if asks:
        item |= _blocker(refusals, asks, reader) | {"blocker_strong": phase.code == "held"}
    if facts.state in BEFORE_DOSE:
        return {"blocker": _("Nothing blocks the dose"), "blocker_icon": "check-lg", "foot": _order(facts), **item}
    if facts.state is State.DOSING:
        return {**_last_device(facts, reader), "foot": _given(facts), **item}
    if not refusals:
        return {**_way_home(facts), "foot": _counts_until(facts, reader), **item}
    ends_at = facts.stay_ends_at
    if ends_at and ends_at > reader.now:
        return {**item, "may_leave_from": clock_time(ends_at, reader.zone)}
    return {**item, "foot": _("minimum over %(at)s") % {"at": reader.clock(ends_at)} if ends_at else ""}


def _blocker(refusals: tuple[Refusal, ...], asks: list[Refusal], reader: Reader) -> dict[str, Any]:
    """What somebody can do something about now comes before what waiting clears or opens."""
    codes = {refusal.code for refusal in refusals}
    open_now = (refusal for refusal in asks if refusal.clears_at is None and not still_shut(refusal, reader, codes))
    first = next(open_now, asks[0])
    line = next(line for line in merged(refusals) if first in line)
    return {"blocker": line_words(line, reader)["what"], "blocker_icon": sentence_of(first, reader).icon}


def _order(facts: SessionFacts) -> str:
    order = facts.start.order if facts.start else None
    return _("%(mg)s mg ordered") % {"mg": order.mg} if order else _("no dose ordered yet")


def _given(facts: SessionFacts) -> str:
    order = facts.start.order if facts.start else None
    if order is None:
        return ""
    said = {"mg": order.mg, "given": len(facts.delivered), "ordered": order.devices}
    return _("%(mg)s mg ordered, %(given)s of %(ordered)s given") % said


def _last_device(facts: SessionFacts, reader: Reader) -> dict[str, str]:
    if not facts.delivered:
        return {"blocker": _("No device given yet"), "blocker_icon": "capsule"}
    last = max(device.occurred_at for device in facts.delivered)
    said = {"n": len(facts.delivered), "at": clock_time(last, reader.zone)}
    return {"blocker": _("Device %(n)s given %(at)s") % said, "blocker_icon": "clock"}


def _way_home(facts: SessionFacts) -> dict[str, str]:
    if facts.way_home is None:
        return {}
    home = _("Way home: %(name)s") % {"name": facts.way_home.name}
    return {"blocker": home, "blocker_icon": "car-front-fill"}


def _counts_until(facts: SessionFacts, reader: Reader) -> str:
    """The gate shuts again when the final check grows too old."""
    final = final_check(facts)
    if final is None:
        return ""
    until = final.occurred_at + facts.program.minutes("final_check_age_minutes")
    return _("Final check counts until %(at)s") % {"at": clock_time(until, reader.zone)}


# --- a chair without a patient ----------------------------------------------------------------------


def free_tile(
    chair: str, booked: DosingSession | None, program: Program | None, reader: Reader, *, chart: bool
) -> dict[str, Any]:
    """A free chair, and who is expected there next; ``chart``: for whoever reads why somebody is treated."""
    item: dict[str, Any] = {"chair": chair, "phase": "free", "phase_word": _("Free")}
    item["ring"] = {"phase": "free", "label": item["phase_word"]}
    if booked is None:
        return {**item, "next_what": _("Nobody expected here")}
    what = _("%(who)s expected since") if booked.scheduled_at <= reader.now else _("%(who)s expected in")
    return {
        **item,
        "url": reverse("sessions_app:dosing-session", args=[booked.pk]),
        "patient_name": booked.patient.full_name,
        **counting(what % {"who": booked.patient.initials}, booked.scheduled_at, _("at %(at)s"), reader),
        "foot": _("Check in when here"),
        "badge": course_words(booked, program)["badge"] if chart else None,
    }
