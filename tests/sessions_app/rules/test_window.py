"""When the next session belongs: in the table, not too soon, and never earlier for a later last dose."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.rules.course import regimen_of_week, too_soon, week_of_course
from sessions_app.rules.window import Window, is_missed, next_window
from tests.sessions_app.rules.builders import ESKETAMINE, TODAY

DAY = timedelta(days=1)


def window(last: int, indication: str = "TRD", first: date = TODAY) -> Window | None:
    """After a last dose so many days after the first."""
    return next_window(ESKETAMINE, indication, first_dose_date=first, last_dose_date=first + last * DAY)


@pytest.mark.parametrize(
    ("indication", "last", "span"),
    [
        pytest.param("TRD", 0, (2, 5), id="twice a week"),
        pytest.param("TRD", 24, (26, 27), id="as long as induction lasts"),
        pytest.param("TRD", 27, (32, 36), id="then once a week"),
        pytest.param("TRD", 45, (50, 54), id="still in week 8"),
        pytest.param("TRD", 50, (55, 66), id="and from the first day of week 9"),
        pytest.param("TRD", 56, (61, 72), id="from week 9 on every second week too"),
        pytest.param("MDSI", 25, (27, 27), id="the last day of its table"),
        pytest.param("MDSI", 26, None, id="past its table"),
        pytest.param("GAD", 3, None, id="off-label: no table"),
    ],
)
def test_follows_the_table(indication: str, last: int, span: tuple[int, int] | None) -> None:
    found = window(last, indication)
    days = found and ((found.earliest - TODAY).days, (found.latest - TODAY).days)
    assert days == span


@pytest.mark.parametrize(("first", "last"), [(None, None), (TODAY, None), (None, TODAY)])
def test_has_none_before_the_first_dose(first: date | None, last: date | None) -> None:
    assert next_window(ESKETAMINE, "TRD", first_dose_date=first, last_dose_date=last) is None
    assert not is_missed(None, TODAY)


def test_is_missed_from_the_day_after_its_last() -> None:
    found = window(0)
    assert found is not None
    assert not is_missed(found, found.latest)
    assert is_missed(found, found.latest + DAY)


# Leap days and the nights in which clocks change lie in it: a day is a day.
FIRSTS = st.dates(date(2023, 10, 1), date(2028, 12, 31))


@given(first=FIRSTS, last=st.integers(0, 400), indication=st.sampled_from(["TRD", "MDSI"]))
def test_every_day_of_it_is_in_the_table_and_not_too_soon(first: date, last: int, indication: str) -> None:
    found, given_on = window(last, indication, first), first + last * DAY
    if found is None:
        assert indication == "MDSI"
        assert last >= 26
        return
    assert given_on < found.earliest <= found.latest
    day = found.earliest
    while day <= found.latest:
        line = regimen_of_week(ESKETAMINE, indication, week_of_course(first, day))
        assert line is not None
        assert (line.phase, line.interval) == (found.phase, found.interval)
        assert not too_soon(ESKETAMINE, line, given_on, day)
        day += DAY


@given(first=FIRSTS, last=st.integers(0, 400))
def test_a_later_dose_never_makes_it_earlier(first: date, last: int) -> None:
    one, other = window(last, first=first), window(last + 1, first=first)
    assert one is not None
    assert other is not None
    assert one.earliest <= other.earliest
    assert one.latest <= other.latest


@given(first=FIRSTS, last=st.integers(0, 400), hour=st.integers(0, 23))
def test_it_asks_for_no_clock(first: date, last: int, hour: int) -> None:
    """The same days whatever the hour: days are the facility's calendar, and 29 February is one of them."""
    moment = datetime.combine(first, time(hour), UTC)
    assert window(last, first=moment.date()) == window(last, first=first)
    shifted = window(last, first=first + DAY)
    found = window(last, first=first)
    assert shifted is not None
    assert found is not None
    assert shifted.earliest - found.earliest == DAY
