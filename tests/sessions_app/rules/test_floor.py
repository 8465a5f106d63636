"""The room, and when time alone changes what is said of it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.refusals import Refusal, field_refusal
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.floor import chair_refusals, next_turn, stretch_of, turning_points, turns_of_the_day
from tests.sessions_app.rules.builders import (
    ESKETAMINE,
    FINAL,
    FIRST_DEVICE,
    LAST_DEVICE,
    at,
    baseline,
    check,
    device,
    ready_to_leave,
)

NOON = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)
MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("chairs", "refused"),
    [
        ((), (field_refusal("chairs", "nothing_entered"),)),
        (("2", "1", "2"), (field_refusal("chairs", "chair_twice", chair="2"),)),
        (("1", "a" * 11), (field_refusal("chairs", "chair_too_long", chair="a" * 11, longest=10),)),
        (("1", "a" * 10), ()),
        (("Window", "2"), ()),
    ],
)
def test_a_room_has_chairs_each_once_and_named_shortly(chairs: tuple[str, ...], refused: tuple[Refusal, ...]) -> None:
    assert chair_refusals(chairs) == refused


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


def turns(facts: SessionFacts, *refusals: Refusal) -> set[float]:
    return {(point - at(0)) / MINUTE for point in turning_points(facts, refusals, now=at(60))}


def test_time_turns_at_the_ends_of_checks_readings_rests_and_stays() -> None:
    program = ESKETAMINE.under({}, extra_checks=(70,))
    devices = (device(FIRST_DEVICE, 0), device(LAST_DEVICE, 20, counted=30.505))
    facts = ready_to_leave(program, devices=devices, checks=(baseline(program), check(program, FINAL, 41)))

    assert turns(facts, Refusal("LIQUID", clears_at=at(33)), Refusal("AGE")) == {
        *(50, 60, 61, 71),  # the check at 40 minutes after the last device, by its typed time
        *(80, 90, 91, 101),  # the clinic's own
        *(140.505, 150.505, 151.505),  # the one before leaving
        *(-10 + 60, -10 + 15, 41 + 60, 41 + 15),  # what was measured grows too old
        *(5, 25, 35, 35.505),  # rest, from the typed time, the counted one and its minute
        30.505 + 240,  # the effect on blood pressure is over
        33,  # the wait
    }


def test_before_the_first_device_only_readings_and_waits_turn() -> None:
    facts = ready_to_leave(ESKETAMINE, devices=(), checks=(baseline(ESKETAMINE),))
    assert turns(facts, Refusal("LIQUID", clears_at=at(33))) == {50, 5, 33}


@pytest.mark.parametrize(("minute", "turns"), [(0, 30), (29, 30), (30, 60), (59, 60)])
def test_a_day_turns_each_half_hour_and_at_its_own_midnight(minute: int, turns: int) -> None:
    """At two in the morning of London it is still yesterday in New York."""
    hour = datetime(2026, 4, 15, 2, 0, tzinfo=UTC)
    now = hour + minute * MINUTE + timedelta(seconds=20, microseconds=5)
    midnight = datetime(2026, 4, 15, 4, 0, tzinfo=UTC)
    assert list(turns_of_the_day(ZoneInfo("America/New_York"), now=now)) == [hour + turns * MINUTE, midnight]


@pytest.mark.parametrize("number", [90_000_001, 300_000_000 * 10**25 + 90_000_001])
def test_a_page_is_good_for_five_minutes_that_are_its_own(number: int) -> None:
    begins = NOON + timedelta(seconds=90, microseconds=1)
    for now in (begins, NOON + 2 * MINUTE, begins + 5 * MINUTE - TICK):
        assert stretch_of(UUID(int=number), now=now) == (begins, begins + 5 * MINUTE)
