"""Between devices: the rest, the count, what is new since the first, and times typed back."""

from dataclasses import replace
from typing import Any

import pytest

from sessions_app.rules.administration import administration_refusals
from sessions_app.rules.facts import DoseOrder, Intake, IntakeAnswer, IntakeRow, Outcome, SessionFacts
from sessions_app.rules.program import Program
from tests.sessions_app.rules.builders import (
    FIRST_DEVICE,
    LAST_DEVICE,
    NOT_OBTAINED,
    at,
    baseline,
    check,
    codes,
    concern,
    decision,
    device,
    each_program,
    ident,
    ids,
    only,
    onset,
    ready_for_second_device,
    ready_to_dose,
    resolution,
    score,
    scored,
    second_device_minute,
    stock,
    with_check,
    with_start,
)


def asked(facts: SessionFacts, minute: float, *, now: float | None = None, seconds: float = 0) -> tuple[str, ...]:
    """What the gate says to a device at this minute, typed then or at ``now``."""
    moment = at(minute if now is None else now, seconds=seconds)
    return codes(administration_refusals(facts, device=stock(), at=at(minute), now=moment))


# --- the rest between devices -------------------------------------------------------------------------


@each_program
def test_counts_the_rest_from_the_last_device_that_delivered_a_spray(program: Program) -> None:
    rest = second_device_minute(program)
    facts = with_start(ready_for_second_device(program), order=DoseOrder(4 * program.mg_per_device, 4, "wanted"))

    def after(*outcomes: Outcome | None) -> tuple[str, ...]:
        devices = tuple(device(10 + place, place, outcome) for place, outcome in enumerate(outcomes))
        return asked(replace(facts, devices=devices), rest)

    assert after(Outcome.FULL) == ()
    assert after(Outcome.FULL, Outcome.PARTIAL) == ("DEVICE_INTERVAL",)
    assert after(Outcome.FULL, None) == ("DEVICE_INTERVAL",), "not charted yet counts as delivered"
    assert after(Outcome.FULL, Outcome.FAILED) == ()


@each_program
def test_gains_no_rest_by_typing_ahead_and_counts_a_late_device_from_its_entry(program: Program) -> None:
    rest = second_device_minute(program)
    facts = ready_for_second_device(program)

    assert "DEVICE_INTERVAL" in asked(facts, rest, now=rest, seconds=-1), "typed a second before it is so"
    assert "DEVICE_INTERVAL" in asked(facts, rest - 1, now=rest + 30), "typed back"
    assert asked(facts, rest, now=rest, seconds=59) == ()
    late = replace(facts, devices=(device(FIRST_DEVICE, 0, counted=20),))
    assert asked(late, 20 + rest - 1) == ("DEVICE_INTERVAL",)
    assert asked(late, 20 + rest) == ()


# --- the count ----------------------------------------------------------------------------------------


@each_program
def test_replaces_a_failed_device_only_by_the_prescriber(program: Program) -> None:
    facts = ready_for_second_device(program)

    def refused(*outcomes: Outcome, replaced: tuple[int, ...] = ()) -> Any:
        devices = tuple(device(10 + place, 30 * place, outcome) for place, outcome in enumerate(outcomes))
        decisions = tuple(decision("DEVICE_COUNT", number, order=50, minute=200) for number in replaced)
        given = replace(facts, devices=devices, decisions=decisions)
        refusals = administration_refusals(given, device=stock(), at=at(300), now=at(300))
        assert set(codes(refusals)) <= {"DEVICE_COUNT"}
        return refusals[0].params.get("bound_ids", "order") if refusals else None

    full, failed = Outcome.FULL, Outcome.FAILED
    assert refused(failed) is None, "the second of the two ordered"
    assert refused(failed, full) == ids(10)
    assert refused(failed, full, replaced=(10,)) is None
    assert refused(full, failed) == ids(11)
    assert refused(full, failed, replaced=(11,)) is None
    assert refused(failed, failed) == ids(11)
    assert refused(failed, failed, full, replaced=(11,)) == ids(10)
    assert refused(failed, failed, full, replaced=(10, 11)) is None
    assert refused(full, failed, full, replaced=(11,)) == "order", "two of two delivered"
    assert refused(full, failed, failed, replaced=(11,)) == ids(12), "the replacement failed too"


@each_program
def test_opens_the_count_by_a_larger_order(program: Program) -> None:
    rest = second_device_minute(program)
    facts = ready_for_second_device(program, devices=(device(FIRST_DEVICE, 0), device(LAST_DEVICE, rest)))

    def ordered(devices: int) -> tuple[str, ...]:
        order = DoseOrder(devices * program.mg_per_device, devices, "as discussed")
        return asked(with_start(facts, order=order), 2 * rest)

    assert ordered(1) == ordered(2) == ("DEVICE_COUNT",)
    assert ordered(3) == ()
    assert asked(with_start(facts, order=None), 2 * rest) == ("DOSE_ORDER",)


# --- new signs ----------------------------------------------------------------------------------------


@each_program
def test_stops_for_new_signs_that_stop_dosing_and_for_no_other(program: Program) -> None:
    minute = second_device_minute(program)
    for sign in program.signs:
        by_answer = with_check(ready_for_second_device(program), check(program, 20, 2, signs={sign.code: True}))
        by_onset = ready_for_second_device(program, sign_events=(onset(sign.code, 20, 2),))
        expected = ("NEW_SIGN",) if sign.stops_dosing else ()

        assert asked(by_answer, minute) == asked(by_onset, minute) == expected
    gone = ready_for_second_device(program, sign_events=(resolution(program.signs[0].code, 20, 2),))
    assert asked(gone, minute) == ()


@each_program
def test_calls_a_sign_new_that_is_worse_than_before_the_dose(program: Program) -> None:
    sign = scored(program)
    poor, poorer = ((True, score(program, sign, worse_by=by)) for by in (1, 2))
    accepted = decision("BASELINE_STATE", 1, order=50, minute=-5, measure=sign.code)

    def since(answer: Any) -> tuple[str, ...]:
        rows = (baseline(program, signs={sign.code: poor}), check(program, 20, 2, order=20, signs={sign.code: answer}))
        facts = ready_for_second_device(program, checks=rows, decisions=(accepted,))
        return asked(facts, second_device_minute(program))

    assert since(poor) == ()
    assert since(poorer) == ("NEW_SIGN",)
    assert since((False, poorer[1])) == ("NEW_SIGN",)


@each_program
def test_keeps_asking_about_a_new_sign_that_is_gone_but_not_about_numbers_that_are_fine_again(
    program: Program,
) -> None:
    sign = next(sign for sign in program.signs if sign.stops_dosing)
    high = (program.value("systolic_line_mmhg") + 1, 75)
    low = program.value("spo2_floor_percent") - 1
    bad = check(program, 20, 2, bp=high, spo2=low, signs={sign.code: True})
    facts = with_check(ready_for_second_device(program), bad)

    def measures(facts: SessionFacts) -> set[object]:
        refusals = administration_refusals(facts, device=stock(), at=at(60), now=at(60))
        return {refusal.params["measure"] for refusal in refusals if refusal.code == "NEW_SIGN"}

    assert measures(facts) == {sign.code, "spo2", "blood_pressure"}
    assert measures(with_check(facts, check(program, 21, 3))) == {sign.code}
    unmeasured = check(program, 21, 3, bp=NOT_OBTAINED, spo2=NOT_OBTAINED)
    assert measures(with_check(facts, unmeasured)) == {sign.code, "spo2", "blood_pressure"}


@each_program
def test_wants_a_decision_that_saw_every_row_of_the_new_sign(program: Program) -> None:
    sign = next(sign for sign in program.signs if sign.stops_dosing)
    rows = (check(program, 20, 2, signs={sign.code: True}), check(program, 21, 3, signs={sign.code: True}))
    facts = replace(with_check(ready_for_second_device(program), *rows), sign_events=(onset(sign.code, 22, 2),))
    minute = second_device_minute(program)
    refusal = only(administration_refusals(facts, device=stock(), at=at(minute), now=at(minute)), "NEW_SIGN")
    assert refusal.params["bound_ids"] == ids(20, 21, 22)

    def decided(*numbers: int, measure: str = sign.code, order: int = 50) -> tuple[str, ...]:
        made = decision("NEW_SIGN", *numbers, order=order, minute=minute, measure=measure)
        return asked(replace(facts, decisions=(made,)), minute)

    assert decided(20, 21, 22) == ()
    assert decided(20, 21, 22, 23) == (), "it saw a row more, which was voided since"
    assert decided(20, 21) == decided(22) == ("NEW_SIGN",)
    assert decided(20, 21, 22, measure="spo2") == ("NEW_SIGN",)
    assert decided(20, 21, 22, order=19) == ("NEW_SIGN",), "made before the rows were entered"


@each_program
def test_takes_an_onset_before_the_first_device_for_a_state_before_the_dose(program: Program) -> None:
    sign = next(sign for sign in program.signs if sign.stops_dosing)
    minute = second_device_minute(program)
    before = ready_for_second_device(program, sign_events=(onset(sign.code, 20, -1),))

    assert asked(before, minute) == ("BASELINE_STATE",)
    assert asked(ready_for_second_device(program, sign_events=(onset(sign.code, 20, 0),)), minute) == ("NEW_SIGN",)


@each_program
def test_asks_nothing_new_before_the_first_device(program: Program) -> None:
    facts = ready_to_dose(program, serious_events=(concern(20, -5),))

    assert asked(facts, 0) == ()


# --- ages, and times typed back -----------------------------------------------------------------------


@each_program
def test_counts_ages_at_the_first_device_only(program: Program) -> None:
    just_now = {intake: IntakeRow(ident(70), IntakeAnswer.AT, at(-1)) for intake in Intake}
    old = (baseline(program, minute=-300),)
    first = with_start(ready_to_dose(program, checks=old), intake=just_now)
    second = with_start(ready_for_second_device(program, checks=old), intake=just_now)

    assert set(asked(first, 0)) == {"BASELINE", "FASTING", "LIQUID", "NASAL"}
    assert asked(second, second_device_minute(program)) == ()
    never_asked = with_start(second, intake={})
    assert set(asked(never_asked, second_device_minute(program))) == {"FASTING", "LIQUID", "NASAL"}


@each_program
def test_does_not_open_a_gate_that_was_closed_at_the_time_typed(program: Program) -> None:
    """The nurse hands over at minute 0, with the gate closed; what follows does not make it right."""
    high = baseline(program, bp=(program.value("systolic_line_mmhg") + 1, 75))
    late_yes = decision("BASELINE_BP", 1, order=50, minute=5)
    decided_after = ready_to_dose(program, checks=(high,), decisions=(late_yes,))
    measured_after = ready_to_dose(program, checks=(baseline(program, minute=5),))
    ate = {intake: IntakeRow(ident(70), IntakeAnswer.NONE) for intake in Intake}
    ate[Intake.FOOD] = IntakeRow(ident(70), IntakeAnswer.AT, at(3 - program.value("food_minutes")))
    digested_after = with_start(ready_to_dose(program), intake=ate)

    for facts, code in (
        (decided_after, "BASELINE_BP"),
        (measured_after, "BASELINE"),
        (digested_after, "FASTING"),
    ):
        assert asked(facts, 6) == (), "open at minute 6"
        assert code in asked(facts, 0, now=6)


@each_program
@pytest.mark.parametrize(("typed", "refused"), [(0, False), (-2, False), (-3, True)])
def test_leaves_two_minutes_between_a_decision_and_the_time_typed(
    program: Program, typed: float, refused: bool
) -> None:
    high = baseline(program, minute=-20, bp=(program.value("systolic_line_mmhg") + 1, 75))
    made = decision("BASELINE_BP", 1, order=50, minute=0)
    facts = ready_to_dose(program, checks=(high,), decisions=(made,))

    assert ("BASELINE_BP" in asked(facts, typed, now=1)) is refused


@each_program
def test_judges_an_old_baseline_at_the_moment_of_asking(program: Program) -> None:
    age = program.value("baseline_age_minutes")
    facts = ready_to_dose(program, checks=(baseline(program, minute=-age),))

    assert asked(facts, 0) == ()
    assert asked(facts, 0, now=1) == ("BASELINE",) * len(program.measures)


@each_program
def test_counts_the_rest_in_whole_minutes_whatever_stands_behind_them(program: Program) -> None:
    given = replace(device(FIRST_DEVICE, 0), counted_at=at(0).replace(second=59, microsecond=999_999))
    facts = ready_for_second_device(program, devices=(given,))
    assert asked(facts, second_device_minute(program)) == ()
