"""The phase of a session as the floor shows it: shape, word and colour. Overdue outranks held, held monitoring."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time, elapsed, whole_minutes
from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.presenters.merge import merged
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.rules.checks import Checkpoint, CheckState, Purpose, check_schedule, next_checkpoint
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.states import BEFORE_DOSE, State

_HELD = {"BP": "BP", "SPO2": "SpO₂", "SERIOUS_EVENT": "event", "SAFETY_ALERT": "safety"}


@dataclass(frozen=True)
class Phase:
    """``code`` names colour and shape, ``word`` says it."""

    code: str
    word: str

    @property
    def floor_word(self) -> str:
        """For whoever does not read the chart: that somebody is held, and not by what."""
        return _("Held") if self.code == "held" else self.word


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
            **_rest(facts, ordered, reader),
        }
    return _stay_ring(facts, phase, reader)


def _rest(facts: SessionFacts, ordered: int, reader: Reader) -> dict[str, Any]:
    """The inner arc: how much of the rest before the next device is over."""
    rest = facts.program.minutes("rest_between_devices_minutes")
    last = max((device.occurred_at for device in facts.delivered), default=None)
    if last is None or len(facts.delivered) >= ordered or reader.now >= last + rest:
        return {}
    return {"rest": _arc(last, rest, reader)}


def _arc(since: datetime, span: timedelta, reader: Reader) -> dict[str, Any]:
    """How far an arc has come; script carries it on from ``since`` over ``minutes``."""
    percent = round(min(100.0, max(0.0, 100 * (reader.now - since) / span)), 1)
    return {"percent": percent, "since_iso": since.isoformat(), "minutes": whole_minutes(span)}


def _stay_ring(facts: SessionFacts, phase: Phase, reader: Reader) -> dict[str, Any]:
    device, stay = facts.anchor_device, facts.minimum_stay
    if device is None:
        return {"phase": "free", "label": phase.word}
    if facts.state is not State.MONITORING:
        return {"phase": phase.code, "label": phase.word}
    spent = reader.now - device.counted_at
    past = spent > stay
    return {
        "phase": phase.code,
        "arc": _arc(device.counted_at, stay, reader),
        "over": _arc(device.counted_at + stay, stay, reader) if phase.code == "held" else None,
        "big": elapsed(spent),
        "since_iso": device.counted_at.isoformat(),
        "sub": (_("past %(stay)s") if past else _("of %(stay)s")) % {"stay": stay_words(stay)},
        "marks": _marks(facts, reader),
        "label": _("Minimum stay %(stay)s, from the device at %(at)s")
        % {"stay": stay_words(stay), "at": clock_time(device.occurred_at, reader.zone)},
    }


def stay_words(stay: timedelta) -> str:
    """``2 h``, ``150 min``."""
    minutes = whole_minutes(stay)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def _marks(facts: SessionFacts, reader: Reader) -> list[dict[str, Any]]:
    """A dot for a check done, a lozenge for one done late, an open circle for the next, a triangle for a late one."""
    schedule, following = check_schedule(facts, now=reader.now), next_checkpoint(facts, now=reader.now)
    return [_mark(point, facts, is_next=point == following) for point in schedule]


def _mark(point: Checkpoint, facts: SessionFacts, *, is_next: bool) -> dict[str, Any]:
    kind = "miss" if point.state in (CheckState.OVERDUE, CheckState.MISSED) else "next" if is_next else "todo"
    if point.state is CheckState.DONE:
        late = point.done_at is not None and point.done_at > point.due_at and point.purpose is not Purpose.FINAL
        kind = "late" if late else "done"
    percent = 100 * point.minute * 60 / facts.minimum_stay.total_seconds()
    return {"percent": min(100.0, percent), "kind": kind}


def checkpoint_name(point: Checkpoint) -> str:
    """``40-min check``, ``Final check``."""
    return check_name(point.purpose, point.minute)


def check_name(purpose: Purpose, minute: int) -> str:
    if purpose is Purpose.FINAL:
        return _("Final check")
    return _("%(minute)s-min check") % {"minute": minute}
