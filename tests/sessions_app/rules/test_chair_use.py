"""Open chair minutes: hours, chairs and closures of each day; and questions about readings."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from sessions_app.presenters.bar_chart import Bar, draw_bars, levels
from sessions_app.rules.chair_use import Room, open_minutes, used
from sessions_app.rules.diary import ClosedDays, OpeningHours
from sessions_app.rules.facts import Check, CheckKind
from sessions_app.rules.reading_questions import reading_questions

MONDAY, SUNDAY = date(2026, 3, 30), date(2026, 4, 5)
WEEKDAYS = OpeningHours((time(9),) * 5 + (None, None), (time(17),) * 5 + (None, None))
SHORT = OpeningHours((time(9),) * 5 + (None, None), (time(10, 30),) * 5 + (None, None))
LONG_AGO = date(2020, 1, 1)


@pytest.mark.parametrize(
    ("room", "minutes"),
    [
        (Room([(LONG_AGO, WEEKDAYS)], [(LONG_AGO, 4)]), {3: 2 * 8 * 60 * 4, 4: 3 * 8 * 60 * 4}),
        (Room([(LONG_AGO, WEEKDAYS), (date(2026, 4, 1), SHORT)], [(LONG_AGO, 1)]), {3: 960, 4: 270}),
        (Room([(LONG_AGO, WEEKDAYS)], [(LONG_AGO, 1), (date(2026, 4, 3), 2)]), {3: 960, 4: 960 + 960}),
        (Room([(date(2027, 1, 1), WEEKDAYS)], [(date(2027, 1, 1), 1)]), {3: 960, 4: 1440}),
        (
            Room([(LONG_AGO, WEEKDAYS)], [(LONG_AGO, 1)], [ClosedDays(MONDAY, date(2026, 3, 31), "Flood")]),
            {4: 1440},
        ),
        (Room([(LONG_AGO, WEEKDAYS), (date(2026, 4, 1), None)], [(LONG_AGO, 1)]), {3: 960}),
        (Room([], [(LONG_AGO, 1)]), {}),
        (Room([(LONG_AGO, WEEKDAYS)], []), {}),
    ],
)
def test_open_minutes(room: Room, minutes: dict[int, int]) -> None:
    found = open_minutes(room, MONDAY, SUNDAY)
    assert found == {date(2026, month, 1): count for month, count in minutes.items()}


def test_open_minutes_of_one_day() -> None:
    room = Room([(LONG_AGO, WEEKDAYS)], [(LONG_AGO, 1)])
    assert open_minutes(room, MONDAY, MONDAY) == {date(2026, 3, 1): 480}
    assert open_minutes(room, MONDAY, MONDAY + timedelta(days=1)) == {date(2026, 3, 1): 960}


def test_use_is_of_what_was_open() -> None:
    assert used([30, 30], [100, 20]) == 0.5
    assert used([30], []) is None


@pytest.mark.parametrize(
    ("top", "lines"), [(0, [0]), (1, [0, 1]), (4, [0, 1, 2, 3, 4]), (5, [0, 2, 4]), (100, [0, 50, 100])]
)
def test_the_lines_of_a_drawing(top: float, lines: list[float]) -> None:
    assert levels(top) == lines


def test_bars_stand_on_the_axis_and_in_the_drawing() -> None:
    for many in (0, 1, 12, 60):
        drawn = draw_bars([Bar(str(number), float(number), "x") for number in range(many)], most=1)
        for bar in drawn["bars"]:
            assert drawn["left"] <= bar["x"] <= bar["x"] + bar["width"] <= drawn["right"]
            assert abs(bar["y"] + bar["height"] - drawn["axis"]) < 0.11
    assert not draw_bars([Bar("x", None)], most=1)["bars"][0]["known"]


def checks(*pairs: tuple[int, int]) -> list[Check]:
    at = datetime(2026, 4, 14, tzinfo=UTC)
    return [Check(UUID(int=n), n, CheckKind.MONITORING, at, high, low) for n, (high, low) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("pairs", "same", "round_"),
    [
        ([(118, 76), (118, 76)], None, False),
        ([(118, 76), (118, 76), (118, 77)], None, False),
        ([(118, 76), (121, 80), (118, 76), (118, 76)], (118, 76), False),
        ([(120, 81), (130, 82), (120, 83)], None, True),
        ([(120, 81), (130, 82)], None, False),
        ([(120, 80)] * 3, (120, 80), True),
        ([(120, 80), (130, 81), (131, 80)], None, False),
    ],
)
def test_questions_about_readings(pairs: list[tuple[int, int]], same: tuple[int, int] | None, round_: bool) -> None:
    asked = reading_questions(checks(*pairs))
    assert (asked.same, asked.round) == (same, round_)
