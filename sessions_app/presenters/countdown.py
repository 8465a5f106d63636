"""What a chair counts: down to what is next, or up from what is late. Every number says what it counts."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time, countdown
from clinic.rules.refusals import Refusal
from sessions_app.models import (
    Deviation,
    InstructionsGiven,
    PrescriberDecision,
    ReadinessAssessment,
    SignEvent,
    WayHomeArrangement,
)
from sessions_app.models.record import Record
from sessions_app.presenters.next_step import NextStep
from sessions_app.presenters.phase import Phase, checkpoint_name
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.checks import CheckState, next_checkpoint
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.readings import blood_pressures, sign_readings, spo2s
from sessions_app.rules.states import BEFORE_DOSE, State

# What the discharge gate reads besides checks and time.
_READ_BY_THE_GATE = (
    Deviation,
    InstructionsGiven,
    PrescriberDecision,
    ReadinessAssessment,
    SignEvent,
    WayHomeArrangement,
)


def counting(what: str, at: datetime, when: str, reader: Reader) -> dict[str, Any]:
    """A count down to ``at``, or up from it once it has passed; ``what`` says what it counts."""
    ahead = at > reader.now
    return {
        "next_what": what,
        "next_at": at,
        "next_count_text": countdown(at - reader.now if ahead else reader.now - at),
        ("next_due_iso" if ahead else "next_since_iso"): at.isoformat(),
        "next_when": when % {"at": clock_time(at, reader.zone)},
    }


def saying(what: str, word: str, when: str = "") -> dict[str, Any]:
    """No time is known: a word in the place of the count."""
    return {"next_what": what, "next_count_text": word, "next_when": when}


def next_count(
    record: Record,
    facts: SessionFacts,
    refusals: tuple[Refusal, ...],
    *,
    phase: Phase,
    step: NextStep,
    reader: Reader,
) -> dict[str, Any]:
    """The one thing a chair waits for."""
    if facts.state in BEFORE_DOSE:
        return _next_before_dose(facts, refusals, step, reader)
    if step.step == "record-outcome":
        device = next(device for device in facts.devices if device.outcome is None)
        what = _("Device %(n)s given") % {"n": len(facts.devices)}
        return counting(what, device.occurred_at, _("at %(at)s. What did it deliver?"), reader)
    if facts.state is State.DOSING:
        return _next_dosing(facts, step, reader)
    if phase.code == "ready":
        return counting(_("Gate open for"), _gate_open_since(record, facts), _("since %(at)s"), reader)
    return _next_check(facts, reader) or _next_held(facts, refusals, step, reader)


def intake_word(refusal: Refusal) -> str:
    """``Liquids clear`` for a refusal that waiting clears; empty for another."""
    words = {"FASTING": _("Food clears"), "LIQUID": _("Liquids clear"), "NASAL": _("Nasal spray clears")}
    return words.get(refusal.code, "") if refusal.clears_at else ""


def _next_before_dose(
    facts: SessionFacts, refusals: tuple[Refusal, ...], step: NextStep, reader: Reader
) -> dict[str, Any]:
    waits = [refusal for refusal in refusals if refusal.clears_at and intake_word(refusal)]
    if waits:
        last = max(waits, key=lambda refusal: refusal.clears_at or reader.now)
        what = _("%(what)s in") % {"what": intake_word(last)}
        return counting(what, last.clears_at or reader.now, _("dose from %(at)s"), reader)
    here = _("here since %(at)s") % {"at": clock_time(facts.checked_in_at, reader.zone)}
    return saying(_("Next"), step.title, here)


def _next_dosing(facts: SessionFacts, step: NextStep, reader: Reader) -> dict[str, Any]:
    number = {"n": len(facts.delivered) + 1}
    if step.due_at is None:
        return saying(_("Next"), step.title)
    if step.due_at > reader.now:
        return counting(_("Rest, device %(n)s in") % number, step.due_at, _("from %(at)s"), reader)
    return counting(_("Device %(n)s may be given") % number, step.due_at, _("since %(at)s"), reader)


def _next_check(facts: SessionFacts, reader: Reader) -> dict[str, Any]:
    point = next_checkpoint(facts, now=reader.now)
    if point is None:
        return {}
    name = {"check": checkpoint_name(point)}
    if point.state is CheckState.OVERDUE:
        return counting(_("%(check)s late") % name, point.due_at, _("was due %(at)s"), reader)
    if point.due_at <= reader.now:
        return counting(_("%(check)s is due") % name, point.due_at, _("since %(at)s"), reader)
    return counting(_("%(check)s in") % name, point.due_at, _("due %(at)s"), reader)


def _next_held(facts: SessionFacts, refusals: tuple[Refusal, ...], step: NextStep, reader: Reader) -> dict[str, Any]:
    """Every check is done: how long ago the reading that holds was taken, else how long the papers are waited for."""
    ends_at = facts.stay_ends_at
    if ends_at is None:
        return saying(_("Next"), step.title)
    if ends_at > reader.now:
        return counting(_("Minimum over in"), ends_at, _("from %(at)s"), reader)
    codes = {refusal.code for refusal in refusals}
    taken: list[tuple[str, datetime]] = []
    if "BP" in codes:
        taken += [(_("BP last taken"), reading.occurred_at) for reading in blood_pressures(facts.checks)[-1:]]
    if "SPO2" in codes:
        taken += [(_("SpO₂ last taken"), reading.occurred_at) for reading in spo2s(facts.checks)[-1:]]
    for sign in facts.program.signs:
        if sign.refusal_code in codes:
            what = _("%(sign)s last asked") % {"sign": sign.short_label}
            taken += [(what, reading.occurred_at) for reading in sign_readings(facts.checks, sign, facts.program)[-1:]]
    if taken:
        what, at = taken[0]
        return counting(what, at, _("ago, at %(at)s"), reader)
    return counting(step.title, ends_at, _("waited for since %(at)s"), reader)


def _gate_open_since(record: Record, facts: SessionFacts) -> datetime:
    """When the last of what the discharge gate waited for was there: the stay, or the latest row that it reads."""
    moments = [check.occurred_at for check in facts.checks]
    moments += [row.occurred_at for model in _READ_BY_THE_GATE for row in record.in_force(model)]
    return max([*moments, facts.stay_ends_at or facts.checked_in_at])
