"""Where a moment and a value stand on the paper."""

import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from sessions_app.presenters.curve.scale import (
    BLOOD_PRESSURE,
    LEFT,
    PULSE,
    RIGHT,
    SPO2,
    Measure,
    TimeScale,
    clock_ticks,
    time_scale,
)
from tests.source import imports, name_of, python_files

NEW_YORK = ZoneInfo("America/New_York")
NINE = datetime(2026, 4, 14, 13, 0, tzinfo=UTC)  # 9:00 in New York


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_the_drawing_is_pure() -> None:
    """All but the module that reads the session's rows."""
    ours = "sessions_app.presenters.curve"
    for file in python_files("sessions_app/presenters/curve"):
        if file.name != "session.py":
            foreign = {
                module
                for module in imports(file)
                if module.split(".")[0] not in sys.stdlib_module_names and not module.startswith(ours)
            }
            assert foreign == set(), name_of(file)


class TestTime:
    def test_it_begins_ten_minutes_before_and_ends_ten_after(self) -> None:
        scale = time_scale([NINE + minutes(200), NINE])

        assert (scale.start, scale.end) == (NINE - minutes(10), NINE + minutes(210))

    def test_it_is_two_hours_at_least(self) -> None:
        scale = time_scale([NINE])

        assert scale.end - scale.start == timedelta(hours=2)

    @pytest.mark.parametrize(("minute", "x"), [(0, LEFT), (50, 205.5), (100, 357.0), (200, RIGHT)])
    def test_it_puts_a_moment_on_its_pixel(self, minute: int, x: float) -> None:
        assert TimeScale(NINE, NINE + minutes(200)).x(NINE + minutes(minute)) == pytest.approx(x)

    @pytest.mark.parametrize(
        ("hours", "labels"),
        [
            (2, ["9:00", "9:15", "9:30", "9:45", "10:00", "10:15", "10:30", "10:45", "11:00"]),
            (3, ["9:00", "9:30", "10:00", "10:30", "11:00", "11:30", "12:00"]),
            (8, ["9:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00", "17:00"]),
            (24, ["12:00", "16:00", "20:00", "0:00", "4:00", "8:00"]),
        ],
    )
    def test_it_is_ticked_at_round_times_of_the_clinic(self, hours: int, labels: list[str]) -> None:
        scale = TimeScale(NINE, NINE + timedelta(hours=hours))

        assert [tick.label for tick in clock_ticks(scale, NEW_YORK)] == labels

    def test_it_never_ticks_closer_than_words_need(self) -> None:
        for length in range(120, 3000, 35):
            scale = TimeScale(NINE, NINE + minutes(length))
            places = [tick.x for tick in clock_ticks(scale, NEW_YORK)]
            assert all(right - left >= 60 for left, right in pairwise(places)), length
            assert places

    def test_it_goes_past_midnight(self) -> None:
        late = datetime(2026, 4, 15, 3, 0, tzinfo=UTC)  # 23:00 in New York
        labels = [tick.label for tick in clock_ticks(TimeScale(late, late + timedelta(hours=3)), NEW_YORK)]

        assert labels == ["23:00", "23:30", "0:00", "0:30", "1:00", "1:30", "2:00"]

    def test_an_hour_stays_an_hour_when_the_clocks_go_back_and_says_which_one(self) -> None:
        before = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)  # 1:00 EDT; 6:00 UTC is 1:00 EST
        ticks = clock_ticks(TimeScale(before, before + timedelta(hours=3)), NEW_YORK)

        assert [tick.label for tick in ticks] == [
            *("1:00 EDT", "1:30 EDT", "1:00 EST", "1:30 EST", "2:00 EST", "2:30 EST", "3:00 EST")
        ]
        assert {round(right.x - left.x, 6) for left, right in pairwise(ticks)} == {101.0}

    def test_it_knows_no_hour_that_the_clocks_left_out(self) -> None:
        before = datetime(2026, 3, 8, 6, 0, tzinfo=UTC)  # 1:00 EST
        labels = [tick.label for tick in clock_ticks(TimeScale(before, before + timedelta(hours=3)), NEW_YORK)]

        assert labels == [
            *("1:00 EST", "1:30 EST", "3:00 EDT", "3:30 EDT", "4:00 EDT", "4:30 EDT", "5:00 EDT"),
        ]

    def test_it_ticks_where_the_offset_is_a_quarter(self) -> None:
        scale = TimeScale(NINE, NINE + timedelta(hours=3))

        assert [tick.label for tick in clock_ticks(scale, ZoneInfo("Asia/Kathmandu"))][:2] == ["19:00", "19:30"]


class TestValues:
    @pytest.mark.parametrize(
        ("measure", "values", "low", "high"),
        [
            (BLOOD_PRESSURE, [], 70, 170),
            (BLOOD_PRESSURE, [128, 82], 70, 170),
            (BLOOD_PRESSURE, [150, 80], 70, 170),
            (BLOOD_PRESSURE, [151, 80], 70, 180),
            (BLOOD_PRESSURE, [152, 79], 60, 180),
            (BLOOD_PRESSURE, [300, 200], 70, 320),
            (BLOOD_PRESSURE, [60, 35], 20, 170),
            (PULSE, [], 50, 100),
            (PULSE, [55, 95], 50, 100),
            (PULSE, [54, 96], 40, 110),
            (PULSE, [250], 50, 260),
            (SPO2, [], 90, 100),
            (SPO2, [91], 90, 100),
            (SPO2, [90], 85, 100),
            (SPO2, [100, 61], 60, 100),
        ],
    )
    def test_it_widens_and_never_narrows(self, measure: Measure, values: list[int], low: int, high: int) -> None:
        scale = measure.scale(values, top=26)

        assert (scale.low, scale.high) == (low, high)

    @pytest.mark.parametrize("measure", [BLOOD_PRESSURE, PULSE, SPO2])
    def test_it_never_flattens_a_day(self, measure: Measure) -> None:
        """A unit is as high on the worst day as on the calmest."""
        calm, wild = measure.scale([], top=0), measure.scale([30, 300], top=0)

        assert calm.y(91) - calm.y(92) == pytest.approx(wild.y(91) - wild.y(92)) == pytest.approx(measure.per_unit)

    @pytest.mark.parametrize(("value", "y"), [(170, 26.0), (140, 59.6), (90, 115.6), (70, 138.0)])
    def test_it_puts_a_value_on_its_pixel(self, value: int, y: float) -> None:
        assert BLOOD_PRESSURE.scale([128, 82], top=26).y(value) == pytest.approx(y)

    def test_it_marks_round_values(self) -> None:
        assert BLOOD_PRESSURE.scale([], top=0).marks(20) == [80, 100, 120, 140, 160]
