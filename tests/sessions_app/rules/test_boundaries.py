"""Every number of a programme at −1, 0 and +1: seconds where it is a time, days where it is a date."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from clinic.rules.stock import StockKind
from sessions_app.rules.charting import counted_time
from sessions_app.rules.checks import CheckState, Purpose, check_schedule
from sessions_app.rules.facts import DoseOrder, Intake, IntakeAnswer, IntakeRow
from sessions_app.rules.program import NUMBER_NAMES, Program
from tests.sessions_app.rules.builders import (
    FINAL,
    PEAK,
    PROGRAMS,
    TODAY,
    at,
    baseline,
    check,
    course,
    decision,
    end_minute,
    ident,
    peak_minute,
    ready_for_second_device,
    ready_to_dose,
    ready_to_leave,
    second_device_minute,
    stock,
    with_check,
    with_start,
)
from tests.sessions_app.rules.escapes import Scene, dosing, leaving

SECOND = timedelta(seconds=1)
Refused = Callable[[Program, int], bool]


def says(scene: Scene, code: str) -> bool:
    return scene.refused(code) is not None


def when_leaving(code: str, make: Callable[[Program, int], Scene]) -> Refused:
    return lambda program, delta: says(make(program, delta), code)


def release_at(program: Program, delta: int) -> Scene:
    scene = leaving(ready_to_leave(program))
    assert scene.facts.stay_ends_at is not None
    return replace(scene, now=scene.facts.stay_ends_at + delta * SECOND)


def final_check_at(program: Program, delta: int) -> Scene:
    facts = ready_to_leave(program)
    assert facts.stay_ends_at is not None
    opens_at = facts.stay_ends_at - program.minutes("final_check_window_minutes")
    final = replace(check(program, FINAL, 0), occurred_at=opens_at + delta * SECOND)
    return leaving(with_check(facts, final))


def final_check_aged(program: Program, delta: int) -> Scene:
    scene = leaving(ready_to_leave(program))
    made_at = scene.facts.checks[-1].occurred_at
    return replace(scene, now=made_at + program.minutes("final_check_age_minutes") + delta * SECOND)


def peak_check_at(number: str) -> Callable[[Program, int], Scene]:
    def make(program: Program, delta: int) -> Scene:
        made_at = at(second_device_minute(program) + program.value(number), seconds=delta)
        peak = replace(check(program, PEAK, 0), occurred_at=made_at)
        return leaving(with_check(ready_to_leave(program), peak))

    return make


def peak_overdue(program: Program, delta: int) -> bool:
    """Whole minutes: overdue from the end of the due minute on."""
    facts = replace(ready_to_leave(program), checks=())
    due_at = at(second_device_minute(program) + program.value("peak_check_due_minutes"))
    (peak,) = (
        point
        for point in check_schedule(facts, now=due_at + timedelta(minutes=1) + delta * SECOND)
        if point.purpose is Purpose.PEAK
    )
    return peak.state is CheckState.OVERDUE


def extra_missed(program: Program, delta: int) -> bool:
    """A check so long after the extra one was due does not count as it."""
    strict = replace(program, extra_checks=(70,))
    due_at = at(second_device_minute(program) + 70)
    made_at = due_at + program.minutes("extra_check_window_minutes") + delta * SECOND
    row = replace(check(program, 20, 0), occurred_at=made_at)
    facts = replace(ready_to_leave(strict), checks=(row,))
    (extra,) = (point for point in check_schedule(facts, now=at(999)) if point.purpose is Purpose.EXTRA)
    return extra.state is not CheckState.DONE


def baseline_aged(program: Program, delta: int) -> bool:
    made_at = at() - program.minutes("baseline_age_minutes") - delta * SECOND
    row = replace(baseline(program), occurred_at=made_at)
    return says(dosing(ready_to_dose(program, checks=(row,))), "BASELINE")


def at_both_gates(start_code: str, end_code: str, reading: Callable[[Program, int], dict[str, Any]]) -> Refused:
    """The same line at the start, at the second device and at the end."""

    def refused(program: Program, delta: int) -> bool:
        first = dosing(ready_to_dose(program, checks=(baseline(program, **reading(program, delta)),)))
        since = check(program, 20, 2, **reading(program, delta))
        second = dosing(with_check(ready_for_second_device(program), since), minute=second_device_minute(program))
        end = ready_to_leave(program)
        last = leaving(with_check(end, check(program, FINAL, end_minute(end), **reading(program, delta))))
        answers = {says(first, start_code), says(last, end_code)}
        sign = next((sign for sign in program.signs if sign.refusal_code == end_code), None)
        if sign is None or sign.stops_dosing:
            answers.add(says(second, "NEW_SIGN"))
        (answer,) = answers
        return answer

    return refused


def scored_by(program: Program, number: str) -> Refused:
    (sign,) = (sign for sign in program.signs if sign.normal == number)

    def reading(program: Program, delta: int) -> dict[str, Any]:
        return {"signs": {sign.code: (False, program.value(number) + delta)}}

    return at_both_gates("BASELINE_STATE", sign.refusal_code, reading)


def settled(program: Program, delta: int) -> Scene:
    """Declining from a reading so long before; a prescriber accepted it."""
    facts, end = ready_to_leave(program), end_minute(ready_to_leave(program))
    line = program.value("systolic_line_mmhg")
    before_at = at(end, seconds=-delta) - program.minutes("blood_pressure_settling_minutes")
    rows = (
        check(program, PEAK, peak_minute(program), bp=(line + 30, 80)),
        replace(check(program, 20, 0, bp=(line + 10, 80), spo2=None, signs=()), occurred_at=before_at),
        check(program, FINAL, end, bp=(line + 10, 80)),
    )
    accepted = decision("BP", FINAL, order=50, minute=end + 1)
    return leaving(replace(with_check(facts, *rows), decisions=(accepted,)))


def effect_over(program: Program, delta: int) -> Scene:
    facts = ready_to_leave(program)
    assert facts.anchor_device is not None
    decided_at = facts.anchor_device.counted_at + program.minutes("blood_pressure_effect_minutes") + delta * SECOND
    rising = check(program, FINAL, 235, bp=(program.value("systolic_line_mmhg") + 50, 80))
    accepted = replace(decision("BP", FINAL, order=50, minute=0, examined=True), occurred_at=decided_at)
    scene = leaving(replace(with_check(facts, rising), decisions=(accepted,)))
    return replace(scene, now=decided_at)


def taken(intake: Intake, code: str, number: str) -> Refused:
    def refused(program: Program, delta: int) -> bool:
        last_at = at() - program.minutes(number) - delta * SECOND
        facts = ready_to_dose(program)
        assert facts.start is not None
        rows = {**facts.start.intake, intake: IntakeRow(ident(70), IntakeAnswer.AT, last_at)}
        return says(dosing(with_start(facts, intake=rows)), code)

    return refused


def age(program: Program, delta: int) -> bool:
    """Born so many days before the birthday that makes them old enough."""
    birthday = date(TODAY.year - program.value("minimum_age_years"), TODAY.month, TODAY.day)
    born = birthday - timedelta(days=delta)
    return says(dosing(with_start(ready_to_dose(program), birth_date=born)), "AGE")


def use_by(program: Program, delta: int) -> bool:
    received = TODAY - timedelta(days=program.value("patient_stock_days") + delta)
    row = stock(kind=StockKind.PATIENT_SPECIFIC, for_this_patient=True, received_date=received)
    return says(replace(dosing(ready_to_dose(program)), device=row), "DEVICE")


def too_soon(number: str, week: int) -> Refused:
    def refused(program: Program, delta: int) -> bool:
        last = TODAY - timedelta(days=program.value(number) + delta)
        treated = course(program, first_dose_date=TODAY - timedelta(weeks=week - 1), last_dose_date=last)
        order = DoseOrder(2 * program.mg_per_device, 2, "")
        return says(dosing(with_start(ready_to_dose(program), course=treated, order=order)), "DOSE_ORDER")

    return refused


def late_entry(program: Program, delta: int) -> bool:
    typed = at()
    now = typed + program.minutes("late_device_entry_minutes") + delta * SECOND
    return counted_time(typed, now=now, program=program) != typed


def interval(program: Program, delta: int) -> bool:
    scene = dosing(ready_for_second_device(program), minute=second_device_minute(program))
    return says(replace(scene, now=scene.now + delta * SECOND), "DEVICE_INTERVAL")


def line(number: str, place: int) -> Refused:
    def reading(program: Program, delta: int) -> dict[str, Any]:
        value = program.value(number) + delta
        return {"bp": (value, 75) if place == 0 else (120, value)}

    return at_both_gates("BASELINE_BP", "BP", reading)


def saturation(program: Program, delta: int) -> dict[str, Any]:
    return {"spo2": program.value("spo2_floor_percent") + delta}


# Refused at −1 only: not yet. Refused at +1 only: no longer. From 0 on: at the end of a whole minute.
NOT_YET, NO_LONGER, FROM_THEN = (True, False, False), (False, False, True), (False, True, True)

BOUNDARIES: dict[str, tuple[Refused, tuple[bool, bool, bool]]] = {
    "minimum_stay_minutes": (when_leaving("MINIMUM_STAY", release_at), NOT_YET),
    "rest_between_devices_minutes": (interval, NOT_YET),
    "final_check_window_minutes": (when_leaving("FINAL_CHECK", final_check_at), NOT_YET),
    "final_check_age_minutes": (when_leaving("FINAL_STALE", final_check_aged), NO_LONGER),
    "peak_check_opens_minutes": (when_leaving("PEAK_CHECK", peak_check_at("peak_check_opens_minutes")), NOT_YET),
    "peak_check_due_minutes": (peak_overdue, FROM_THEN),
    "peak_check_closes_minutes": (when_leaving("PEAK_CHECK", peak_check_at("peak_check_closes_minutes")), NO_LONGER),
    "extra_check_window_minutes": (extra_missed, NO_LONGER),
    "baseline_age_minutes": (baseline_aged, NO_LONGER),
    "systolic_line_mmhg": (line("systolic_line_mmhg", 0), NO_LONGER),
    "diastolic_line_mmhg": (line("diastolic_line_mmhg", 1), NO_LONGER),
    "blood_pressure_settling_minutes": (when_leaving("BP", settled), NOT_YET),
    "blood_pressure_effect_minutes": (when_leaving("BP", effect_over), NOT_YET),
    "spo2_floor_percent": (at_both_gates("BASELINE_STATE", "SPO2", saturation), NOT_YET),
    "food_minutes": (taken(Intake.FOOD, "FASTING", "food_minutes"), NOT_YET),
    "liquid_minutes": (taken(Intake.LIQUID, "LIQUID", "liquid_minutes"), NOT_YET),
    "nasal_spray_minutes": (taken(Intake.NASAL_SPRAY, "NASAL", "nasal_spray_minutes"), NOT_YET),
    "minimum_age_years": (age, NOT_YET),
    "late_device_entry_minutes": (late_entry, NO_LONGER),
    "patient_stock_days": (use_by, NO_LONGER),
    "twice_weekly_interval_days": (too_soon("twice_weekly_interval_days", week=2), NOT_YET),
    "weekly_interval_days": (too_soon("weekly_interval_days", week=6), NOT_YET),
}
SCORES = {sign.normal: sign for program in PROGRAMS for sign in program.signs if sign.scale}
TIGHTENED = tuple(
    program.under({name: number.bound for name, number in program.numbers.items()}) for program in PROGRAMS
)
every_program = pytest.mark.parametrize(
    "program", [*PROGRAMS, *TIGHTENED], ids=[f"{p.code}{how}" for how in ("", " tightened") for p in PROGRAMS]
)


@every_program
@pytest.mark.parametrize("delta", [-1, 0, 1])
@pytest.mark.parametrize("name", BOUNDARIES)
def test_turns_exactly_at_the_number(program: Program, name: str, delta: int) -> None:
    refused, answers = BOUNDARIES[name]

    assert refused(program, delta) is answers[delta + 1]


@every_program
@pytest.mark.parametrize("delta", [-1, 0, 1])
@pytest.mark.parametrize("place", range(3))
def test_turns_exactly_at_the_score(program: Program, place: int, delta: int) -> None:
    names = [sign.normal for sign in program.signs if sign.scale]
    name = names[place % len(names)]
    answers = NOT_YET if SCORES[name].better == "higher" else NO_LONGER

    assert scored_by(program, name)(program, delta) is answers[delta + 1]


@every_program
def test_has_a_boundary_for_every_number(program: Program) -> None:
    assert set(BOUNDARIES) == NUMBER_NAMES
    assert set(BOUNDARIES) | set(SCORES) >= set(program.numbers)


@every_program
@pytest.mark.parametrize(
    ("intake", "number", "code"),
    [
        (Intake.FOOD, "food_minutes", "FASTING"),
        (Intake.LIQUID, "liquid_minutes", "LIQUID"),
        (Intake.NASAL_SPRAY, "nasal_spray_minutes", "NASAL"),
    ],
)
@pytest.mark.parametrize(("delta", "refused"), [(-1, True), (0, False), (1, False)])
def test_refuses_who_does_not_know_until_so_long_after_check_in(
    program: Program, intake: Intake, number: str, code: str, delta: int, refused: bool
) -> None:
    """Whole minutes: the seconds of the check-in do not count."""
    checked_in_at = at(seconds=40) - timedelta(minutes=program.value(number) + delta)
    facts = ready_to_dose(program, checked_in_at=checked_in_at)
    assert facts.start is not None
    rows = {**facts.start.intake, intake: IntakeRow(ident(70), IntakeAnswer.UNKNOWN)}

    assert says(dosing(with_start(facts, intake=rows)), code) is refused
