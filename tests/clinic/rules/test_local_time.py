"""A typed clock time becomes a moment, also in the two odd hours of the year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.local_time import day_span, is_ambiguous, is_missing, likely_day, moment

NEW_YORK = ZoneInfo("America/New_York")
SPRING, AUTUMN, PLAIN = date(2025, 3, 9), date(2025, 11, 2), date(2025, 6, 1)


@pytest.mark.parametrize(
    ("day", "clock", "missing", "ambiguous"),
    [
        (SPRING, time(1, 59), False, False),
        (SPRING, time(2, 0), True, False),
        (SPRING, time(2, 59), True, False),
        (SPRING, time(3, 0), False, False),
        (AUTUMN, time(0, 59), False, False),
        (AUTUMN, time(1, 0), False, True),
        (AUTUMN, time(1, 59), False, True),
        (AUTUMN, time(2, 0), False, False),
        (PLAIN, time(2, 30), False, False),
        (PLAIN, time(1, 30), False, False),
    ],
)
def test_knows_the_missing_and_the_ambiguous_hour(day: date, clock: time, missing: bool, ambiguous: bool) -> None:
    assert is_missing(day, clock, NEW_YORK) is missing
    assert is_ambiguous(day, clock, NEW_YORK) is ambiguous


def typed(clock: time, day: date, second_time: bool | None = None) -> tuple[object, list[object]]:
    at, refusals = moment(clock, day=day, zone=NEW_YORK, second_time=second_time, name="occurred_time")
    assert at is None or at.tzinfo is UTC
    assert all((each.params["field"], each.params["clock"]) == ("occurred_time", clock) for each in refusals)
    return at, [refusal.params["problem"] for refusal in refusals]


def test_refuses_a_missing_hour_and_asks_back_in_an_ambiguous_one() -> None:
    assert typed(time(2, 30), SPRING) == typed(time(2, 30), SPRING, second_time=True) == (None, ["missing_hour"])
    assert typed(time(1, 30), AUTUMN) == (None, ["ambiguous_hour"])
    assert typed(time(1, 30), AUTUMN, second_time=False) == (datetime(2025, 11, 2, 5, 30, tzinfo=UTC), [])
    assert typed(time(1, 30), AUTUMN, second_time=True) == (datetime(2025, 11, 2, 6, 30, tzinfo=UTC), [])


def test_takes_a_plain_time_as_the_wall_shows_it_whatever_is_said_about_a_second_pass() -> None:
    expected = (datetime(2025, 6, 1, 13, 5, tzinfo=UTC), [])

    assert typed(time(9, 5), PLAIN) == typed(time(9, 5), PLAIN, second_time=True) == expected


def test_counts_a_stay_across_the_change_of_clocks_in_real_hours() -> None:
    before, _ = typed(time(0, 30), AUTUMN)
    after, _ = typed(time(2, 30), AUTUMN)

    assert after - before == timedelta(hours=3)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("now", "clock", "since", "looks_back", "day"),
    [
        pytest.param("10:00", time(9, 58), None, False, 4, id="earlier today"),
        pytest.param("10:00", time(10, 2), None, False, 4, id="still to come: refused, not yesterday's"),
        pytest.param("00:10", time(23, 55), "23:50 yesterday", False, 3, id="before midnight"),
        pytest.param("00:10", time(0, 12), "23:50 yesterday", False, 4, id="within the grace"),
        pytest.param("00:10", time(0, 13), "23:50 yesterday", False, 3, id="past the grace"),
        pytest.param("00:10", time(23, 55), "00:05", False, 4, id="began after midnight"),
        pytest.param("08:00", time(20, 1), None, True, 3, id="last night's meal"),
        pytest.param("08:00", time(20, 0), None, True, 4, id="as near ahead as behind"),
        pytest.param("08:00", time(20, 1), None, False, 4, id="no meal"),
        pytest.param("21:00", time(20, 58), None, False, 4, id="in the evening, with tomorrow begun in UTC"),
        pytest.param("08:00", time(9, 0), None, True, 4, id="a meal still to come: a slip, refused"),
    ],
)
def test_finds_the_day_that_a_clock_time_belongs_to(
    now: str, clock: time, since: str | None, looks_back: bool, day: int
) -> None:
    def on(text: str) -> datetime:
        hour_minute, _, when = text.partition(" ")
        date_part = date(2025, 6, 3) if when else date(2025, 6, 4)
        return datetime.combine(date_part, time.fromisoformat(hour_minute), tzinfo=NEW_YORK).astimezone(UTC)

    found = likely_day(clock, now=on(now), zone=NEW_YORK, since=on(since) if since else None, looks_back=looks_back)

    assert found == date(2025, 6, day)


@pytest.mark.parametrize(
    ("now", "clock", "day"),
    [
        pytest.param(datetime(2025, 11, 2, 5, 40, tzinfo=UTC), time(1, 20), 2, id="both of the first pass"),
        pytest.param(datetime(2025, 11, 2, 6, 10, tzinfo=UTC), time(1, 50), 2, id="1:50 at 1:10 of the second pass"),
        pytest.param(datetime(2025, 11, 2, 5, 10, tzinfo=UTC), time(1, 50), 1, id="1:50 at 1:10 of the first"),
        pytest.param(datetime(2025, 11, 2, 6, 10, tzinfo=UTC), time(23, 50), 1, id="before midnight"),
    ],
)
def test_a_time_of_the_first_pass_lies_behind_in_the_second(now: datetime, clock: time, day: int) -> None:
    """A session that began before midnight of the day on which the clocks go back."""
    began = datetime(2025, 11, 2, 3, 30, tzinfo=UTC)  # 23:30 on the 1st

    assert likely_day(clock, now=now, zone=NEW_YORK, since=began, looks_back=False) == date(2025, 11, day)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "missing", "ambiguous"),
    [
        pytest.param("Australia/Lord_Howe", date(2025, 10, 5), time(2, 29), True, False, id="half an hour forward"),
        pytest.param("Australia/Lord_Howe", date(2025, 10, 5), time(2, 30), False, False, id="half an hour, over"),
        pytest.param("Australia/Lord_Howe", date(2025, 4, 6), time(1, 30), False, True, id="half an hour back"),
        pytest.param("Australia/Lord_Howe", date(2025, 4, 6), time(1, 29), False, False, id="before half an hour back"),
        pytest.param("America/Havana", date(2025, 3, 9), time(0, 0), True, False, id="a day without its midnight"),
        pytest.param("America/Havana", date(2025, 11, 2), time(0, 0), False, True, id="a day with two midnights"),
        pytest.param("America/Phoenix", date(2025, 3, 9), time(2, 30), False, False, id="clocks that never change"),
    ],
)
def test_knows_the_odd_hours_of_odd_zones(zone: str, day: date, clock: time, missing: bool, ambiguous: bool) -> None:
    assert is_missing(day, clock, ZoneInfo(zone)) is missing
    assert is_ambiguous(day, clock, ZoneInfo(zone)) is ambiguous


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Australia/Lord_Howe", date(2025, 10, 5), 23.5),
        ("Australia/Lord_Howe", date(2025, 4, 6), 24.5),
        ("America/Havana", date(2025, 3, 9), 23),
        ("America/Havana", date(2025, 11, 2), 25),
        ("Pacific/Apia", date(2011, 12, 29), 24),  # the 30th was left out
    ],
)
def test_spans_the_odd_days_of_odd_zones(zone: str, day: date, hours: float) -> None:
    begins, ends = day_span(day, ZoneInfo(zone))

    assert ends - begins == timedelta(hours=hours)
    assert begins.astimezone(ZoneInfo(zone)).date() == day


@pytest.mark.parametrize(("day", "hours"), [(PLAIN, 24), (SPRING, 23), (AUTUMN, 25)])
def test_spans_a_calendar_day_from_midnight_to_midnight(day: date, hours: int) -> None:
    begins, ends = day_span(day, NEW_YORK)

    assert ends - begins == timedelta(hours=hours)
    assert begins.astimezone(NEW_YORK).time() == ends.astimezone(NEW_YORK).time() == time(0)
    assert begins.astimezone(NEW_YORK).date() == day
    assert begins.tzinfo is ends.tzinfo is UTC
