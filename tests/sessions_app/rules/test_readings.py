"""Of two readings in one minute the worse counts, each number by itself."""

from dataclasses import replace

import pytest

from sessions_app.rules.program import Program
from sessions_app.rules.readings import (
    Checks,
    after_dose,
    before_dose,
    blood_pressures,
    is_full,
    measures_asked,
    not_obtained,
    sign_readings,
    spo2s,
)
from tests.sessions_app.rules.builders import (
    ESKETAMINE,
    NOT_OBTAINED,
    SEDALINE,
    at,
    baseline,
    check,
    each_program,
    ids,
    ready_to_leave,
    score,
    scored,
)


@each_program
def test_reads_the_worse_of_two_pressures_each_number_by_itself(program: Program) -> None:
    checks = (
        check(program, 1, 10, bp=(150, 80)),
        check(program, 2, 10, bp=(130, 95)),
        check(program, 3, 11, bp=(120, 70)),
        check(program, 4, 10, bp=None),
        check(program, 5, 12, bp=NOT_OBTAINED),
    )

    first, last = blood_pressures(checks)

    assert (first.occurred_at, first.systolic, first.diastolic, first.ids) == (at(10), 150, 95, ids(1, 2))
    assert (last.occurred_at, last.systolic, last.diastolic, last.ids) == (at(11), 120, 70, ids(3))


@each_program
def test_reads_the_lower_of_two_saturations(program: Program) -> None:
    checks = (check(program, 1, 10, spo2=97), check(program, 2, 10, spo2=91), check(program, 3, 9, spo2=NOT_OBTAINED))

    (reading,) = spo2s(checks)

    assert (reading.percent, reading.ids) == (91, ids(1, 2))


@each_program
@pytest.mark.parametrize(
    ("answers", "worst", "present"),
    [
        ((False, False), False, False),
        ((False, None), None, None),
        ((None, True), True, True),
        ((False, True), True, True),
    ],
)
def test_reads_the_worse_of_two_answers(
    program: Program, answers: tuple[bool | None, ...], worst: bool | None, present: bool | None
) -> None:
    for sign in program.signs:
        rows = [check(program, number, 10, signs={sign.code: answer}) for number, answer in enumerate(answers, 1)]

        for order in (rows, rows[::-1]):
            (reading,) = sign_readings(order, sign, program)
            assert (reading.answer, reading.present, reading.ids) == (worst, present, ids(1, 2))


@each_program
def test_finds_a_sign_by_its_answer_or_by_its_score(program: Program) -> None:
    for sign in (sign for sign in program.signs if sign.scale):
        good, poor = score(program, sign), score(program, sign, worse_by=1)

        def present(*answers: object, sign: object = sign) -> bool | None:
            rows = [check(program, number, 10, signs={sign.code: answer}) for number, answer in enumerate(answers, 1)]
            (reading,) = sign_readings(rows, sign, program)
            return reading.present

        assert present((False, good)) is False
        assert present((False, poor)) is True
        assert present((True, good)) is True
        assert present((False, good), (False, poor)) is True
        assert present((False, None)) is False


def test_ignores_a_score_of_a_sign_that_has_no_scale() -> None:
    speech = next(sign for sign in SEDALINE.signs if not sign.scale)

    (reading,) = sign_readings([check(SEDALINE, 1, 10, signs={speech.code: (False, 3)})], speech, SEDALINE)

    assert (reading.present, reading.score) == (False, None)


@each_program
def test_compares_a_sign_with_the_patients_own_state(program: Program) -> None:
    sign = scored(program)

    def reading(answer: bool | None, worse_by: int | None) -> object:
        value = None if worse_by is None else score(program, sign, worse_by=worse_by)
        return sign_readings([check(program, 1, 10, signs={sign.code: (answer, value)})], sign, program)[0]

    yes_2 = reading(True, 2)
    assert reading(True, 2).no_worse_than(yes_2, sign)
    assert reading(True, 1).no_worse_than(yes_2, sign)
    assert reading(False, 2).no_worse_than(yes_2, sign)
    assert not reading(True, 3).no_worse_than(yes_2, sign), "worse by score"
    assert not reading(True, 2).no_worse_than(reading(False, 2), sign), "worse by answer"
    assert not reading(True, None).no_worse_than(yes_2, sign), "scored only before"
    assert not yes_2.no_worse_than(reading(True, None), sign), "scored only now"
    assert reading(True, None).no_worse_than(reading(True, None), sign)
    assert not reading(None, 2).no_worse_than(yes_2, sign), "nobody could tell"
    assert not yes_2.no_worse_than(reading(None, 2), sign), "nobody could tell before"
    assert not yes_2.no_worse_than(None, sign), "nobody asked before"


@each_program
def test_calls_a_check_full_when_every_measure_was_asked(program: Program) -> None:
    full = check(program, 1, 10)
    unobtained = check(program, 1, 10, bp=NOT_OBTAINED, spo2=NOT_OBTAINED, signs=dict.fromkeys(program.measures[2:]))

    assert is_full(full, program)
    assert is_full(unobtained, program)
    assert set(not_obtained(unobtained)) == set(program.measures) == set(measures_asked(unobtained))
    assert not_obtained(full) == ()
    assert not is_full(replace(full, systolic_mmhg=None), program)
    assert not is_full(replace(full, spo2_percent=None), program)
    for place in range(len(full.signs)):
        assert not is_full(replace(full, signs=full.signs[:place] + full.signs[place + 1 :]), program)


@each_program
def test_parts_the_checks_at_the_first_device(program: Program) -> None:
    facts = ready_to_leave(program)
    rows = (
        baseline(program, 20, -1),
        baseline(program, 21, 0),
        baseline(program, 22, 1),
        check(program, 23, -1),
        check(program, 24, 0),
    )
    facts = replace(facts, checks=rows)

    assert {row.id for row in before_dose(facts)} == ids(20, 21)
    assert {row.id for row in after_dose(facts)} == ids(22, 23, 24), "in doubt a check is not a baseline"
    assert {row.id for row in before_dose(replace(facts, devices=()))} == ids(20, 21, 22)


def test_works_out_once_what_follows_from_the_same_checks() -> None:
    checks, sign = Checks([check(ESKETAMINE, 1, 10)]), scored(ESKETAMINE)

    assert blood_pressures(checks) is blood_pressures(checks)
    assert spo2s(checks) is spo2s(checks)
    assert sign_readings(checks, sign, ESKETAMINE) is sign_readings(checks, sign, ESKETAMINE)


def test_reads_the_same_checks_by_each_programmes_own_line() -> None:
    (sign,) = (sign for sign in ESKETAMINE.signs if sign.normal == "cadss_normal")
    checks = Checks([check(ESKETAMINE, 1, 10, signs={sign.code: (False, 4)})])

    found = [sign_readings(checks, sign, ESKETAMINE.under(policy)) for policy in ({}, {"cadss_normal": 3})]
    assert [reading.present for (reading,) in found] == [False, True]
