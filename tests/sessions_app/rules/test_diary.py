"""The diary's rules: blocks, places, series, and who waits."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.rules.diary import (
    Block,
    ClosedDays,
    DiaryFacts,
    OpeningHours,
    Slot,
    Taken,
    Wish,
    block_of,
    closed_refusals,
    hours_refusals,
    most_at_once,
    nearest_free,
    series_days,
    series_refusals,
    slot_for,
    slot_refusals,
)
from tests.sessions_app.rules.builders import ESKETAMINE

NEW_YORK = ZoneInfo("America/New_York")
TUESDAY = date(2026, 4, 14)
NINE = datetime(2026, 4, 14, 13, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ME, OTHER = uuid4(), uuid4()
NOW = NINE - 24 * HOUR
HOURS = OpeningHours((time(8),) * 5 + (None,) * 2, (time(18),) * 5 + (None,) * 2)


def facts(*taken: Taken, hours: OpeningHours | None = HOURS, closed: tuple[ClosedDays, ...] = ()) -> DiaryFacts:
    return DiaryFacts(NEW_YORK, ("1", "2"), hours, closed, taken)


def slot(at: datetime, chair: str = "1") -> Slot:
    return Slot(at, chair, Block(at - 15 * MINUTE, at + 145 * MINUTE))


def by(person: UUID, at: datetime, chair: str, *, where: str = "") -> Taken:
    return Taken(slot(at).block, chair, person, "Rosalind Tamarack", where)


def codes(asked: Slot, known: DiaryFacts, *, now: datetime = NOW) -> list[str]:
    return [refusal.code for refusal in slot_refusals(asked, known, person_id=ME, now=now)]


class TestABlock:
    def test_it_is_preparation_devices_with_their_rests_the_stay_and_a_margin(self) -> None:
        said = {"program": ESKETAMINE, "stay_minutes": 120, "preparation": 20, "margin": 15}
        block = block_of(NINE, devices=3, **said)  # type: ignore[arg-type]
        assert (block.begins, block.ends) == (NINE - 20 * MINUTE, NINE + (10 + 120 + 15) * MINUTE)

    @pytest.mark.parametrize(("begins", "meets"), [(-MINUTE, True), (timedelta(), False), (MINUTE, False)])
    def test_it_is_half_open(self, begins: timedelta, meets: bool) -> None:
        block = Block(NINE, NINE + HOUR)
        next_one = Block(NINE + HOUR + begins, NINE + 2 * HOUR)
        assert (block.meets(next_one), next_one.meets(block)) == (meets, meets)


class TestAPlace:
    def test_it_is_free(self) -> None:
        assert codes(slot(NINE), facts()) == []

    def test_it_is_refused_for_the_chair_and_for_the_person(self) -> None:
        assert codes(slot(NINE), facts(by(OTHER, NINE, "1"))) == ["CHAIR_BOOKED"]
        assert codes(slot(NINE), facts(by(OTHER, NINE, "2"))) == []
        assert codes(slot(NINE), facts(by(ME, NINE, "2"))) == ["PATIENT_BOOKED"]
        assert codes(slot(NINE, ""), facts(by(OTHER, NINE, ""))) == []

    def test_a_chair_of_another_facility_is_not_this_one(self) -> None:
        assert codes(slot(NINE), facts(by(OTHER, NINE, "1", where="Annex"))) == []
        assert codes(slot(NINE), facts(by(ME, NINE, "1", where="Annex"))) == ["PATIENT_BOOKED"]

    def test_it_is_of_the_room_where_there_is_a_list(self) -> None:
        assert codes(slot(NINE, "9"), facts()) == ["CHAIR_GONE"]

    def test_it_is_still_to_come(self) -> None:
        assert codes(slot(NINE), facts(), now=NINE + 2 * MINUTE) == []
        assert codes(slot(NINE), facts(), now=NINE + 3 * MINUTE) == ["BOOKING_PAST"]

    @pytest.mark.parametrize(
        ("hours", "allowed"),
        [(-0.75, True), (-0.76, False), (6.58, True), (6.6, False)],
    )
    def test_its_whole_block_lies_in_the_opening_hours(self, hours: float, allowed: bool) -> None:
        refused = list(closed_refusals(slot(NINE + hours * HOUR).block, facts()))
        assert (not refused) == allowed

    def test_it_is_refused_on_a_day_without_hours_and_on_a_closure(self) -> None:
        saturday, closed = NINE + 4 * 24 * HOUR, ClosedDays(TUESDAY, TUESDAY, "Works")
        assert codes(slot(saturday), facts()) == ["OUTSIDE_HOURS"]
        assert codes(slot(saturday), facts(hours=None)) == []
        assert codes(slot(NINE), facts(closed=(closed,))) == ["CLINIC_CLOSED"]
        assert codes(slot(NINE + 24 * HOUR), facts(closed=(closed,))) == []

    def test_another_chair_at_the_time_comes_before_another_time(self) -> None:
        def near(known: DiaryFacts) -> tuple[datetime, str]:
            found = nearest_free(TUESDAY, time(9), "1", slot=slot, facts=known, person_id=ME, now=NOW)
            assert found is not None
            return found.scheduled_at, found.chair

        assert near(facts()) == (NINE, "1")
        assert near(facts(by(OTHER, NINE, "1"))) == (NINE, "2")
        assert near(facts(by(OTHER, NINE, "1"), by(OTHER, NINE + HOUR, "2"))) == (NINE + 165 * MINUTE, "1")
        assert (
            nearest_free(TUESDAY + timedelta(days=4), time(9), "1", slot=slot, facts=facts(), person_id=ME, now=NOW)
            is None
        )

    @given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("12")), max_size=12), st.integers(0, 40))
    def test_what_is_proposed_is_free(self, taken: list[tuple[int, str]], wanted: int) -> None:
        known = facts(*(by(OTHER, NINE + (number - 4) * 15 * MINUTE, chair) for number, chair in taken))
        clock = (datetime.combine(TUESDAY, time(8)) + wanted * 15 * MINUTE).time()
        found = nearest_free(TUESDAY, clock, "1", slot=slot, facts=known, person_id=ME, now=NOW)
        assert found is None or codes(found, known) == []


class TestASeries:
    def test_it_is_these_weekdays_for_so_many_weeks(self) -> None:
        days = series_days(TUESDAY, weekdays=(1, 3), weeks=2)
        assert [day.isoformat() for day in days] == ["2026-04-14", "2026-04-16", "2026-04-21", "2026-04-23"]
        wednesday = series_days(TUESDAY + timedelta(days=1), weekdays=(1, 3), weeks=1)
        assert [day.isoformat() for day in wednesday] == ["2026-04-16", "2026-04-21"]

    def test_it_has_a_weekday_and_an_end(self) -> None:
        assert not series_refusals(weekdays=(1, 3), weeks=26)
        assert [each.params["problem"] for each in series_refusals(weekdays=(), weeks=4)] == ["no_weekday"]
        for weekdays, weeks in (((1,), 0), ((1,), 27), ((0, 1, 2, 3), 16)):
            assert [each.params["field"] for each in series_refusals(weekdays=weekdays, weeks=weeks)] == ["weeks"]


class TestHours:
    def test_it_is_both_or_neither(self) -> None:
        assert not hours_refusals((time(8), None), (time(9), None))
        assert [each.params["field"] for each in hours_refusals((time(8), None), (None, time(9)))] == [
            "opens_0",
            "opens_1",
        ]


class TestLoad:
    def test_it_is_the_fullest_moment(self) -> None:
        blocks = [slot(NINE).block, slot(NINE + HOUR).block, slot(NINE + 160 * MINUTE).block]
        assert most_at_once(blocks) == 2
        assert most_at_once([]) == 0


class TestWhoWaits:
    WISH = Wish(TUESDAY, TUESDAY + timedelta(days=7), frozenset({1, 3}), time(10), time(11))

    def first(self, day: date, known: DiaryFacts) -> tuple[datetime, str] | None:
        found = slot_for(self.WISH, day, slot=slot, facts=known, person_id=ME, now=NOW)
        return (found.scheduled_at, found.chair) if found else None

    def test_it_is_the_first_place_that_suits(self) -> None:
        assert self.first(TUESDAY, facts()) == (NINE + HOUR, "1")
        assert self.first(TUESDAY, facts(by(OTHER, NINE, "1"))) == (NINE + HOUR, "2")
        assert self.first(TUESDAY, facts(by(OTHER, NINE, "1"), by(OTHER, NINE, "2"))) is None

    def test_it_is_none_on_another_day(self) -> None:
        assert self.first(TUESDAY + timedelta(days=1), facts()) is None
        assert self.first(TUESDAY + timedelta(days=14), facts()) is None
