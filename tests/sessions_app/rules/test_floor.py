"""The room, and when time alone changes what is said of it."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions_app.rules.floor import chair_refusals, next_turn

NOON = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)
MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("chairs", "problem"),
    [
        ((), "nothing_entered"),
        (("1", "2", "1"), "chair_twice"),
        (("1", "a" * 11), "chair_too_long"),
        (("1", "a" * 10), ""),
        (("Window", "2"), ""),
    ],
)
def test_a_room_has_chairs_each_once_and_named_shortly(chairs: tuple[str, ...], problem: str) -> None:
    assert [refusal.params["problem"] for refusal in chair_refusals(chairs)] == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("now", "turn"),
    [
        (NOON - MINUTE, NOON),
        (NOON - TICK, NOON),
        (NOON, NOON + TICK),  # what changes right after a moment has not changed at it
        (NOON + TICK, NOON + MINUTE),
        (NOON + MINUTE + TICK, None),
    ],
)
def test_the_next_turn_is_ahead_and_counts_right_after_a_moment_too(now: datetime, turn: datetime | None) -> None:
    assert next_turn([NOON + MINUTE, NOON], now=now) == turn
