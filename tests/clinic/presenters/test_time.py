"""Times as people read them, also in the hour that comes twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.presenters.time import clock_time, clock_time_to_the_second, clock_time_with_zone

NEW_YORK = ZoneInfo("America/New_York")
BACK = datetime(2025, 11, 2, 6, 0, tzinfo=UTC)  # 2:00 EDT becomes 1:00 EST
FORWARD = datetime(2025, 3, 9, 7, 0, tzinfo=UTC)  # 2:00 EST becomes 3:00 EDT


@pytest.mark.parametrize(
    ("at", "read"),
    [
        (BACK - timedelta(minutes=61), "0:59"),
        (BACK - timedelta(minutes=60), "1:00 EDT"),
        (BACK - timedelta(seconds=1), "1:59 EDT"),
        (BACK, "1:00 EST"),
        (BACK + timedelta(minutes=59), "1:59 EST"),
        (BACK + timedelta(minutes=60), "2:00"),
        (FORWARD - timedelta(seconds=1), "1:59"),
        (FORWARD, "3:00"),
    ],
)
def test_a_time_that_comes_twice_says_which_it_is(at: datetime, read: str) -> None:
    assert clock_time(at, NEW_YORK) == read


def test_the_zone_is_said_once() -> None:
    assert clock_time_with_zone(BACK, NEW_YORK) == "1:00 EST"
    assert clock_time_to_the_second(BACK + timedelta(seconds=3), NEW_YORK) == "1:00:03"


def test_a_half_hour_that_comes_twice_in_lord_howe() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    back = datetime(2025, 4, 5, 15, 0, tzinfo=UTC)  # 2:00 becomes 1:30

    assert [clock_time(back + timedelta(minutes=m), lord_howe) for m in (-31, -30, 0, 30)] == [
        *("1:29", "1:30 +11", "1:30 +1030", "2:00"),
    ]
