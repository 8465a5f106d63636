"""A gate that was passed, judged again by what is known now of that moment, and by nothing that came after it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sessions_app.rules.again import discharge_gate_again, not_dosed_again, start_gate_again
from sessions_app.rules.facts import Outcome, SessionFacts
from sessions_app.rules.states import State
from tests.sessions_app.rules.builders import (
    BASELINE,
    ESKETAMINE,
    FIRST_DEVICE,
    at,
    baseline,
    check,
    codes,
    concern,
    decision,
    device,
    end_minute,
    onset,
    ready_to_leave,
    second_device_minute,
    with_check,
    with_start,
)

SECOND = second_device_minute(ESKETAMINE)
LATE = 40  # the order of whatever is entered after the session was over
SECOND_ORDER = 30


def ended(**changes: Any) -> SessionFacts:
    """Dosed twice and released; the second device with an order of entry that leaves room before it."""
    given = (device(FIRST_DEVICE, 0), device(SECOND_ORDER, SECOND))
    return ready_to_leave(ESKETAMINE, **{"state": State.DISCHARGED, "devices": given, **changes})


END = end_minute(ended())


class TestTheDischargeGate:
    @staticmethod
    def again(facts: SessionFacts) -> tuple[str, ...]:
        return codes(discharge_gate_again(facts, released_at=at(END)))

    def test_it_would_open_again_for_what_opened_it(self) -> None:
        assert self.again(ended()) == ()

    @pytest.mark.parametrize(("minute", "found"), [(END, True), (END + 1, False)])
    def test_it_knows_what_had_happened_by_the_release(self, minute: float, found: bool) -> None:
        high = check(ESKETAMINE, LATE, minute, bp=(180, 95))
        assert self.again(with_check(ended(), high)) == ("BP",) * found
        begun = onset("sedation", LATE, minute)
        assert self.again(ended(sign_events=(begun,))) == ("UNRESOLVED",) * found
        assert self.again(ended(serious_events=(concern(LATE, minute),))) == ("SERIOUS_EVENT",) * found
        assert self.again(ended(safety_alerts=(concern(LATE, minute),))) == ("SAFETY_ALERT",) * found


class TestTheStartGate:
    @staticmethod
    def again(facts: SessionFacts) -> tuple[str, ...]:
        return codes(start_gate_again(facts))

    def test_it_would_open_again_before_each_device(self) -> None:
        assert self.again(ended()) == ()
        assert self.again(ended(devices=(), checks=())) == ()

    def test_it_says_what_was_missing_before_the_first_and_between(self) -> None:
        soon = (device(FIRST_DEVICE, 0), device(SECOND_ORDER, SECOND - 1))
        assert self.again(ended(devices=soon)) == ("DEVICE_INTERVAL",)
        found = self.again(ended(checks=(), devices=soon))
        assert {"BASELINE", "DEVICE_INTERVAL"} <= {*found}

    def test_a_baseline_of_the_first_devices_minute_counts_whenever_it_was_entered(self) -> None:
        late = (baseline(ESKETAMINE, LATE, 0),)
        assert self.again(ended(checks=late)) == ()
        assert "BASELINE" in self.again(ended(checks=(baseline(ESKETAMINE, LATE, 1),)))

    def test_what_is_asked_before_the_first_alone_is_asked_of_it(self) -> None:
        hour = timedelta(minutes=ESKETAMINE.value("baseline_age_minutes"))
        assert self.again(ended(checks=(replace(baseline(ESKETAMINE), occurred_at=at(0) - hour),))) == ()
        old = replace(baseline(ESKETAMINE), occurred_at=at(-1) - hour)
        assert "BASELINE" in self.again(ended(checks=(old,)))
        assert "FASTING" in self.again(with_start(ended(), intake={}))

    @pytest.mark.parametrize(
        ("minute", "order", "found"),
        [(SECOND - 1, LATE, True), (SECOND, SECOND_ORDER - 1, True), (SECOND, LATE, False), (SECOND + 1, 20, False)],
        ids=["before, entered late", "the same minute, entered before", "the same minute, entered after", "after"],
    )
    def test_it_knows_what_happened_before_the_second(self, minute: float, order: int, found: bool) -> None:
        high = check(ESKETAMINE, LATE, minute, order=order, bp=(180, 95))
        assert self.again(with_check(ended(), high)) == ("NEW_SIGN",) * found
        begun = onset("sedation", LATE, minute, order=order)
        assert self.again(ended(sign_events=(begun,))) == ("NEW_SIGN",) * found
        fainted = replace(concern(LATE, minute), order=order)
        assert self.again(ended(serious_events=(fainted,))) == ("NEW_SIGN",) * found

    @pytest.mark.parametrize(("order", "found"), [(FIRST_DEVICE - 1, set()), (LATE, {"BASELINE_BP"})])
    def test_a_decision_counts_from_when_it_was_entered(self, order: int, found: set[str]) -> None:
        high = with_check(ended(), baseline(ESKETAMINE, bp=(150, 80), order=0))
        accepted = decision("BASELINE_BP", BASELINE, order=order, minute=-5)
        assert {*self.again(replace(high, decisions=(accepted,)))} == found

    @pytest.mark.parametrize(("minute", "found"), [(-1, ("EMERGENCY",)), (0, ()), (1, ())])
    def test_an_emergency_counts_from_before_the_first_device(self, minute: float, found: tuple[str, ...]) -> None:
        facts = with_start(ended(devices=(device(FIRST_DEVICE, 0),)), emergency_since=at(minute))
        assert self.again(facts) == found


@pytest.mark.parametrize(("outcome", "found"), [(Outcome.FAILED, ()), (Outcome.PARTIAL, ("SPRAY_DELIVERED",))])
def test_a_session_without_a_dose_had_none(outcome: Outcome, found: tuple[str, ...]) -> None:
    facts = ended(state=State.NOT_DOSED, devices=(device(FIRST_DEVICE, 0, outcome),))
    assert codes(not_dosed_again(facts)) == found
