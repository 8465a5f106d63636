"""What the diary refuses, whole: code, what it says beside it, and the way out."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from sessions_app.rules.diary import (
    MOST_DATES,
    MOST_WEEKS,
    ClosedDays,
    DiaryFacts,
    OpeningHours,
    Wish,
    closure_refusals,
    free_slots,
    hours_refusals,
    local_moment,
    nearest_free,
    no_show_refusals,
    quarters,
    series_refusals,
    slot_for,
    slot_refusals,
    wish_refusals,
)
from tests.sessions_app.rules.test_diary import HOUR, ME, MINUTE, NEW_YORK, NINE, NOW, OTHER, TUESDAY, by, facts, slot

OTHERWISE = (ClearedBy.OTHER,)
DAY = timedelta(days=1)
WEDNESDAY = TUESDAY + DAY


def refused(at: datetime, known: DiaryFacts, chair: str = "1", now: datetime = NOW) -> tuple[Refusal, ...]:
    return slot_refusals(slot(at, chair), known, person_id=ME, now=now)


class TestAPlace:
    def test_whose_time_is_over(self) -> None:
        assert refused(NINE, facts(), now=NINE + HOUR) == (Refusal("BOOKING_PAST", {"at": NINE}),)

    def test_that_the_room_does_not_have(self) -> None:
        assert refused(NINE, facts(), "9") == (Refusal("CHAIR_GONE", {"chair": "9"}, None, OTHERWISE),)

    def test_that_is_taken_says_by_whom_from_when_to_when(self) -> None:
        block = slot(NINE).block
        said = {"chair": "1", "who": "Rosalind Tamarack", "where": "", "begins": block.begins, "ends": block.ends}
        mine, there = by(ME, NINE, "1", where="Annex"), {**said, "where": "Annex"}
        assert refused(NINE, facts(by(OTHER, NINE, "1"))) == (Refusal("CHAIR_BOOKED", said, None, OTHERWISE),)
        assert refused(NINE, facts(mine)) == (Refusal("PATIENT_BOOKED", there, None, OTHERWISE),)
        long_before = by(OTHER, NINE - 5 * HOUR, "1")
        assert [each.code for each in refused(NINE, facts(long_before, mine))] == ["PATIENT_BOOKED"]

    def test_of_days_that_the_clinic_is_closed(self) -> None:
        closed = ClosedDays(TUESDAY, WEDNESDAY, "Works")
        said = {"reason": "Works", "first": TUESDAY, "last": WEDNESDAY}
        assert refused(NINE, facts(closed=(closed,))) == (Refusal("CLINIC_CLOSED", said, None, OTHERWISE),)

    def test_outside_the_hours_of_its_day(self) -> None:
        early = slot(NINE - HOUR).block
        said = {"day": TUESDAY, "opens": time(8), "closes": time(18), "begins": early.begins, "ends": early.ends}
        assert refused(NINE - HOUR, facts()) == (Refusal("OUTSIDE_HOURS", said, None, OTHERWISE),)
        on_saturday = Refusal("OUTSIDE_HOURS", {"day": TUESDAY + 4 * DAY}, None, OTHERWISE)
        assert refused(NINE + 4 * DAY, facts()) == (on_saturday,)

    def test_it_may_end_in_the_minute_that_the_clinic_closes(self) -> None:
        last = NINE + 9 * HOUR - 145 * MINUTE
        assert refused(last, facts()) == ()
        assert [each.code for each in refused(last + MINUTE, facts())] == ["OUTSIDE_HOURS"]

    def test_half_a_days_hours_are_none(self) -> None:
        half = OpeningHours((time(8),) * 7, (None,) * 7)
        assert half.of(TUESDAY) is None
        assert [each.code for each in refused(NINE, facts(hours=half))] == ["OUTSIDE_HOURS"]

    def test_what_is_booked_on_the_way_counts(self) -> None:
        known = facts().and_then(by(OTHER, NINE, "1"))
        assert [each.code for each in refused(NINE, known)] == ["CHAIR_BOOKED"]
        assert known.and_then(by(OTHER, NINE, "2")).taken == (by(OTHER, NINE, "1"), by(OTHER, NINE, "2"))


class TestAnotherPlace:
    ASKED: Any = {"slot": slot, "person_id": ME, "now": NOW}

    def test_it_is_none_of_somebody_who_is_booked_then(self) -> None:
        known = facts(by(ME, NINE, "2"))
        found = nearest_free(TUESDAY, time(9), "1", facts=known, **self.ASKED)
        assert found is not None
        assert found.scheduled_at != NINE
        assert list(free_slots([NINE], ["1"], facts=known, **self.ASKED)) == []
        wish = Wish(TUESDAY, TUESDAY, frozenset(), time(9), time(9))
        assert slot_for(wish, TUESDAY, facts=known, **self.ASKED) is None

    def test_it_is_the_chair_that_was_wanted_before_the_others(self) -> None:
        found = nearest_free(TUESDAY, time(9), "2", facts=facts(), **self.ASKED)
        assert found == slot(NINE, "2")

    def test_without_a_list_of_chairs_it_is_the_one_that_was_wanted_or_none(self) -> None:
        without = replace(facts(), chairs=())
        assert nearest_free(TUESDAY, time(9), "7", facts=without, **self.ASKED) == slot(NINE, "7")
        wish = Wish(TUESDAY, TUESDAY, frozenset(), time(9), None)
        assert slot_for(wish, TUESDAY, facts=without, **self.ASKED) == slot(NINE, "")

    def test_it_is_looked_for_while_the_clinic_is_open(self) -> None:
        asked = list(quarters(TUESDAY, facts()))
        assert (asked[0], asked[-1], len(asked)) == (time(8), time(17, 45), 40)
        usual = list(quarters(TUESDAY, facts(hours=None)))
        assert (usual[0], usual[-1]) == (time(7), time(19, 45))

    def test_of_an_hour_that_comes_twice_it_is_the_first(self) -> None:
        found = local_moment(date(2026, 11, 1), time(1, 30), NEW_YORK)
        assert found == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weekdays", "weeks", "found"),
    [
        ((), 4, field_refusal("weekdays", "no_weekday")),
        ((1,), 1, None),
        ((1,), 0, field_refusal("weeks", "series_too_long", weeks=MOST_WEEKS, dates=MOST_DATES)),
        ((0, 1, 2, 3), 15, None),
        ((0, 1, 2, 3, 4), 13, field_refusal("weeks", "series_too_long", weeks=MOST_WEEKS, dates=MOST_DATES)),
    ],
)
def test_a_series(weekdays: tuple[int, ...], weeks: int, found: Refusal | None) -> None:
    assert series_refusals(weekdays=weekdays, weeks=weeks) == ((found,) if found else ())


@pytest.mark.parametrize(
    ("opens", "closes", "found"),
    [
        (time(8), time(9), None),
        (None, None, None),
        (time(8), None, field_refusal("opens_0", "both_hours")),
        (None, time(8), field_refusal("opens_0", "both_hours")),
        (time(8), time(8), field_refusal("closes_0", "closes_before")),
        (time(9), time(8), field_refusal("closes_0", "closes_before")),
    ],
)
def test_hours(opens: time | None, closes: time | None, found: Refusal | None) -> None:
    assert hours_refusals((opens,), (closes,)) == ((found,) if found else ())


@pytest.mark.parametrize(
    ("first", "last", "reason", "found"),
    [
        (0, 0, "Works", None),
        (-1, 0, "Works", None),
        (1, 0, "Works", field_refusal("last_date", "ends_before")),
        (-2, -1, "Works", field_refusal("last_date", "day_over")),
        (0, 0, " ", field_refusal("reason", "reason_missing")),
    ],
)
def test_a_closure(first: int, last: int, reason: str, found: Refusal | None) -> None:
    days = (TUESDAY + first * DAY, TUESDAY + last * DAY)
    assert closure_refusals(*days, reason, today=TUESDAY) == ((found,) if found else ())


@pytest.mark.parametrize(("minutes", "found"), [(-1, True), (0, False), (1, False)])
def test_nobody_failed_to_come_before_it_was_time(minutes: int, found: bool) -> None:
    early = Refusal("NOT_YET_DUE", {"at": NINE}, NINE, (ClearedBy.TIME,))
    assert no_show_refusals(NINE, now=NINE + minutes * MINUTE) == (early,) * found


@pytest.mark.parametrize(
    ("days", "times", "found"),
    [
        ((0, 0), (None, None), None),
        ((-1, 0), (time(9), time(9)), None),
        ((0, 7), (time(9), None), None),
        ((0, 7), (None, time(9)), None),
        ((1, 0), (None, None), field_refusal("last_date", "ends_before")),
        ((-2, -1), (None, None), field_refusal("last_date", "day_over")),
        ((0, 7), (time(10), time(9)), field_refusal("latest", "ends_before")),
    ],
)
def test_a_wish(days: tuple[int, int], times: tuple[time | None, time | None], found: Refusal | None) -> None:
    wish = Wish(TUESDAY + days[0] * DAY, TUESDAY + days[1] * DAY, frozenset(), *times)
    assert wish_refusals(wish, today=TUESDAY) == ((found,) if found else ())


def test_a_wish_suits_its_last_day_and_its_last_minute() -> None:
    wish = Wish(TUESDAY, WEDNESDAY, frozenset(), time(9), time(10))
    assert [wish.suits(TUESDAY + number * DAY) for number in (-1, 0, 1, 2)] == [False, True, True, False]
    asked = (time(8, 59), time(9), time(10), time(10, 1))
    assert [wish.suits_time(clock) for clock in asked] == [False, True, True, False]
