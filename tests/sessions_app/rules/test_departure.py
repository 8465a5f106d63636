"""The other ways out: a deviation, leaving early, and coming back on the same day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from clinic.rules.refusals import Refusal, field_refusal, state_refusal
from sessions_app.rules.departure import (
    deviation_bound_ids,
    deviation_refusals,
    follow_up_refusals,
    left_early_refusals,
    reopening_refusals,
)
from sessions_app.rules.discharge import peak_window
from sessions_app.rules.facts import Deviation, Outcome
from sessions_app.rules.program import Program
from sessions_app.rules.states import State
from tests.sessions_app.rules.builders import (
    BASELINE,
    ESKETAMINE,
    FIRST_DEVICE,
    LAST_DEVICE,
    PEAK,
    TODAY,
    at,
    device,
    each_program,
    ids,
    ready_to_leave,
)
from tests.sessions_app.rules.discharge_cases import without


@each_program
def test_excuses_what_is_missing_and_only_once_it_is_too_late(program: Program) -> None:
    facts = without(PEAK)(program).facts
    window = peak_window(facts)
    assert window is not None

    def refused(
        seconds: float, code: str = "PEAK_CHECK", reason: str = "the nurse was called away", **changes: Any
    ) -> tuple[Refusal, ...]:
        now = window.closes_at + timedelta(seconds=seconds)
        asked = replace(facts, **changes)
        return deviation_refusals(asked, code=code, reason=reason, examined=False, now=now)

    def nothing(code: str) -> tuple[Refusal, ...]:
        return (Refusal("NOTHING_TO_EXCUSE", {"code": code}),)

    assert refused(59) == nothing("PEAK_CHECK"), "the check can still be made"
    assert refused(60) == ()
    assert refused(60, reason=" ") == (field_refusal("reason", "reason_missing"),)
    assert refused(60, code="BASELINE_CHECK") == nothing("BASELINE_CHECK")
    assert refused(60, code="FINAL_CHECK") == nothing("FINAL_CHECK")
    assert refused(60, state=State.DOSING) == nothing("PEAK_CHECK")


@each_program
def test_excuses_a_missing_baseline_only_with_the_prescribers_examination(program: Program) -> None:
    facts = without(BASELINE)(program).facts

    def refused(*, examined: bool) -> tuple[Refusal, ...]:
        return deviation_refusals(facts, code="BASELINE_CHECK", reason="never made", examined=examined, now=at(300))

    assert refused(examined=False) == (field_refusal("examined", "examination_needed"),)
    assert refused(examined=True) == ()


@each_program
def test_binds_the_excuse_of_the_peak_check_so_that_it_holds_for_the_last_device_only(program: Program) -> None:
    scene = without(PEAK)(program)

    bound = deviation_bound_ids(scene.facts, "PEAK_CHECK")

    assert bound == ids(LAST_DEVICE)
    assert scene.later(deviations=(Deviation("PEAK_CHECK", bound, examined=False),)).refusals() == ()
    assert deviation_bound_ids(scene.facts, "BASELINE_CHECK") == frozenset()
    failed = replace(scene.facts, devices=(device(FIRST_DEVICE, 0, Outcome.FAILED),))
    assert deviation_bound_ids(failed, "PEAK_CHECK") == frozenset()


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize(("ended", "same_day"), [(TODAY, True), (TODAY - timedelta(days=1), False), (None, False)])
def test_reopens_a_release_or_an_early_leaving_on_the_same_day(
    state: State, ended: date | None, same_day: bool
) -> None:
    refusals = reopening_refusals(state, ended_date=ended, today=TODAY, reason="the wrong patient was released")

    if state in (State.DISCHARGED, State.LEFT_EARLY):
        assert refusals == (() if same_day else (Refusal("ANOTHER_DAY", {"ended_date": ended}),))
    else:
        assert refusals == (state_refusal(state, State.MONITORING),)


def test_wants_a_reason_to_reopen() -> None:
    refusals = reopening_refusals(State.DISCHARGED, ended_date=TODAY, today=TODAY, reason="")

    assert [refusal.params["problem"] for refusal in refusals] == ["reason_missing"]


@pytest.mark.parametrize("state", list(State))
def test_records_a_patient_who_is_gone_while_dosing_or_monitored(state: State) -> None:
    facts = ready_to_leave(ESKETAMINE, state=state)

    refusals = left_early_refusals(facts, last_seen_at=at(20), found_gone_at=at(25), now=at(30))

    assert (refusals == ()) is (state in (State.DOSING, State.MONITORING))


@pytest.mark.parametrize(
    ("seen", "gone", "refused"),
    [
        (20, 25, ()),
        (20, 20, ()),
        (20, 19, (field_refusal("found_gone_time", "before_last_seen", at=at(19)),)),
        (-31, 20, (field_refusal("last_seen_time", "before_check_in", at=at(-31), now=at(30)),)),
        (20, 33, (field_refusal("found_gone_time", "future", at=at(33), now=at(30)),)),
        (33, 30, (field_refusal("last_seen_time", "future", at=at(33), now=at(30)),)),
    ],
)
def test_wants_possible_times_of_one_who_is_gone(seen: float, gone: float, refused: tuple[Refusal, ...]) -> None:
    refusals = left_early_refusals(
        ready_to_leave(ESKETAMINE), last_seen_at=at(seen), found_gone_at=at(gone), now=at(30)
    )

    assert refusals == refused


WHO, SAID = field_refusal("spoke_to", "reason_missing"), field_refusal("said", "reason_missing")


@pytest.mark.parametrize(
    ("reached", "spoke_to", "said", "refused"),
    [
        (True, "Mia Example", "is well", ()),
        (True, " ", "is well", (WHO,)),
        (True, "Mia Example", "", (SAID,)),
        (True, "", " ", (WHO, SAID)),
        (False, "", "", ()),
    ],
)
def test_asks_of_a_call_who_was_reached_and_what_they_said(
    reached: bool, spoke_to: str, said: str, refused: tuple[Refusal, ...]
) -> None:
    for last_seen_at in (None, at(20)):
        found = follow_up_refusals(reached=reached, spoke_to=spoke_to, said=said, at=at(20), last_seen_at=last_seen_at)
        assert found == refused


def test_takes_no_call_from_before_the_patient_was_last_seen() -> None:
    found = follow_up_refusals(reached=False, spoke_to="", said="", at=at(20), last_seen_at=at(20, seconds=1))
    assert found == (
        field_refusal("occurred_time", "before_last_seen_here", at=at(20), last_seen_at=at(20, seconds=1)),
    )
