"""What the made-up patients answered: over the longest course a response that slows down, as they do; today one answer
that a prescriber has to look at."""

from collections.abc import Sequence
from typing import Any

from sessions_app.actions.score import record_score
from sessions_app.demo.people import OPAL
from sessions_app.demo.visit import CHECK_IN, Visit
from sessions_app.models.score import instruments
from sessions_app.rules.instrument import Timing

# PHQ-9 before each dose, and when ready to leave after the first ones; GAD-7 before every third.
MOOD = (21, 19, 17, 17, 14, 13, 11, 12, 10, 9, 9, 8, 10, 8, 7, 7, 6, 7, 6, 5, 6, 5, 4, 5, 4, 4, 3, 4, 3, 3)
READY = {0: 15, 1: 14, 3: 12, 5: 9}
WORRY = (15, 13, 11, 9, 9, 7, 6, 6, 5, 4)
ALERTING = (2, 2, 1, 2, 1, 2, 1, 0, 1)  # the last item is not "not at all"
_ASKED, _AT_THE_END = CHECK_IN + 6, 112


def past(visit: Visit, number: int) -> None:
    """Before the visit's dose, and sometimes at its end."""
    if visit.case.somebody.mrn != OPAL.mrn or number >= len(MOOD):
        return
    _ask(visit, _ASKED, "phq9", _spread(MOOD[number], 8, of=9), Timing.BEFORE_DOSE)
    if number in READY:
        _ask(visit, _AT_THE_END, "phq9", _spread(READY[number], 8, of=9), Timing.AT_READINESS)
    if number % 3 == 0:
        _ask(visit, _ASKED + 2, "gad7", _spread(WORRY[number // 3], 7, of=7), Timing.BEFORE_DOSE)


def alert(visit: Visit) -> None:
    """Nobody has answered it yet."""
    _ask(visit, _ASKED, "phq9", ALERTING, Timing.BEFORE_DOSE)


def _ask(visit: Visit, minute: float, code: str, items: Sequence[int], timing: Timing) -> None:
    said: dict[str, Any] = {"instrument": instruments()[code], "items": list(items), "timing": timing}
    visit.step(minute, record_score, **said)


def _spread(total: int, items: int, *, of: int) -> list[int]:
    """Over so many items as evenly as goes; the rest answered "not at all"."""
    return [total // items + (place < total % items) for place in range(items)] + [0] * (of - items)
