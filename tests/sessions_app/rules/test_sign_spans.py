"""When each sign was there, as the curve shows it."""

from dataclasses import replace

import pytest

from sessions_app.rules.facts import SignEvent, SignEventKind
from sessions_app.rules.program import Program
from sessions_app.rules.sign_spans import SignSpan, sign_spans, symptoms
from tests.sessions_app.rules.builders import (
    ESKETAMINE,
    at,
    baseline,
    check,
    each_program,
    ready_to_leave,
    score,
    scored,
    sign_event,
)

ONSET, GONE = SignEventKind.ONSET, SignEventKind.RESOLUTION


@pytest.mark.parametrize(
    ("rows", "spans"),
    [
        ([], []),
        ([(ONSET, 20)], [(20, None)]),
        ([(ONSET, 20), (GONE, 50)], [(20, 50)]),
        ([(ONSET, 20), (ONSET, 30), (GONE, 50)], [(20, 50)]),
        ([(ONSET, 20), (GONE, 50), (ONSET, 60)], [(20, 50), (60, None)]),
        ([(GONE, 50)], []),
        ([(GONE, 10), (ONSET, 20)], [(20, None)]),
    ],
)
def test_from_onset_to_resolution(rows: list[tuple[SignEventKind, int]], spans: list[tuple[int, int | None]]) -> None:
    events: list[SignEvent] = [sign_event("nausea", kind, 50 + n, minute) for n, (kind, minute) in enumerate(rows)]
    facts = replace(ready_to_leave(ESKETAMINE), sign_events=tuple(events))

    found = sign_spans(facts)

    assert [(span.began_at, span.ended_at) for span in found] == [
        (at(began), at(ended) if ended is not None else None) for began, ended in spans
    ]


@each_program
def test_a_check_that_finds_a_sign_begins_it_and_one_that_does_not_ends_nothing(program: Program) -> None:
    sign = program.signs[0]
    checks = (baseline(program), check(program, 50, 40, signs={sign.code: True}), check(program, 51, 60))
    facts = replace(ready_to_leave(program), checks=checks, sign_events=())

    assert sign_spans(facts) == (SignSpan(sign.code, at(40), None),)


@each_program
def test_a_score_out_of_line_is_a_sign_that_is_there(program: Program) -> None:
    sign = scored(program)
    out = {sign.code: (False, score(program, sign, worse_by=1))}
    facts = replace(ready_to_leave(program), checks=(check(program, 50, 40, signs=out),), sign_events=())

    assert sign_spans(facts) == (SignSpan(sign.code, at(40), None),)


@each_program
def test_gone_by_the_time_of_a_check_ends_it_at_that_minute(program: Program) -> None:
    sign = program.signs[0]
    facts = replace(
        ready_to_leave(program),
        checks=(check(program, 50, 40, signs={sign.code: True}), check(program, 52, 70)),
        sign_events=(sign_event(sign.code, GONE, 53, 70),),
    )

    assert sign_spans(facts) == (SignSpan(sign.code, at(40), at(70)),)


@each_program
@pytest.mark.parametrize(("order", "ended"), [(51, True), (49, False)])
def test_of_one_minute_what_was_entered_later_is_later(program: Program, order: int, ended: bool) -> None:
    sign = program.signs[0]
    facts = replace(
        ready_to_leave(program),
        checks=(check(program, 50, 40, signs={sign.code: True}),),
        sign_events=(sign_event(sign.code, GONE, order, 40),),
    )

    assert sign_spans(facts) == (SignSpan(sign.code, at(40), at(40) if ended else None),)


BEGAN, GONE = SignEventKind


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], None),
        ([(BEGAN, 10)], SignSpan("nausea", at(10), None)),
        ([(BEGAN, 10), (BEGAN, 20)], SignSpan("nausea", at(10), None)),
        ([(BEGAN, 10), (GONE, 20)], SignSpan("nausea", at(10), at(20))),
        ([(GONE, 20), (BEGAN, 10)], SignSpan("nausea", at(10), at(20))),
        ([(BEGAN, 10), (GONE, 20), (BEGAN, 30)], SignSpan("nausea", at(30), None)),
        ([(GONE, 20)], None),
        ([(BEGAN, 20), (GONE, 20)], SignSpan("nausea", at(20), at(20))),
    ],
)
def test_a_symptom_is_as_last_charted(told: list[tuple[SignEventKind, int]], expected: SignSpan | None) -> None:
    events = tuple(sign_event("nausea", kind, order, minute) for order, (kind, minute) in enumerate(told))
    found = symptoms(ready_to_leave(ESKETAMINE, sign_events=events))
    assert found == ((expected,) if expected else ())


def test_signs_of_the_programme_are_not_symptoms() -> None:
    assert symptoms(ready_to_leave(ESKETAMINE, sign_events=(sign_event("sedation", BEGAN, 1, 10),))) == ()
