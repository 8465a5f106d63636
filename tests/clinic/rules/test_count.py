"""Counting blind, and when the day of a cabinet may be closed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from clinic.rules.count import (
    ClosingFacts,
    Counted,
    CountFacts,
    CountState,
    HandedIn,
    Lot,
    cabinet_closing_refusals,
    hand_in_refusals,
    next_inventory,
    sheet_refusals,
    stock_policy_refusals,
)
from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from clinic.rules.stock import StockKind

pytestmark = pytest.mark.paperwork
NORA, NILS, PIA = UUID(int=1), UUID(int=2), UUID(int=3)
NOON = datetime(2026, 4, 14, 16, tzinfo=UTC)
ONE, TWO = Lot("esketamine", "L-1", StockKind.BULK), Lot("esketamine", "L-2", StockKind.BULK)
NAMED = Lot("esketamine", "L-1", StockKind.PATIENT_SPECIFIC)


def handed(person: UUID, after: int = 0, **found: tuple[int, int]) -> HandedIn:
    """``one``, ``two``: counted, expected."""
    lots = {"one": ONE, "two": TWO, "named": NAMED}
    lines = tuple(Counted(lots[name], *numbers) for name, numbers in found.items())
    return HandedIn(person, NOON + timedelta(minutes=after), lines)


def facts(*counts: HandedIn, people: int = 1, **fields: Any) -> CountFacts:
    return CountFacts(counts, people, **fields)


AGREED = facts(handed(NORA, one=(5, 5), two=(2, 2)))
SHORT = facts(handed(NORA, one=(4, 5), two=(2, 2)))


class TestACount:
    @pytest.mark.parametrize(
        ("found", "state", "differing"),
        [
            pytest.param(AGREED, CountState.AGREES, {}, id="agrees"),
            pytest.param(facts(handed(NORA)), CountState.AGREES, {}, id="an empty cabinet"),
            pytest.param(SHORT, CountState.DIFFERS, {ONE: -1}, id="one is wanting"),
            pytest.param(facts(handed(NORA, one=(6, 5))), CountState.DIFFERS, {ONE: 1}, id="one too many"),
            pytest.param(
                facts(handed(NORA, one=(5, 5), named=(0, 1))),
                CountState.DIFFERS,
                {NAMED: -1},
                id="same lot, named",
            ),
            pytest.param(
                facts(handed(NORA, one=(4, 5)), handed(NORA, 5, one=(5, 5))), CountState.AGREES, {}, id="counted again"
            ),
            pytest.param(
                facts(handed(NORA, 5, one=(5, 5)), handed(NORA, one=(4, 5))), CountState.AGREES, {}, id="in any order"
            ),
            pytest.param(
                facts(handed(NORA, one=(4, 5), two=(1, 2)), handed(NORA, 5, one=(5, 5))),
                CountState.DIFFERS,
                {TWO: -1},
                id="one of two counted again",
            ),
            pytest.param(facts(handed(NORA, one=(5, 5)), people=2), CountState.WAITING, {}, id="a second is asked for"),
            pytest.param(
                facts(handed(NORA, one=(5, 5)), handed(NORA, 5, one=(5, 5)), people=2),
                CountState.WAITING,
                {},
                id="the same person is no second",
            ),
            pytest.param(
                facts(handed(NORA, one=(5, 5)), handed(NILS, 5, one=(5, 5)), people=2), CountState.AGREES, {}, id="two"
            ),
            pytest.param(
                facts(handed(NORA, one=(5, 5)), handed(NILS, 5, one=(3, 5)), people=2),
                CountState.DIFFERS,
                {ONE: -2},
                id="the second differs",
            ),
            pytest.param(
                facts(handed(NORA, one=(4, 5)), handed(NILS, 5, one=(2, 5)), people=2),
                CountState.DIFFERS,
                {ONE: -3},
                id="what is farthest off",
            ),
            pytest.param(
                facts(handed(NORA, one=(2, 5)), handed(NILS, 5, one=(4, 5)), people=2),
                CountState.DIFFERS,
                {ONE: -3},
                id="whoever counted it first",
            ),
            pytest.param(
                facts(handed(NORA, one=(5, 5)), handed(NILS, 5, one=(4, 4)), people=2),
                CountState.AGREES,
                {},
                id="each against the book as it then stood",
            ),
        ],
    )
    def test_it_is_each_persons_last_word_on_each_lot(
        self, found: CountFacts, state: CountState, differing: dict[Lot, int]
    ) -> None:
        assert (found.state, found.differing) == (state, differing)

    def test_what_is_in_a_discrepancy_is_settled_and_differs_all_the_same(self) -> None:
        found = replace(SHORT, in_discrepancy=frozenset({ONE}))
        assert (found.unsettled, found.state) == ({}, CountState.DIFFERS)
        assert SHORT.unsettled == {ONE: -1}


class TestTheSheet:
    @pytest.mark.parametrize(
        ("number", "refused"),
        [
            (None, (field_refusal("b", "count_missing"),)),
            (-1, (field_refusal("b", "impossible", value=-1, low=0, high=500),)),
            (501, (field_refusal("b", "impossible", value=501, low=0, high=500),)),
            (0, ()),
            (500, ()),
        ],
    )
    def test_everything_on_it_is_counted(self, number: int | None, refused: tuple[Refusal, ...]) -> None:
        assert sheet_refusals([("a", 3), ("b", number)]) == refused


class TestHandingIn:
    @pytest.mark.parametrize(
        ("began", "person", "lots", "problem"),
        [
            pytest.param(None, NORA, {ONE, TWO}, "", id="a new one"),
            pytest.param(SHORT, NORA, {ONE}, "", id="what differed, again"),
            pytest.param(SHORT, NORA, {ONE, TWO}, "counted_before", id="again, and what did not differ"),
            pytest.param(SHORT, NILS, {ONE, TWO}, "", id="everything, by somebody else"),
            pytest.param(AGREED, NILS, {ONE}, "agrees", id="it agrees"),
            pytest.param(facts(handed(NORA, one=(5, 5)), people=2), NORA, {ONE}, "counted_before", id="as own second"),
            pytest.param(facts(handed(NORA, one=(5, 5)), people=2), NILS, {ONE}, "", id="as the second"),
            pytest.param(
                replace(SHORT, in_discrepancy=frozenset({ONE})), NORA, {ONE}, "counted_before", id="what is questioned"
            ),
        ],
    )
    def test_it_goes_on_with_what_differs_or_by_somebody_else(
        self, began: CountFacts | None, person: UUID, lots: set[Lot], problem: str
    ) -> None:
        refusals = hand_in_refusals(began, person_id=person, lots=frozenset(lots), moved=())
        way = (ClearedBy.OTHER,) if problem == "counted_before" else (ClearedBy.NOBODY,)
        assert refusals == ((Refusal("COUNT", {"problem": problem}, None, way),) if problem else ())

    def test_it_is_of_a_cabinet_that_stood_still(self) -> None:
        moved = Refusal("COUNT", {"problem": "moved", "lots": (ONE,)}, None, (ClearedBy.MEASUREMENT,))
        assert hand_in_refusals(AGREED, person_id=NORA, lots=frozenset({ONE}), moved=(ONE,)) == (moved,)


class TestClosingTheDay:
    @pytest.mark.parametrize(
        ("found", "problems"),
        [
            (ClosingFacts(AGREED), []),
            (ClosingFacts(None), ["not_counted"]),
            (ClosingFacts(AGREED, moved_since=True), ["moved"]),
            (ClosingFacts(SHORT), ["differs"]),
            (ClosingFacts(SHORT, moved_since=True), ["moved"]),
            (ClosingFacts(replace(SHORT, in_discrepancy=frozenset({ONE})), open_discrepancies=1), ["discrepancy"]),
            (ClosingFacts(replace(SHORT, in_discrepancy=frozenset({ONE}))), []),
            (ClosingFacts(facts(handed(NORA, one=(5, 5)), people=2)), ["waiting"]),
            (ClosingFacts(AGREED, drawn=1), ["drawn"]),
            (ClosingFacts(None, drawn=1, open_discrepancies=2), ["discrepancy", "drawn", "not_counted"]),
            (ClosingFacts(AGREED, closed=True, drawn=1), ["closed"]),
        ],
    )
    def test_it_is_counted_last_and_all_is_accounted_for(self, found: ClosingFacts, problems: list[str]) -> None:
        assert [refusal.params["problem"] for refusal in cabinet_closing_refusals(found)] == problems

    @pytest.mark.parametrize(
        ("found", "params", "way"),
        [
            (ClosingFacts(AGREED, closed=True), {"problem": "closed"}, ClearedBy.NOBODY),
            (
                ClosingFacts(AGREED, open_discrepancies=2),
                {"problem": "discrepancy", "count": 2},
                ClearedBy.DOCUMENTATION,
            ),
            (ClosingFacts(AGREED, drawn=3), {"problem": "drawn", "count": 3}, ClearedBy.DOCUMENTATION),
            (ClosingFacts(None), {"problem": "not_counted"}, ClearedBy.MEASUREMENT),
            (ClosingFacts(AGREED, moved_since=True), {"problem": "moved"}, ClearedBy.MEASUREMENT),
            (ClosingFacts(SHORT), {"problem": "differs", "lots": (ONE,)}, ClearedBy.MEASUREMENT),
            (
                ClosingFacts(facts(handed(NORA, one=(5, 5)), people=3)),
                {"problem": "waiting", "count": 2},
                ClearedBy.OTHER,
            ),
        ],
    )
    def test_it_says_what_is_left_and_what_helps(
        self, found: ClosingFacts, params: dict[str, object], way: ClearedBy
    ) -> None:
        assert cabinet_closing_refusals(found) == (Refusal("CABINET_CLOSING", params, None, (way,)),)


class TestTheNextInventory:
    @pytest.mark.parametrize(
        ("last", "due"),
        [
            (date(2026, 4, 14), date(2028, 4, 14)),
            (date(2028, 2, 29), date(2030, 2, 28)),
            (date(2026, 2, 28), date(2028, 2, 28)),
        ],
    )
    def test_it_is_due_two_years_later(self, last: date, due: date) -> None:
        assert next_inventory(last) == due


class TestTheNumbers:
    @pytest.mark.parametrize(
        ("said", "wrong"),
        [
            ((1, 14, 6), False),
            ((3, 90, 200), False),
            ((1, 1, 0), False),
            ((0, 0, -1), True),
            ((4, 91, 201), True),
        ],
    )
    def test_they_are_within_what_can_be(self, said: tuple[int, int, int], wrong: bool) -> None:
        people, days, margin = said
        refusals = stock_policy_refusals(count_people=people, reorder_days=days, reorder_margin=margin)
        bounds = {"count_people": (1, 3), "reorder_days": (1, 90), "reorder_margin": (0, 200)}
        assert refusals == tuple(
            field_refusal(name, "impossible", value=value, low=low, high=high)
            for value, (name, (low, high)) in zip(said, bounds.items(), strict=True)
            if wrong
        )
