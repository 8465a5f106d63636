"""Alarms about checks and readings at their edges: what they say, what answers them, what they leave alone."""

from dataclasses import replace

import pytest

from sessions_app.rules.alarms import ALARM_MINUTES, AROUND, UNTIL_ACKNOWLEDGED, AlarmCode, Condition, Level
from sessions_app.rules.facts import Outcome
from sessions_app.rules.states import State
from tests.sessions_app.rules.builders import (
    FINAL,
    FIRST_DEVICE,
    LAST_DEVICE,
    NOT_OBTAINED,
    PEAK,
    at,
    baseline,
    check,
    concern,
    decision,
    device,
    ident,
    ready_to_leave,
    with_check,
)
from tests.sessions_app.rules.test_alarms import CLOSES, DUE, END, P, codes, holding, watched


def said(condition: Condition) -> tuple[object, ...]:
    return condition.code, condition.key, condition.since, condition.params


def test_says_which_check_of_which_device_was_due_when() -> None:
    params = {"purpose": "PEAK", "minute": 40, "due_at": at(DUE).isoformat()}
    last = ident(LAST_DEVICE)
    (overdue,), (missed,) = holding(watched(), at(DUE + 1)), holding(watched(), at(CLOSES + 1))
    assert (overdue.level, missed.level) == (Level.LOUD, Level.LOUD)
    (soon,) = holding(watched(), at(DUE - 1))
    assert soon.level is Level.SOON
    assert said(overdue) == (AlarmCode.CHECK_OVERDUE, f"CHECK_OVERDUE:PEAK:40:{last}", at(DUE + 1), params)
    assert said(missed) == (AlarmCode.CHECK_MISSED, f"CHECK_MISSED:PEAK:40:{last}", at(CLOSES + 1), params)


@pytest.mark.parametrize("state", [State.DOSING, State.MONITORING])
def test_asks_the_same_while_dosing_goes_on(state: State) -> None:
    assert codes(watched(state=state), at(CLOSES + 5)) == ["CHECK_MISSED"]
    assert codes(ready_to_leave(P, state=state), at(END)) == []


def test_asks_for_no_check_where_no_device_delivered() -> None:
    assert codes(watched(devices=(device(FIRST_DEVICE, 0, Outcome.FAILED),)), at(DUE + 1)) == []


@pytest.mark.parametrize(("minute", "expected"), [(34, ["CHECK_MISSED"]), (35, []), (36, [])])
def test_takes_a_look_since_the_check_opened_for_an_answer(minute: int, expected: list[str]) -> None:
    facts = with_check(watched(), check(P, PEAK, minute, bp=NOT_OBTAINED))
    assert codes(facts, at(CLOSES + 2)) == expected


def test_counts_a_clinics_own_check_by_its_own_minute() -> None:
    """A check before leaving does not make one of the clinic's less late."""
    facts = watched(program=P.under({}, extra_checks=(109,)))
    facts = with_check(facts, check(P, PEAK, DUE), check(P, FINAL, END - 8, bp=NOT_OBTAINED))
    overdue = [found for found in holding(facts, at(END - 7)) if found.code == "CHECK_OVERDUE"]
    assert [(found.params["minute"], found.since) for found in overdue] == [(109, at(5 + 109 + 1))]


def test_says_every_reading_out_of_policy_and_nothing_of_what_was_never_measured() -> None:
    assert codes(watched(checks=()), at(10)) == []
    never = (baseline(P, spo2=None), check(P, PEAK, DUE, bp=(158, 96), spo2=None))
    assert codes(watched(checks=never), at(DUE)) == ["BP"]
    bad = check(P, PEAK, DUE, bp=(158, 96), spo2=88, signs={"respiratory_depression": True})
    found = holding(with_check(watched(), bad), at(DUE))
    assert [condition.code for condition in found] == ["RESPIRATORY", "SPO2", "BP"]
    assert {condition.key for condition in found} == {
        f"{code}:{ident(PEAK)}:1" for code in ("RESPIRATORY", "SPO2", "BP")
    }
    assert [condition.params for condition in found] == [
        {"score": None},
        {"percent": 88, "floor": 92},
        {"systolic": 158, "diastolic": 96, "rising": True},
    ]


@pytest.mark.parametrize(
    ("measure", "low", "code"), [("spo2", {"spo2": 88}, "SPO2"), ("blood_pressure", {"bp": (158, 96)}, "BP")]
)
def test_is_over_when_a_prescriber_examined_for_what_could_not_be_measured(
    measure: str, low: dict[str, object], code: str
) -> None:
    refused = {"spo2": NOT_OBTAINED} if measure == "spo2" else {"bp": NOT_OBTAINED}
    facts = with_check(ready_to_leave(P), check(P, 9, 100, **low), check(P, FINAL, END, **refused))
    examined = decision("NOT_OBTAINED", FINAL, order=20, minute=END + 1, measure=measure, examined=True)
    assert codes(facts, at(END + 2)) == [code]
    assert codes(replace(facts, decisions=(examined,)), at(END + 2)) == []


def test_says_again_the_tables_of_the_alarms() -> None:
    assert ALARM_MINUTES == {"due_soon_minutes": (1, 30), "escalation_minutes": (1, 30), "follow_up_minutes": (5, 240)}
    assert AROUND == ("PRESCRIBER_ABSENT", "OXIMETER", "FACILITY", "ENROLMENT")
    assert UNTIL_ACKNOWLEDGED == ("GATE_WOULD_HAVE_REFUSED",)


def test_a_safety_alert_holds_until_its_plan() -> None:
    asked = concern(71, 9)
    facts = watched(safety_alerts=(asked,))
    assert holding(facts, at(20)) == (Condition(AlarmCode.SAFETY_ALERT, f"SAFETY_ALERT:{asked.id}", at(9)),)
    assert holding(replace(facts, decisions=(decision("SAFETY_ALERT", 71, order=80, minute=10),)), at(20)) == ()
