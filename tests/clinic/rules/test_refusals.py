"""A refusal carries its way out."""

from dataclasses import FrozenInstanceError

import pytest

from clinic.rules.refusals import (
    ActionRefused,
    ClearedBy,
    Refusal,
    field_refusal,
    in_state,
    reason_refusals,
    state_refusal,
)


def test_is_frozen_and_may_stand_in_a_set() -> None:
    refusal = Refusal("BP", {"systolic": 150})

    with pytest.raises(FrozenInstanceError):
        refusal.code = "SPO2"  # type: ignore[misc]
    assert {refusal, Refusal("BP", {"systolic": 150})} == {refusal}
    assert Refusal("BP", {"systolic": 150}) != Refusal("BP", {"systolic": 151})


def test_names_the_ways_out_of_the_specification() -> None:
    assert [way.value for way in ClearedBy] == [
        *("TIME", "MEASUREMENT", "DOCUMENTATION", "DEVIATION", "PRESCRIBER", "OTHER", "NOBODY")
    ]


def test_carries_every_reason_in_the_gates_order() -> None:
    refusals = [Refusal("MINIMUM_STAY"), Refusal("BP")]

    error = ActionRefused(iter(refusals))

    assert error.refusals == tuple(refusals)
    assert str(error) == "MINIMUM_STAY, BP"


def test_says_where_the_record_stands_and_what_was_tried() -> None:
    assert state_refusal("DOSING", "check").params == {"state": "DOSING", "wanted": "check"}
    assert in_state("DOSING", "DOSING", "MONITORING", wanted="check") == ()
    (refusal,) = in_state("CLEARED", "DOSING", "MONITORING", wanted="check")
    assert refusal == state_refusal("CLEARED", "check")


def test_points_at_the_field_that_can_be_entered_again() -> None:
    refusal = field_refusal("spo2_percent", "impossible", value=101)

    assert refusal.params == {"field": "spo2_percent", "problem": "impossible", "value": 101}
    assert (refusal.code, refusal.clears_at, refusal.cleared_by) == ("FIELD", None, (ClearedBy.DOCUMENTATION,))


@pytest.mark.parametrize(("reason", "given"), [("", False), ("  \n", False), ("relapse", True)])
def test_wants_a_reason_of_more_than_spaces(reason: str, given: bool) -> None:
    assert (reason_refusals(reason) == ()) is given
    if not given:
        assert reason_refusals(reason, name="why")[0].params["field"] == "why"
