"""The ways a device may go, and what may be taken back."""

import pytest

from clinic.rules.cabinet import (
    CORRECTABLE,
    GIVEN,
    GONE,
    WAYS,
    Move,
    Place,
    Step,
    correction_refusals,
    move_refusals,
    steps_in_force,
    was_given,
)
from clinic.rules.refusals import ClearedBy, Refusal

pytestmark = pytest.mark.paperwork

ONCE = (Step(1, Move.RECEIVED), Step(2, Move.DRAWN), Step(3, Move.ADMINISTERED))
VOIDED = (*ONCE, Step(4, Move.CORRECTED, 3), Step(5, Move.CORRECTED, 2))


class TestWays:
    def test_it_is_a_way_or_a_refusal(self) -> None:
        for kind, (starts, _end) in WAYS.items():
            for place in Place:
                found = move_refusals(kind, number="D-1", place=place, missed=True)
                elsewhere = Refusal("MOVEMENT", {"number": "D-1", "place": place}, None, (ClearedBy.OTHER,))
                assert found == (() if place in starts else (elsewhere,))

    def test_what_a_session_has_it_settles_itself(self) -> None:
        theirs = (Refusal("WITH_A_SESSION", {"number": "D-1"}, None, (ClearedBy.OTHER,)),)
        assert move_refusals(Move.WASTED, number="D-1", place=Place.DRAWN) == theirs
        assert move_refusals(Move.WASTED, number="D-1", place=Place.CABINET) == ()

    def test_it_gives_a_device_once(self) -> None:
        """Nothing but a correction leads away from a device that was given, to where it could be given again."""
        from_given = {kind for kind, (starts, end) in WAYS.items() if starts & GIVEN and end not in GIVEN | GONE}
        assert from_given == set()
        assert {kind for kind, (_, end) in WAYS.items() if end is Place.DRAWN} == {Move.DRAWN}

    def test_it_is_received_once(self) -> None:
        assert {kind for kind, (starts, _) in WAYS.items() if Place.SUPPLIER in starts} == {Move.RECEIVED}
        assert not {kind for kind, (_, end) in WAYS.items() if end is Place.SUPPLIER}

    def test_every_place_is_one_of_three(self) -> None:
        assert set(Place) - GIVEN - GONE == {Place.CABINET, Place.DRAWN}

    def test_the_ways_are_these(self) -> None:
        ways = {f"{start} {kind} {end}" for kind, (starts, end) in WAYS.items() for start in starts}
        assert ways == {
            "SUPPLIER RECEIVED CABINET",
            "CABINET MOVED CABINET",
            "CABINET DRAWN DRAWN",
            "DRAWN ADMINISTERED ADMINISTERED",
            "ADMINISTERED FAILED FAILED",
            "DRAWN PUT_BACK CABINET",
            *(f"{start} WASTED WASTED" for start in ("CABINET", "DRAWN", "FAILED")),
            *(f"{start} RETURNED RETURNED" for start in ("CABINET", "FAILED")),
            *(f"{start} LOST LOST" for start in ("CABINET", "DRAWN", "FAILED")),
            "LOST FOUND CABINET",
        }
        assert set(WAYS) - {Move.DRAWN, Move.ADMINISTERED, Move.FAILED, Move.PUT_BACK} == CORRECTABLE


class TestStepsInForce:
    @pytest.mark.parametrize(
        ("steps", "standing"),
        [((), []), (ONCE, [1, 2, 3]), (ONCE[:1], [1]), (VOIDED[:4], [1, 2]), (VOIDED, [1])],
    )
    def test_it_leaves_out_what_was_taken_back(self, steps: tuple[Step, ...], standing: list[int]) -> None:
        assert [step.number for step in steps_in_force(steps)] == standing


class TestWasGiven:
    @pytest.mark.parametrize(
        ("steps", "given"),
        [
            (ONCE, True),
            (ONCE[:2], False),
            (VOIDED[:4], False),
            ((*ONCE, Step(4, Move.FAILED), Step(5, Move.LOST)), True),
        ],
    )
    def test_it_is_until_that_is_taken_back(self, steps: tuple[Step, ...], given: bool) -> None:
        assert was_given(steps) is given


class TestCorrections:
    @pytest.mark.parametrize("kind", list(WAYS))
    def test_it_is_of_what_no_session_did(self, kind: Move) -> None:
        refusals = correction_refusals((Step(1, Move.RECEIVED), Step(2, kind)), number="D-1")
        elsewhere = Refusal("NOT_CORRECTED_HERE", {"number": "D-1"}, None, (ClearedBy.OTHER,))
        assert refusals == (() if kind in CORRECTABLE else (elsewhere,))

    def test_it_needs_something_to_take_back(self) -> None:
        nothing_left = (Step(1, Move.RECEIVED), Step(2, Move.CORRECTED, 1))
        assert correction_refusals(nothing_left, number="D-1")
        assert not correction_refusals(VOIDED, number="D-1")  # its receipt
