"""The phase of a session as the floor shows it: shape, word and colour. Overdue outranks held, held monitoring."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time, elapsed, whole_minutes
from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.presenters.merge import merged
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.rules.checks import Checkpoint, CheckState, Purpose, check_schedule
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.states import BEFORE_DOSE, State

_HELD = {"BP": "BP", "SPO2": "SpO₂", "SERIOUS_EVENT": "event"}


@dataclass(frozen=True)
class Phase:
    """``code`` names colour and shape, ``word`` says it."""

    code: str
    word: str


def phase_of(facts: SessionFacts, refusals: tuple[Refusal, ...], *, now: datetime) -> Phase:
    """From the state, and while monitoring from what is late and what holds."""
    if facts.state in BEFORE_DOSE:
        return Phase("before", _("Before dose"))
    if facts.state is State.DOSING:
        return Phase("dosing", _("Dosing"))
    if facts.state is not State.MONITORING:
        return Phase("done", str(STATE_WORDS[facts.state]).capitalize())
    if not refusals:
        return Phase("ready", _("Ready to leave"))
    if any(point.state is CheckState.OVERDUE for point in check_schedule(facts, now=now)):
        return Phase("overdue", _("Check overdue"))
    if facts.stay_ends_at and now >= facts.stay_ends_at:
        return Phase("held", _("Held: %(what)s") % {"what": _what_holds(facts, refusals)})
    return Phase("monitor", _("Monitoring"))


def _what_holds(facts: SessionFacts, refusals: tuple[Refusal, ...]) -> str:
    for refusal in refusals:
        if refusal.code in _HELD:
            return _HELD[refusal.code]
        sign = next((sign for sign in facts.program.signs if sign.refusal_code == refusal.code), None)
        if sign:
            return sign.short_label.lower()
    documentation = all(ClearedBy.DOCUMENTATION in refusal.cleared_by for refusal in refusals)
    return _("paper") if documentation else _("check")


def ring_of(facts: SessionFacts | None, phase: Phase, refusals: tuple[Refusal, ...], reader: Reader) -> dict[str, Any]:
    """Plain values of ``_components/ring.html``."""
    if facts is None:
        return {"phase": "free", "label": phase.word}
    if phase.code == "before":
        open_count = len(merged(refusals))
        parts = [False] * min(open_count, 10) + [True] * max(0, 10 - open_count)
        return {
            "phase": "before",
            "big": str(open_count) if open_count else "✓",
            "sub": _("to clear") if open_count else _("clear"),
            "parts": parts[::-1],
            "label": _("%(count)s to clear before the dose") % {"count": open_count},
        }
    if phase.code == "dosing":
        ordered = facts.start.order.devices if facts.start and facts.start.order else len(facts.devices)
        given = len(facts.delivered)
        return {
            "phase": "dosing",
            "big": f"{given}/{ordered}",
            "sub": _("given"),
            "parts": [index < given for index in range(max(ordered, given))],
            "label": _("%(given)s of %(ordered)s devices given") % {"given": given, "ordered": ordered},
        }
    return _stay_ring(facts, phase, reader)


def _stay_ring(facts: SessionFacts, phase: Phase, reader: Reader) -> dict[str, Any]:
    device, stay = facts.anchor_device, facts.minimum_stay
    if device is None:
        return {"phase": "free", "label": phase.word}
    spent = reader.now - device.counted_at
    percent = 100 * spent / stay
    return {
        "phase": phase.code,
        "percent": round(min(100.0, max(0.0, percent)), 1),
        "over_percent": round(min(100.0, max(0.0, percent - 100)), 1) if phase.code == "held" else 0,
        "big": elapsed(spent),
        "since_iso": device.counted_at.isoformat() if facts.state is State.MONITORING else "",
        "sub": (_("past %(stay)s") if percent > 100 else _("of %(stay)s")) % {"stay": _hours(whole_minutes(stay))},
        "marks": [_mark(point, facts) for point in check_schedule(facts, now=reader.now)],
        "label": _("%(spent)s since the device at %(at)s")
        % {"spent": elapsed(spent), "at": clock_time(device.occurred_at, reader.zone)},
    }


def _hours(minutes: int) -> str:
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def _mark(point: Checkpoint, facts: SessionFacts) -> dict[str, Any]:
    kinds = {
        CheckState.DONE: "done",
        CheckState.MISSED: "miss",
        CheckState.OVERDUE: "miss",
        CheckState.DUE: "next",
        CheckState.UPCOMING: "todo",
    }
    percent = 100 * point.minute * 60 / facts.minimum_stay.total_seconds()
    return {"percent": min(100.0, percent), "kind": kinds[point.state]}


def checkpoint_name(point: Checkpoint) -> str:
    """``40-min check``, ``Final check``."""
    if point.purpose is Purpose.FINAL:
        return _("Final check")
    return _("%(minute)s-min check") % {"minute": point.minute}
