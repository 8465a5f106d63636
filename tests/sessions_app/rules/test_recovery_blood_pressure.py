"""The three ways past a pressure above the line: as before the dose, declining, or when the effect is over."""

from dataclasses import replace
from typing import Any

import pytest

from sessions_app.rules.discharge import discharge_refusals
from sessions_app.rules.facts import Outcome, SessionFacts
from sessions_app.rules.program import Program
from sessions_app.rules.recovery import blood_pressure_ways
from tests.sessions_app.rules.builders import (
    FINAL,
    NOT_OBTAINED,
    PEAK,
    at,
    baseline,
    check,
    codes,
    decision,
    device,
    each_program,
    end_minute,
    ids,
    only,
    ready_to_leave,
    with_check,
)
from tests.sessions_app.rules.escapes import leaving

Pressure = tuple[int, int]


def history(program: Program, *readings: tuple[float, Pressure], before: Pressure = (-30, -20)) -> SessionFacts:
    """Pressures relative to the line, at minutes from the first device; the last is the final check."""

    def bp(pressure: Pressure) -> Pressure:
        return (
            program.value("systolic_line_mmhg") + pressure[0],
            program.value("diastolic_line_mmhg") + pressure[1],
        )

    rows = [baseline(program, bp=bp(before))]
    for place, (minute, pressure) in enumerate(readings):
        last = place == len(readings) - 1
        asked: dict[str, Any] = {} if last else {"spo2": None, "signs": ()}
        rows.append(check(program, FINAL if last else 40 + place, minute, bp=bp(pressure), **asked))
    end = end_minute(ready_to_leave(program))
    return ready_to_leave(program, checks=tuple(rows), assessed_at=(at(max(end, readings[-1][0])),))


def ways(program: Program, *readings: tuple[float, Pressure], minute: float = 0, **changes: Any) -> tuple[str, ...]:
    return blood_pressure_ways(history(program, *readings, **changes), at=at(minute))


@each_program
@pytest.mark.parametrize(
    ("pressure", "refused"),
    [((0, 0), False), ((1, 0), True), ((0, 1), True), ((1, 1), True), ((-1, -1), False), ((40, -30), True)],
)
def test_asks_nothing_up_to_the_line_and_a_prescriber_above_it(
    program: Program, pressure: Pressure, refused: bool
) -> None:
    facts = history(program, (end_minute(ready_to_leave(program)), pressure), before=(-40, -40))

    assert (leaving(facts).refused("BP") is not None) is refused, "by either number; a rise below the line is none"


@each_program
@pytest.mark.parametrize(
    ("last", "own"), [((5, 5), True), ((4, 5), True), ((5, 4), True), ((6, 5), False), ((5, 6), False)]
)
def test_accepts_what_was_there_before_the_dose_in_both_numbers(program: Program, last: Pressure, own: bool) -> None:
    assert ("own" in ways(program, (100, last), before=(5, 5))) is own


@each_program
def test_compares_with_the_last_reading_before_the_first_device(program: Program) -> None:
    facts = history(program, (100, (5, 5)), before=(5, 5))
    calmer = baseline(program, 50, -5)
    too_late = replace(baseline(program, 51, 5), systolic_mmhg=250, diastolic_mmhg=150)

    assert "own" in blood_pressure_ways(facts, at=at(101))
    assert "own" not in blood_pressure_ways(with_check(facts, calmer), at=at(101))
    calm = history(program, (100, (5, 5)))
    assert "own" not in blood_pressure_ways(with_check(calm, too_late), at=at(101)), "not before the device"
    assert "own" not in blood_pressure_ways(replace(facts, checks=facts.checks[1:]), at=at(101)), "no baseline"


@each_program
def test_accepts_a_decline_from_the_reading_immediately_before(program: Program) -> None:
    wait = program.value("blood_pressure_settling_minutes")
    peak = (40, (30, 20))

    def declining(*readings: tuple[float, Pressure]) -> bool:
        return "declining" in ways(program, *readings)

    assert declining(peak, (100, (10, 5)), (100 + wait, (10, 5))), "not above the one before"
    assert declining(peak, (100, (9, 6))), "the peak itself may be the one before"
    assert declining((0, (30, 20)), (100, (9, 6))), "the minute of the first device is after it"
    assert not declining(peak, (100, (10, 5)), (99 + wait, (9, 4))), "a minute too soon"
    assert not declining(peak, (100, (10, 5)), (100 + wait, (11, 5))), "systolic above the one before"
    assert not declining(peak, (100, (10, 5)), (100 + wait, (10, 6))), "diastolic above the one before"
    assert not declining((40, (10, 20)), (100, (10, 5)), (100 + wait, (10, 5))), "systolic still at the peak"
    assert not declining((100, (10, 5))), "the only reading after the dose is its own peak"
    assert not declining(peak, (100, (5, 5)), (110, (20, 5)), (110 + wait, (20, 6))), "the one before, not any before"


@each_program
def test_does_not_take_a_reading_before_the_dose_for_the_peak(program: Program) -> None:
    facts = history(program, (100, (9, 5)), (130, (9, 5)), before=(60, 4))
    charted_wrong = replace(check(program, 50, -2, signs=(), spo2=None), systolic_mmhg=250, diastolic_mmhg=150)

    assert "declining" not in blood_pressure_ways(facts, at=at(131))
    assert "declining" not in blood_pressure_ways(with_check(facts, charted_wrong), at=at(131))


@each_program
def test_accepts_any_pressure_when_the_effect_is_over_and_the_patient_examined(program: Program) -> None:
    probe = history(program, (100, (30, 20)))
    assert probe.anchor_device is not None
    over = (probe.anchor_device.counted_at - at(0)).total_seconds() / 60 + program.value(
        "blood_pressure_effect_minutes"
    )
    facts = history(program, (60, (20, 10)), (over + 3, (30, 20)))

    def refused(minute: float, *, examined: bool = True, now: float | None = None) -> bool:
        made = decision("BP", FINAL, order=50, minute=minute, examined=examined)
        asked = replace(facts, decisions=(made,))
        return "BP" in codes(discharge_refusals(asked, now=at(over + 5 if now is None else now)))

    assert not refused(over)
    assert refused(over - 1), "the decision itself was made too early"
    assert refused(over, examined=False)
    assert refused(over, now=over - 1), "a decision typed ahead gains nothing"
    assert not refused(over, now=over)
    assert only(discharge_refusals(facts, now=at(over + 5)), "BP").params["effect_over_at"] == at(over)


@each_program
def test_counts_the_effect_from_the_counted_time_of_the_anchor(program: Program) -> None:
    facts = history(program, (400, (30, 20)))
    late = tuple(replace(row, counted_at=at(90)) for row in facts.devices)
    effect = program.value("blood_pressure_effect_minutes")

    moved = replace(facts, devices=late)

    assert "effect_over" not in blood_pressure_ways(moved, at=at(90 + effect - 1))
    assert "effect_over" in blood_pressure_ways(moved, at=at(90 + effect))


@each_program
@pytest.mark.parametrize("way", ["own", "declining"])
def test_still_wants_the_prescribers_decision_where_there_is_a_way(program: Program, way: str) -> None:
    end = end_minute(ready_to_leave(program))
    readings = {"own": ((40, (-9, -9)), (end, (5, 5))), "declining": ((40, (30, 20)), (end, (9, 5)))}[way]
    facts = history(program, *readings, before=(5, 5) if way == "own" else (-30, -20))

    refusal = only(discharge_refusals(facts, now=at(end)), "BP")
    assert refusal.params["ways"] == (way,)
    assert refusal.params["bound_ids"] == ids(FINAL)
    decided = replace(facts, decisions=(decision("BP", FINAL, order=50, minute=end),))
    assert "BP" not in codes(discharge_refusals(decided, now=at(end)))


@each_program
def test_does_not_accept_a_decision_without_a_way(program: Program) -> None:
    end = end_minute(ready_to_leave(program))
    facts = history(program, (40, (-9, -9)), (end, (5, 5)))

    decided = replace(facts, decisions=(decision("BP", FINAL, order=50, minute=end, examined=True),))

    assert only(discharge_refusals(decided, now=at(end)), "BP").params["ways"] == ()


@each_program
def test_joins_two_readings_of_one_minute_into_the_worse(program: Program) -> None:
    """One shows the systolic above the line, the other the diastolic: bound to both, and neither number is own."""
    end = end_minute(ready_to_leave(program))
    facts = history(program, (40, (-9, -9)), (end, (5, -9)), before=(5, 4))
    line = (program.value("systolic_line_mmhg"), program.value("diastolic_line_mmhg"))
    second = check(program, 50, end, bp=(line[0] - 9, line[1] + 5), spo2=None, signs=())

    refusal = only(discharge_refusals(with_check(facts, second), now=at(end)), "BP")

    assert (refusal.params["systolic"], refusal.params["diastolic"]) == (line[0] + 5, line[1] + 5)
    assert (refusal.params["bound_ids"], refusal.params["ways"]) == (ids(FINAL, 50), ())
    within = check(program, 50, end, bp=(line[0] - 9, line[1] - 9), spo2=None, signs=())
    assert "BP" in codes(discharge_refusals(with_check(facts, within), now=at(end))), "the better one clears nothing"


@each_program
def test_lets_a_later_reading_within_the_line_clear_it_and_a_later_refusal_not(program: Program) -> None:
    end = end_minute(ready_to_leave(program))
    facts = history(program, (40, (-9, -9)), (end, (5, 5)))

    clear = with_check(facts, check(program, 50, end + 1, spo2=None, signs=()))
    refused = with_check(facts, check(program, 50, end + 1, bp=NOT_OBTAINED, spo2=None, signs=()))

    assert "BP" not in codes(discharge_refusals(clear, now=at(end + 1)))
    assert "BP" in codes(discharge_refusals(refused, now=at(end + 1)))


@each_program
def test_says_whether_the_pressure_is_rising(program: Program) -> None:
    def rising(*readings: tuple[float, Pressure]) -> object:
        return only(discharge_refusals(history(program, *readings), now=at(400)), "BP").params["rising"]

    assert rising((300, (5, 5)), (320, (6, 5))) is True
    assert rising((300, (5, 5)), (320, (5, 6))) is True
    assert rising((300, (5, 5)), (320, (5, 5))) is False


@each_program
def test_needs_no_reading_before_the_dose_to_see_a_decline(program: Program) -> None:
    facts = history(program, (40, (30, 20)), (300, (9, 5)))
    two = replace(facts, checks=facts.checks[1:])

    assert blood_pressure_ways(two, at=at(100)) == ("declining",)
    assert only(discharge_refusals(two, now=at(300)), "BP").params["rising"] is False
    risen = history(program, (40, (8, 5)), (300, (9, 5)))
    two = replace(risen, checks=risen.checks[1:])
    assert only(discharge_refusals(two, now=at(300)), "BP").params["rising"] is True


@each_program
def test_has_no_way_without_a_reading(program: Program) -> None:
    assert blood_pressure_ways(ready_to_leave(program, checks=()), at=at(500)) == ()
    falling = (baseline(program, 1, -40, bp=(200, 110)), baseline(program, 2, -10, bp=(190, 105)))
    assert blood_pressure_ways(ready_to_leave(program, checks=falling), at=at(100)) == ("own",), "no peak, no decline"


@each_program
def test_voids_a_decision_when_a_device_is_charted_late(program: Program) -> None:
    end = end_minute(ready_to_leave(program))
    facts = history(program, (40, (30, 20)), (end, (9, 5)))
    decided = replace(facts, decisions=(decision("BP", FINAL, order=50, minute=end),))

    one_more = replace(decided, devices=(*decided.devices, device(PEAK, 12, order=51)))

    assert "BP" not in codes(discharge_refusals(decided, now=at(end)))
    assert "BP" in codes(discharge_refusals(one_more, now=at(end)))


@each_program
def test_knows_no_end_of_an_effect_that_never_began(program: Program) -> None:
    facts = replace(history(program, (20, (5, 0))), devices=(device(2, 0, Outcome.FAILED),))
    assert only(discharge_refusals(facts, now=at(30)), "BP").params["effect_over_at"] is None
