"""The book foots, whatever happened."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.rules.book import ON_HAND, WENT, Balance, Flow, Held, Period, balances
from clinic.rules.cabinet import WAYS, Move, Place

pytestmark = pytest.mark.paperwork
RECEIVED = (Place.SUPPLIER, Place.CABINET)
DRAWN = (Place.CABINET, Place.DRAWN)
GIVEN = (Place.DRAWN, Place.ADMINISTERED)


def told(start: int, end: int, *flows: Any, of: str = "28 mg") -> Balance:
    """``flows``: from, to, how many."""
    (balance,) = balances([Held(of, start, end)], [Flow(of, *each) for each in flows])
    return balance


class TestAPeriod:
    def test_it_tells_what_came_and_went_in_it(self) -> None:
        flows = (
            (*RECEIVED, 6),
            (*DRAWN, 4),
            (*GIVEN, 3),
            (Place.ADMINISTERED, Place.FAILED, 1),
            (Place.CABINET, Place.WASTED, 1),
            (Place.CABINET, Place.RETURNED, 2),
            (Place.LOST, Place.CABINET, 1),
        )
        balance = told(3, 4, *flows)
        went = {
            Place.ADMINISTERED: 2,
            Place.FAILED: 1,
            Place.WASTED: 1,
            Place.RETURNED: 2,
            Place.LOST: -1,
        }
        assert balance == Balance("28 mg", start=3, received=6, went=went, end=4)
        assert balance.foots
        # Nothing of it may be left out, but what stays here.
        for flow in flows:
            rest = told(3, 4, *(each for each in flows if each != flow))
            assert rest.foots is (flow in {(*DRAWN, 4), (Place.ADMINISTERED, Place.FAILED, 1)})

    def test_what_is_with_a_session_is_here(self) -> None:
        balance = told(2, 2, (*DRAWN, 2))
        assert (balance.start, balance.end, set(balance.went.values())) == (2, 2, {0})
        assert balance.foots

    def test_what_is_taken_back_counts_on_the_day_that_was_said(self) -> None:
        balance = told(2, 3, (Place.WASTED, Place.CABINET, 1))
        assert (balance.start, balance.went[Place.WASTED], balance.end) == (2, -1, 3)
        assert balance.foots

    def test_it_keeps_things_apart_in_order(self) -> None:
        found = balances([Held("b", 1, 2)], [Flow("a", *RECEIVED, 2), Flow("b", *RECEIVED, 1)])
        said = [(each.of, each.start, each.received, each.end, each.foots) for each in found]
        assert said == [("a", 0, 2, 0, False), ("b", 1, 1, 2, True)]

    @pytest.mark.parametrize(
        ("first", "last", "span"),
        [
            (date(2026, 3, 8), date(2026, 3, 8), ((3, 8, 5), (3, 9, 4))),  # clocks go forward
            (date(2026, 11, 1), date(2026, 11, 1), ((11, 1, 4), (11, 2, 5))),
            (date(2028, 2, 29), date(2028, 2, 29), ((2, 29, 5), (3, 1, 5))),
        ],
    )
    def test_its_days_are_the_facilitys(self, first: date, last: date, span: Any) -> None:
        found = Period(first, last).span(ZoneInfo("America/New_York"))
        assert found == tuple(datetime(first.year, *each, tzinfo=UTC) for each in span)


def stories() -> st.SearchStrategy[list[list[tuple[int, Move]]]]:
    """Devices, each with what happened to it and on which day; corrections go back the way they came."""
    step = st.tuples(st.integers(0, 9), st.sampled_from(Move))
    return st.lists(st.lists(step, max_size=12), max_size=8)


@given(stories(), st.integers(0, 10), st.integers(0, 10))
@settings(max_examples=120, deadline=None)
def test_any_ledger_foots_and_tells_what_is_here(devices: list[list[tuple[int, Move]]], one: int, other: int) -> None:
    first, after = sorted((one, other))
    flows: Counter[tuple[Place, Place]] = Counter()
    places_at_start, places_at_end = [], []
    for device in devices:
        trail = [Place.SUPPLIER]
        at_start = at_end = Place.SUPPLIER
        for day, move in sorted(device, key=lambda step: step[0]):
            start = trail[-1]
            if move is Move.CORRECTED:
                if len(trail) < 2:
                    continue
                trail.pop()
                end = trail[-1]
            elif start in WAYS[move][0]:
                end = WAYS[move][1]
                trail.append(end)
            else:
                continue
            flows[start, end] += first <= day < after
            at_start = end if day < first else at_start
            at_end = end if day < after else at_end
        places_at_start.append(at_start)
        places_at_end.append(at_end)

    here = [sum(place in ON_HAND for place in places) for places in (places_at_start, places_at_end)]
    said = [Flow("x", *way, count) for way, count in flows.items()]
    (found,) = balances([Held("x", *here)], said)

    assert found.foots
    for place in WENT:
        assert found.went[place] == places_at_end.count(place) - places_at_start.count(place)
    for left_out in said:
        (less,) = balances([Held("x", *here)], [flow for flow in said if flow is not left_out])
        crosses = (left_out.start in ON_HAND) != (left_out.end in ON_HAND)
        assert less.foots is not (crosses and left_out.count > 0)
