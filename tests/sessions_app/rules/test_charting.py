"""What may be written down: facts are refused only where they cannot be true."""

from dataclasses import replace
from typing import Any

import pytest

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal, state_refusal
from clinic.rules.roles import Permission
from sessions_app.rules.charting import (
    CheckEntry,
    SignEntry,
    check_refusals,
    counted_time,
    kind_of_check,
    measures_of_page,
    sign_event_refusals,
    void_permission,
)
from sessions_app.rules.checks import Vitals
from sessions_app.rules.facts import CheckKind, SignEventKind
from sessions_app.rules.program import Program
from sessions_app.rules.states import State
from tests.sessions_app.rules.builders import (
    ESKETAMINE,
    at,
    each_program,
    ready_for_second_device,
    ready_to_dose,
    ready_to_leave,
    scored,
)

BASELINE, MONITORING = CheckKind
SIGNED = ("StayExtension", "SeriousEvent", "SafetyAlert", "DoseOrder", "Answer", "PatientLink")
NEVER = (State.SCHEDULED, State.CANCELLED, State.ENTERED_IN_ERROR)


def problems(
    entry: CheckEntry, *, minute: float = 10, kind: CheckKind = MONITORING, program: Program = ESKETAMINE
) -> list[tuple[object, object]]:
    refusals = check_refusals(ready_to_leave(program), entry, kind=kind, at=at(minute), now=at(10))
    return [(refusal.params.get("field", refusal.code), refusal.params.get("problem")) for refusal in refusals]


def entry(vitals: Vitals | None = None, **changes: Any) -> CheckEntry:
    return CheckEntry(vitals or Vitals(120, 80, 60, 98), **changes)


@pytest.mark.parametrize("state", list(State))
def test_writes_checks_and_signs_down_in_every_state_from_check_in_on(state: State) -> None:
    facts = ready_to_leave(ESKETAMINE, state=state)

    check = check_refusals(facts, entry(), kind=MONITORING, at=at(10), now=at(10))
    sign = sign_event_refusals(facts, at=at(10), now=at(10))

    assert check == ((state_refusal(state, "check"),) if state in NEVER else ())
    assert sign == ((state_refusal(state, "sign"),) if state in NEVER else ())


def test_calls_a_check_before_the_first_device_a_baseline() -> None:
    before, after = ready_to_dose(ESKETAMINE), ready_for_second_device(ESKETAMINE)

    assert kind_of_check(before) is kind_of_check(before, late_baseline=True) is BASELINE
    assert kind_of_check(after) is MONITORING
    assert kind_of_check(after, late_baseline=True) is BASELINE
    assert kind_of_check(after, taken_at=at(0, seconds=-1)) is BASELINE
    assert kind_of_check(after, taken_at=at(0)) is MONITORING


@pytest.mark.parametrize(
    ("kind", "minute", "problem"),
    [
        (MONITORING, -1, "before_first_device"),
        (MONITORING, 0, None),
        (MONITORING, 12, None),
        (MONITORING, 13, "future"),
        (BASELINE, -31, "before_check_in"),
        (BASELINE, -30, None),
        (BASELINE, 0, None),
        (BASELINE, 1, "after_first_device"),
    ],
)
def test_refuses_a_time_that_cannot_be(kind: CheckKind, minute: float, problem: str | None) -> None:
    assert problems(entry(), kind=kind, minute=minute) == ([("occurred_time", problem)] if problem else [])


def test_says_when_the_first_device_was() -> None:
    late = field_refusal("occurred_time", "after_first_device", at=at(1), first_device_at=at(0))
    assert check_refusals(ready_to_leave(ESKETAMINE), entry(), kind=BASELINE, at=at(1), now=at(10)) == (late,)


def test_takes_a_baseline_at_any_time_since_check_in_while_no_device_was_given() -> None:
    facts = ready_to_dose(ESKETAMINE)

    assert check_refusals(facts, entry(), kind=BASELINE, at=at(10), now=at(10)) == ()


def test_takes_a_measure_or_the_reason_why_there_is_none() -> None:
    refused = {
        "blood_pressure_not_obtained": "REFUSED",
        "pulse_not_obtained": "REFUSED",
        "spo2_not_obtained": "DEVICE_FAILED",
    }

    assert problems(entry(Vitals(), **refused)) == []
    assert problems(entry(**refused)) == [
        ("bp_not_obtained", "value_and_reason"),
        ("pulse_not_obtained", "value_and_reason"),
        ("spo2_not_obtained", "value_and_reason"),
    ]


@each_program
def test_takes_a_sign_with_an_answer_and_a_possible_score_or_a_reason(program: Program) -> None:
    sign = scored(program)
    name = f"sign_{sign.code}"

    def said(code: str = sign.code, **changes: Any) -> list[tuple[object, object]]:
        return problems(CheckEntry(signs={code: SignEntry(**changes)}), program=program)

    assert said(present=False) == said(present=True, score=sign.score_min) == said(not_obtained="REFUSED") == []
    assert said(present=False, score=sign.score_max, gone=True) == []
    assert said("headache", present=True) == [("sign_headache_present", "unknown_sign")]
    assert said(present=True, not_obtained="REFUSED") == [(f"{name}_not_obtained", "value_and_reason")]
    assert said(score=3, not_obtained="REFUSED") == [(f"{name}_not_obtained", "value_and_reason")]
    assert said(score=3) == [(f"{name}_present", "answer_missing")]
    assert said(present=True, score=sign.score_max + 1) == [(f"{name}_score", "impossible")]
    assert said(present=True, score=sign.score_min - 1) == [(f"{name}_score", "impossible")]
    too_high = CheckEntry(signs={sign.code: SignEntry(present=True, score=sign.score_max + 1)})
    (refusal,) = check_refusals(ready_to_leave(program), too_high, kind=MONITORING, at=at(10), now=at(10))
    assert refusal == field_refusal(
        f"{name}_score", "impossible", value=sign.score_max + 1, low=sign.score_min, high=sign.score_max
    )
    assert said(present=True, gone=True) == [(f"{name}_gone", "gone_but_present")]
    assert said(not_obtained="REFUSED", gone=True) == [(f"{name}_gone", "gone_but_present")]


def test_wants_something_in_a_check() -> None:
    assert problems(CheckEntry(note="asleep")) == [("systolic_mmhg", "nothing_entered")]
    assert problems(CheckEntry(signs={"sedation": SignEntry()})) == [("systolic_mmhg", "nothing_entered")]
    for something in (
        CheckEntry(Vitals(120, 80)),
        CheckEntry(Vitals(pulse_bpm=60)),
        CheckEntry(Vitals(spo2_percent=97)),
        CheckEntry(spo2_not_obtained="REFUSED"),
        CheckEntry(signs={"sedation": SignEntry(present=False)}),
    ):
        assert problems(something) == []


def test_holds_what_cannot_be_against_a_check_whatever_its_signs_say() -> None:
    signs = {"sedation": SignEntry(present=False), "dissociation": SignEntry(score=3)}
    assert problems(entry(Vitals(120, 120), signs=signs)) == [
        ("diastolic_mmhg", "not_below_systolic"),
        ("sign_dissociation_present", "answer_missing"),
    ]


def test_says_what_it_asks_to_confirm() -> None:
    asked = check_refusals(
        ready_to_leave(ESKETAMINE),
        entry(Vitals(230, 80), expected=("pulse",)),
        kind=MONITORING,
        at=at(10),
        now=at(10),
    )
    assert asked == (
        Refusal("UNLIKELY", {"values": {"systolic_mmhg": 230}}, None, (ClearedBy.DOCUMENTATION,)),
        Refusal("INCOMPLETE", {"measures": ("pulse",)}, None, (ClearedBy.DOCUMENTATION,)),
    )


def test_asks_once_to_confirm_what_is_unlikely_after_what_is_impossible() -> None:
    unlikely = Vitals(230, 80, 60, 70)

    assert problems(entry(unlikely)) == [("UNLIKELY", None)]
    assert problems(entry(unlikely, confirmed=frozenset({"systolic_mmhg"}))) == [("UNLIKELY", None)]
    assert problems(entry(unlikely, confirmed=frozenset({"systolic_mmhg", "spo2_percent"}))) == []
    assert problems(entry(replace(unlikely, spo2_percent=101))) == [("spo2_percent", "impossible")]
    assert problems(entry(Vitals(120, 120), confirmed=frozenset({"diastolic_mmhg"}))) == [
        ("diastolic_mmhg", "not_below_systolic")
    ]


@each_program
def test_asks_once_about_measures_left_empty(program: Program) -> None:
    whole = measures_of_page(program)
    every_sign = {sign.code: SignEntry(present=False) for sign in program.signs}

    def left(entered: CheckEntry) -> object:
        refusals = check_refusals(ready_to_leave(program), entered, kind=MONITORING, at=at(10), now=at(10))
        return [(refusal.code, refusal.params.get("measures")) for refusal in refusals]

    assert set(whole) == {*program.measures, "pulse"}
    assert left(entry(signs=every_sign, expected=whole)) == []
    assert left(entry(expected=whole)) == [("INCOMPLETE", tuple(every_sign))]
    assert left(entry(Vitals(120, 80), signs=every_sign, expected=whole)) == [("INCOMPLETE", ("pulse", "spo2"))]
    assert left(entry(Vitals(120, 80), signs=every_sign)) == [], "nobody meant to fill them in"
    reasons = {"pulse_not_obtained": "REFUSED", "spo2_not_obtained": "DEVICE_FAILED"}
    assert left(entry(Vitals(120, 80), signs=every_sign, expected=whole, **reasons)) == []
    reasons["blood_pressure_not_obtained"] = "REFUSED"
    assert left(entry(Vitals(), signs=every_sign, expected=whole, **reasons)) == []


def test_asks_about_rare_values_and_gaps_together_but_first_about_what_cannot_be() -> None:
    assert problems(entry(Vitals(230, 80), expected=("spo2",))) == [("UNLIKELY", None), ("INCOMPLETE", None)]
    assert problems(entry(Vitals(230, 80, None, 101), expected=("pulse",))) == [("spo2_percent", "impossible")]


def test_takes_symptoms_beside_the_measures_but_no_sign_of_the_programme() -> None:
    began = SignEventKind.ONSET

    assert problems(entry(symptoms={"nausea": began})) == []
    assert problems(entry(symptoms={" SEDATION ": began})) == [("other_symptom", "asked_above")]
    assert problems(CheckEntry(symptoms={"nausea": began})) == [("systolic_mmhg", "nothing_measured")]


def test_refuses_a_sign_event_still_to_come_or_before_check_in() -> None:
    facts = ready_to_leave(ESKETAMINE)

    def problem(minute: float) -> list[object]:
        return [refusal.params["problem"] for refusal in sign_event_refusals(facts, at=at(minute), now=at(10))]

    assert problem(-30) == problem(-1) == problem(12) == []
    assert problem(-31) == ["before_check_in"]
    assert problem(13) == ["future"]


@each_program
def test_counts_a_device_typed_late_from_the_minute_after_its_entry(program: Program) -> None:
    late = program.value("late_device_entry_minutes")

    def counted(minute: float, seconds: float = 0) -> Any:
        return counted_time(at(0), now=at(minute, seconds=seconds), program=program)

    assert counted(0) == counted(late) == at(0)
    assert counted(late, seconds=1) == at(late + 1), "never before it was entered"
    assert counted(late, seconds=0.5) == at(late + 1)
    assert counted(late + 1) == at(late + 1)
    assert counted(late + 20, seconds=59) == at(late + 21)


@pytest.mark.parametrize("kind", ["Check", "Administration", *SIGNED])
def test_what_was_signed_is_taken_back_by_a_prescriber_alone(kind: str) -> None:
    wanted = Permission.PRESCRIBE if kind in SIGNED else Permission.CORRECT
    assert void_permission(kind) is wanted
