"""The check schedule, and what may be entered as a time or a value."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from clinic.rules.refusals import field_refusal
from sessions_app.rules.checks import (
    Checkpoint,
    CheckState,
    Purpose,
    Vitals,
    check_schedule,
    impossible_values,
    late_checks,
    next_checkpoint,
    occurred_refusals,
    state_of_check,
    unlikely_values,
)
from sessions_app.rules.facts import Check, Outcome
from sessions_app.rules.program import Program
from tests.sessions_app.rules.builders import (
    ESKETAMINE,
    FINAL,
    FIRST_DEVICE,
    LAST_DEVICE,
    PEAK,
    at,
    baseline,
    check,
    device,
    each_program,
    ready_to_leave,
)

UPCOMING, DUE, OVERDUE, DONE, MISSED = CheckState


@pytest.mark.parametrize(
    ("minute", "seconds", "state"),
    [
        (35, -1, UPCOMING),
        (35, 0, DUE),
        (35, 1, DUE),
        (46, -1, DUE),
        (46, 0, OVERDUE),
        (46, 1, OVERDUE),
        (56, -1, OVERDUE),
        (56, 0, MISSED),
        (56, 1, MISSED),
    ],
)
def test_turns_at_the_opening_after_the_due_minute_and_after_the_closing_minute(
    minute: int, seconds: int, state: CheckState
) -> None:
    moments = {"opens_at": at(35), "due_at": at(45), "closes_at": at(55)}
    now = at(minute, seconds=seconds)

    assert state_of_check(now=now, done_at=None, **moments) is state
    assert state_of_check(now=now, done_at=at(40), **moments) is DONE
    if state is MISSED:
        assert state_of_check(now=now, done_at=None, **{**moments, "closes_at": None}) is OVERDUE


def schedule(*checks: Check, now: datetime, program: Program = ESKETAMINE) -> dict[Purpose, Checkpoint]:
    facts = ready_to_leave(program, checks=(baseline(program), *checks))
    return {point.purpose: point for point in check_schedule(facts, now=now)}


def test_schedules_the_peak_and_the_final_check() -> None:
    points = schedule(now=at(10))

    peak, final = points[Purpose.PEAK], points[Purpose.FINAL]
    assert (peak.minute, peak.opens_at, peak.due_at, peak.closes_at) == (40, at(35), at(45), at(55))
    assert (final.minute, final.opens_at, final.due_at, final.closes_at) == (120, at(115), at(125), None)
    assert (peak.state, final.state) == (UPCOMING, UPCOMING)
    assert (peak.done_at, final.done_at) == (None, None)
    again = schedule(check(ESKETAMINE, 9, 50), check(ESKETAMINE, PEAK, 41), now=at(60))[Purpose.PEAK]
    assert again.done_at == at(41), "by the first that counts"


@each_program
def test_agrees_with_the_gate_on_when_the_peak_check_is_missed(program: Program) -> None:
    point = schedule(now=at(10), program=program)[Purpose.PEAK]
    assert point.closes_at is not None
    last_minute = check(program, PEAK, 0, signs=(), spo2=None)

    in_time = replace(last_minute, occurred_at=point.closes_at)
    late = replace(last_minute, occurred_at=point.closes_at + timedelta(minutes=1))
    first_minute = replace(last_minute, occurred_at=point.opens_at)
    early = replace(last_minute, occurred_at=point.opens_at - timedelta(minutes=1))

    assert schedule(first_minute, now=at(300), program=program)[Purpose.PEAK].state is DONE
    assert schedule(early, now=at(300), program=program)[Purpose.PEAK].state is MISSED
    assert schedule(in_time, now=at(300), program=program)[Purpose.PEAK].state is DONE
    assert schedule(late, now=at(300), program=program)[Purpose.PEAK].state is MISSED
    assert schedule(now=point.closes_at + timedelta(seconds=59), program=program)[Purpose.PEAK].state is OVERDUE


@each_program
def test_counts_for_the_peak_only_a_check_with_blood_pressure(program: Program) -> None:
    point = schedule(now=at(10), program=program)[Purpose.PEAK]
    unmeasured = replace(check(program, PEAK, 0, bp=None), occurred_at=point.due_at)

    assert schedule(unmeasured, now=point.due_at, program=program)[Purpose.PEAK].state is DUE


@each_program
def test_wants_the_final_check_fresh(program: Program) -> None:
    point = schedule(now=at(10), program=program)[Purpose.FINAL]
    final = replace(check(program, FINAL, 0), occurred_at=point.due_at)
    stale_at = point.due_at + program.minutes("final_check_age_minutes")

    assert schedule(final, now=stale_at, program=program)[Purpose.FINAL].state is DONE
    assert schedule(final, now=stale_at + timedelta(seconds=1), program=program)[Purpose.FINAL].state is OVERDUE


def test_adds_the_clinics_own_checks_before_the_final_one_and_sorts_by_due_time() -> None:
    strict = ESKETAMINE.under({}, extra_checks=(100, 70, 70, 15))
    facts = ready_to_leave(strict, checks=(check(strict, 20, 22, signs=(), spo2=None),))

    points = check_schedule(facts, now=at(85, seconds=59))

    assert [(point.purpose, point.minute, point.state) for point in points] == [
        (Purpose.EXTRA, 15, DONE),
        (Purpose.PEAK, 40, MISSED),
        (Purpose.EXTRA, 70, OVERDUE),
        (Purpose.EXTRA, 100, UPCOMING),
        (Purpose.FINAL, 120, UPCOMING),
    ]
    late = replace(facts, program=ESKETAMINE.under({}, extra_checks=(109, 110, 111)))
    assert [point.minute for point in check_schedule(late, now=at(10))] == [40, 109, 120]


def test_names_the_earliest_check_that_can_still_be_made() -> None:
    facts = ready_to_leave(ESKETAMINE, checks=())

    def purpose(minute: float) -> Purpose | None:
        point = next_checkpoint(facts, now=at(minute))
        return point and point.purpose

    assert purpose(0) is Purpose.PEAK
    assert purpose(55) is Purpose.PEAK
    assert purpose(56) is Purpose.FINAL
    done = ready_to_leave(ESKETAMINE)
    assert next_checkpoint(done, now=at(125)) is None


def test_has_no_schedule_before_a_spray() -> None:
    failed = ready_to_leave(ESKETAMINE, devices=(device(FIRST_DEVICE, 0, Outcome.FAILED),))

    assert check_schedule(failed, now=at(10)) == ()
    assert next_checkpoint(failed, now=at(10)) is None


def test_starts_the_schedule_anew_with_another_device() -> None:
    facts = ready_to_leave(ESKETAMINE, checks=())
    one_more = replace(facts, devices=(*facts.devices, device(LAST_DEVICE + 5, 20)))

    assert [point.due_at for point in check_schedule(one_more, now=at(30))] == [at(60), at(140)]


# --- times --------------------------------------------------------------------------------------------


def test_tells_of_every_check_that_was_late() -> None:
    facts = ready_to_leave(replace(ESKETAMINE, extra_checks=(70,)))
    checks = (baseline(ESKETAMINE), check(ESKETAMINE, 50, 5 + 55), check(ESKETAMINE, 51, 5 + 85))

    found = late_checks(replace(facts, checks=checks), now=at(100))
    assert [(each.checkpoint.minute, each.taken_at) for each in found] == [(40, at(60)), (70, at(90))]


LATE_SCHEDULE = replace(ESKETAMINE, extra_checks=(60,))  # 40 closes at 50, 60 is open from 50 to 70


@pytest.mark.parametrize(
    ("taken", "late"),
    [
        ((50,), []),
        ((51,), [(40, 51)]),
        ((59,), [(40, 59)]),
        ((60,), []),  # then it is the 60-min check
        ((45, 55), []),
        ((51, 55), [(40, 51)]),
        ((90,), [(60, 90)]),
        ((), []),
    ],
)
def test_a_check_after_its_window_stands_for_it_late(taken: tuple[int, ...], late: list[tuple[int, int]]) -> None:
    facts = ready_to_leave(LATE_SCHEDULE)
    checks = tuple(check(LATE_SCHEDULE, 50 + n, 5 + minute) for n, minute in enumerate(taken))

    found = late_checks(replace(facts, checks=(baseline(LATE_SCHEDULE), *checks)), now=at(100))

    assert [(each.checkpoint.minute, each.taken_at) for each in found] == [(m, at(5 + t)) for m, t in late]
    assert [each.late for each in found] == [timedelta(minutes=t - m - 10) for m, t in late]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (at(-30, seconds=-1), "before_check_in"),
        (at(-30), None),
        (at(10), None),
        (at(12), None),
        (at(12, seconds=1), "future"),
    ],
)
def test_refuses_a_time_still_to_come_or_before_check_in(typed: datetime, problem: str | None) -> None:
    came = at(-30, seconds=30.5)
    refusals = occurred_refusals(typed, now=at(10), not_before=came)

    beside = {"future": {"now": at(10)}, "before_check_in": {"not_before": came}}
    assert refusals == ((field_refusal("occurred_time", problem, at=typed, **beside[problem]),) if problem else ())


@pytest.mark.parametrize(("typed", "refused"), [(at(0, seconds=-1), True), (at(0), False), (at(0, seconds=1), False)])
def test_refuses_a_check_after_the_dose_before_the_first_device(typed: datetime, refused: bool) -> None:
    refusals = occurred_refusals(typed, now=at(10), not_before=at(-30), first_device_at=at(0))

    before = field_refusal("occurred_time", "before_first_device", at=typed, first_device_at=at(0))
    assert refusals == ((before,) if refused else ())


def test_lets_food_and_drink_lie_before_check_in() -> None:
    assert occurred_refusals(at(-600), now=at(10), not_before=None) == ()


# --- values -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vitals", "field"),
    [
        (Vitals(), None),
        (Vitals(120, 80, 60, 98), None),
        (Vitals(300, 200, 250, 100), None),
        (Vitals(40, 20, 20, 30), None),
        (Vitals(301, 80), "systolic_mmhg"),
        (Vitals(39, 25), "systolic_mmhg"),
        (Vitals(220, 201), "diastolic_mmhg"),
        (Vitals(100, 19), "diastolic_mmhg"),
        (Vitals(120, 120), "diastolic_mmhg"),
        (Vitals(120, 121), "diastolic_mmhg"),
        (Vitals(120, 119), None),
        (Vitals(120, None), "diastolic_mmhg"),
        (Vitals(None, 80), "systolic_mmhg"),
        (Vitals(spo2_percent=101), "spo2_percent"),
        (Vitals(spo2_percent=29), "spo2_percent"),
        (Vitals(pulse_bpm=251), "pulse_bpm"),
        (Vitals(pulse_bpm=19), "pulse_bpm"),
    ],
)
def test_refuses_values_that_cannot_be_at_their_field(vitals: Vitals, field: str | None) -> None:
    assert [refusal.params["field"] for refusal in impossible_values(vitals)] == ([field] if field else [])


def test_says_why_a_value_cannot_be() -> None:
    low_pulse = field_refusal("pulse_bpm", "impossible", value=19, low=20, high=250)
    turned = field_refusal("diastolic_mmhg", "not_below_systolic", systolic=90, diastolic=120)
    assert impossible_values(Vitals(90, 120, 19)) == (low_pulse, turned)
    assert impossible_values(Vitals(None, 80)) == (field_refusal("systolic_mmhg", "pair"),)


@pytest.mark.parametrize(
    ("vitals", "asked"),
    [
        (Vitals(120, 80, 60, 98), ()),
        (Vitals(200, 120, 130, 85), ()),
        (Vitals(85, 45, 45, 100), ()),
        (Vitals(201, 121, 131, 84), ("systolic_mmhg", "diastolic_mmhg", "pulse_bpm", "spo2_percent")),
        (Vitals(84, 44, 44), ("systolic_mmhg", "diastolic_mmhg", "pulse_bpm")),
        (Vitals(230, 80), ("systolic_mmhg",)),
        (Vitals(spo2_percent=70), ("spo2_percent",)),
    ],
)
def test_asks_once_to_confirm_unlikely_values(vitals: Vitals, asked: tuple[str, ...]) -> None:
    assert unlikely_values(vitals) == asked
