"""decide: bound to the very rows that were judged."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from sessions_app.actions import decision, intake
from sessions_app.models import PrescriberDecision
from sessions_app.models.facts import session_facts
from sessions_app.rules.charting import SignEntry
from sessions_app.rules.facts import Intake, IntakeAnswer
from sessions_app.rules.gates import bound_ids_of, gate_refusals
from sessions_app.rules.states import AT_START_GATE
from tests.expect import refused
from tests.factories import NINE, STAY_ENDS, Cast, Walk, checked_in, full_check, in_monitoring, minutes

LATER = NINE + minutes(25)


def decide(walk: Walk, code: str, bound: Iterable[UUID], now: datetime = LATER, **fields: Any) -> PrescriberDecision:
    return decision.decide(
        code=code,
        bound_ids=bound,
        reason=fields.pop("reason", "Weighed."),
        **walk.envelope(now, by=walk.cast.paul),
        **fields,
    )


def standing(walk: Walk, now: datetime) -> dict[tuple[str, str], frozenset[UUID]]:
    """What stands now, by code and measure, with the rows a decision would be bound to."""
    session = walk.refresh()
    facts = session_facts(session, at=now, start=session.state in AT_START_GATE)
    found = gate_refusals(facts, now=now)
    return {(refusal.code, str(refusal.params.get("measure", ""))): bound_ids_of(refusal) for refusal in found}


@pytest.fixture
def high(cast: Cast) -> tuple[Walk, UUID]:
    """Checked in with 150/80."""
    walk = checked_in(cast)
    return walk, walk.check(NINE + minutes(20), full_check(150, 80)).pk


class TestDecide:
    def test_it_clears_the_refusal_it_answers(self, high: tuple[Walk, UUID]) -> None:
        walk, reading = high
        assert standing(walk, LATER)["BASELINE_BP", ""] == {reading}

        made = decide(walk, "BASELINE_BP", [reading])

        assert ("BASELINE_BP", "") not in standing(walk, LATER)
        assert (made.bound_ids, made.reason) == ([reading], "Weighed.")

    def test_it_refuses_a_reading_that_is_no_longer_the_last(self, high: tuple[Walk, UUID]) -> None:
        walk, reading = high
        walk.check(NINE + minutes(22), full_check(160, 80))
        with refused("DECISION_STALE"):
            decide(walk, "BASELINE_BP", [reading])

    def test_it_refuses_where_there_is_nothing_to_decide(self, high: tuple[Walk, UUID]) -> None:
        walk, reading = high
        with refused("NOTHING_TO_DECIDE"):
            decide(walk, "NEW_SIGN", [reading], measure="sedation")
        with refused("NOTHING_TO_DECIDE"):
            decide(walk, "CONTRAINDICATION", [reading])

    def test_it_refuses_without_a_reason(self, high: tuple[Walk, UUID]) -> None:
        walk, reading = high
        with refused("FIELD", field="reason"):
            decide(walk, "BASELINE_BP", [reading], reason=" ")

    def test_it_is_voided_by_an_earlier_check_entered_after_it(self, high: tuple[Walk, UUID]) -> None:
        walk, reading = high
        decide(walk, "BASELINE_BP", [reading])

        walk.check(NINE + minutes(28), full_check(130, 70), at=NINE + minutes(10))

        assert standing(walk, NINE + minutes(28))["BASELINE_BP", ""] == {reading}

    def test_it_stands_when_it_is_made_again(self, high: tuple[Walk, UUID]) -> None:
        walk, reading = high
        decide(walk, "BASELINE_BP", [reading])
        walk.check(NINE + minutes(28), full_check(130, 70), at=NINE + minutes(10))

        decide(walk, "BASELINE_BP", [reading], NINE + minutes(29))

        assert ("BASELINE_BP", "") not in standing(walk, NINE + minutes(29))

    def test_it_is_out_of_force_when_voided(self, high: tuple[Walk, UUID]) -> None:
        walk, reading = high
        walk.void(decide(walk, "BASELINE_BP", [reading]), LATER)
        assert standing(walk, LATER)["BASELINE_BP", ""] == {reading}

    def test_it_names_the_measure_where_the_code_does_not_say_it(self, cast: Cast) -> None:
        walk = checked_in(cast)
        reading = walk.check(NINE + minutes(20), full_check(spo2=90, sedation=SignEntry(True, 4)))
        assert {("BASELINE_STATE", "sedation"), ("BASELINE_STATE", "spo2")} <= standing(walk, LATER).keys()

        decide(walk, "BASELINE_STATE", [reading.pk], measure="spo2")

        assert ("BASELINE_STATE", "sedation") in standing(walk, LATER)
        assert ("BASELINE_STATE", "spo2") not in standing(walk, LATER)

    def test_it_overrules_a_meal_too_recent(self, cast: Cast) -> None:
        walk = checked_in(cast)
        ate = {Intake.FOOD: intake.IntakeReportEntry(IntakeAnswer.AT, NINE - minutes(30))}
        row = intake.report_intake(reports=ate, **walk.envelope(NINE + minutes(5)))

        decide(walk, "FASTING", [row.pk])

        assert ("FASTING", "") not in standing(walk, LATER)

    def test_it_needs_an_examination_for_what_was_not_obtained(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        final = walk.check(STAY_ENDS - minutes(5), full_check(dissociation=SignEntry(not_obtained="REFUSED")))
        asked: dict[str, Any] = {"measure": "dissociation", "now": STAY_ENDS}

        with refused("FIELD", field="examined"):
            decide(walk, "NOT_OBTAINED", [final.pk], **asked)
        decide(walk, "NOT_OBTAINED", [final.pk], examined=True, **asked)

        found = standing(walk, STAY_ENDS)
        assert ("NOT_OBTAINED", "dissociation") not in found
        assert ("DISSOCIATION", "") not in found

    def test_it_refuses_a_rising_blood_pressure(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.check(STAY_ENDS - minutes(20), full_check(150, 80))
        last = walk.check(STAY_ENDS - minutes(5), full_check(160, 80))
        with refused("BP_NO_WAY"):
            decide(walk, "BP", [last.pk], STAY_ENDS)
