"""What a session's readings make one ask, and nobody's verdict: the same three times, or always ending in 0."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sessions_app.rules.facts import Check

OFTEN_ENOUGH = 3  # readings, before anything is asked [D]


@dataclass(frozen=True)
class ReadingQuestions:
    """``same``: the pair that was charted three times or more; ``round``: every systolic ends in 0."""

    same: tuple[int, int] | None
    round: bool


def reading_questions(checks: Iterable[Check]) -> ReadingQuestions:
    """As the page of all sessions asks them (rules/insight.py)."""
    pairs = [
        (check.systolic_mmhg, check.diastolic_mmhg)
        for check in checks
        if check.systolic_mmhg is not None and check.diastolic_mmhg is not None
    ]
    if len(pairs) < OFTEN_ENOUGH:
        return ReadingQuestions(None, False)
    pair, times = Counter(pairs).most_common(1)[0]
    return ReadingQuestions(
        pair if times >= OFTEN_ENOUGH else None, all(systolic % 10 == 0 for systolic, _diastolic in pairs)
    )
