"""Back to normal? What counts as the final check, as gone, as not obtained, and as no worse than before."""

from dataclasses import replace
from typing import Any

import pytest

from sessions_app.rules.discharge import discharge_refusals
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.program import Program
from sessions_app.rules.recovery import final_check, unresolved_since
from tests.sessions_app.rules.builders import (
    BASELINE,
    ESKETAMINE,
    FINAL,
    NOT_OBTAINED,
    PEAK,
    SEDALINE,
    at,
    baseline,
    check,
    codes,
    decision,
    each_program,
    end_minute,
    ident,
    ids,
    onset,
    peak_minute,
    ready_to_leave,
    resolution,
    score,
    scored,
    with_check,
)
from tests.sessions_app.rules.escapes import Scene, leaving


def later_check(facts: SessionFacts, number: int = 20, *, minutes: float = 1, **changes: Any) -> SessionFacts:
    """One more check after the final one; the assessment follows it."""
    minute = end_minute(facts) + minutes
    facts = with_check(facts, check(facts.program, number, minute, **changes))
    return replace(facts, assessed_at=(*facts.assessed_at, at(minute)))


def final_id(facts: SessionFacts) -> Any:
    final = final_check(facts)
    return final and final.id


# --- which check is the final one ---------------------------------------------------------------------


@each_program
def test_takes_the_latest_full_check(program: Program) -> None:
    facts = ready_to_leave(program)

    assert final_id(facts) == ident(FINAL)
    assert final_id(later_check(facts)) == ident(20)
    assert final_id(later_check(facts, signs=())) == ident(FINAL)


@each_program
def test_wants_the_final_check_not_before_any_row_of_the_programmes_signs(program: Program) -> None:
    facts, code, end = ready_to_leave(program), program.signs[0].code, end_minute(ready_to_leave(program))

    def with_event(minute: float, name: str = code) -> SessionFacts:
        events = (onset(name, 20, minute - 30), resolution(name, 21, minute))
        return replace(facts, sign_events=events)

    assert codes(leaving(with_event(end + 1)).refusals()) == ("FINAL_CHECK",)
    assert leaving(with_event(end)).refusals() == (), "the same minute is fine"
    assert leaving(with_event(end + 1, "headache")).refusals() == (), "other symptoms may continue"
    assert final_id(later_check(facts, bp=None, spo2=None)) is None, "a later check of the signs alone"
    assert codes(leaving(later_check(with_event(end + 1))).refusals()) == ()


@each_program
def test_takes_of_two_final_checks_in_one_minute_the_one_that_obtained_more(program: Program) -> None:
    facts, end = ready_to_leave(program), end_minute(ready_to_leave(program))
    refused = check(program, 20, end, bp=NOT_OBTAINED)

    both = with_check(facts, refused)

    assert final_id(both) == ident(FINAL)
    assert leaving(both).refusals() == ()


# --- not obtained -------------------------------------------------------------------------------------


def unobtained(program: Program, measure: str) -> Scene:
    """One measure of the final check was not obtained, and what was seen of it before was poor."""
    facts, end = ready_to_leave(program), end_minute(ready_to_leave(program))
    poor: dict[str, Any] = {"bp": (200, 110), "spo2": 80, "signs": {measure: True}}
    changes: dict[str, Any] = {"bp": NOT_OBTAINED, "spo2": NOT_OBTAINED, "signs": {measure: None}}
    key = {"blood_pressure": "bp", "spo2": "spo2"}.get(measure, "signs")
    rows = (
        check(program, PEAK, peak_minute(program), **{key: poor[key]}),
        check(program, FINAL, end, **{key: changes[key]}),
    )
    events = (resolution(measure, 30, end),) if key == "signs" else ()
    return leaving(replace(with_check(facts, *rows), sign_events=events))


def own_code(program: Program, measure: str) -> str:
    sign = program.sign(measure)
    return sign.refusal_code if sign else {"blood_pressure": "BP", "spo2": "SPO2"}[measure]


@each_program
@pytest.mark.parametrize("place", range(5))
def test_answers_the_measures_own_row_by_the_examination(program: Program, place: int) -> None:
    measure = program.measures[place]
    scene = unobtained(program, measure)
    assert set(codes(scene.refusals())) == {"NOT_OBTAINED", own_code(program, measure)}

    def decided(**changes: Any) -> Scene:
        made = decision("NOT_OBTAINED", FINAL, order=50, minute=300, measure=measure, examined=True)
        return scene.later(decisions=(replace(made, **changes),))

    assert decided().refusals() == ()
    for short in ({"examined": False}, {"measure": program.measures[place - 1]}, {"bound_ids": ids(PEAK)}):
        assert set(codes(decided(**short).refusals())) == {"NOT_OBTAINED", own_code(program, measure)}


@each_program
@pytest.mark.parametrize(("measure", "poor"), [("blood_pressure", {"bp": (200, 110)}), ("spo2", {"spo2": 80})])
@pytest.mark.parametrize("minutes", [0, 1])
def test_believes_a_reading_made_with_or_after_the_examined_check(
    program: Program, measure: str, poor: dict[str, Any], minutes: int
) -> None:
    made = decision("NOT_OBTAINED", FINAL, order=50, minute=300, measure=measure, examined=True)
    scene = unobtained(program, measure).later(decisions=(made,))
    asked: dict[str, Any] = {"bp": None, "spo2": None, "signs": (), **poor}

    worse = replace(scene, facts=later_check(scene.facts, minutes=minutes, **asked))

    assert codes(worse.refusals()) == (own_code(program, measure),)


@each_program
def test_does_not_let_an_examination_answer_a_yes_of_the_same_minute(program: Program) -> None:
    sign = program.signs[0]
    made = decision("NOT_OBTAINED", FINAL, order=50, minute=300, measure=sign.code, examined=True)
    scene = unobtained(program, sign.code).later(decisions=(made,))
    other = check(program, 20, end_minute(scene.facts), bp=None, spo2=None, signs={sign.code: True})

    assert scene.refusals() == ()
    assert replace(scene, facts=with_check(scene.facts, other)).refused(sign.refusal_code)


@each_program
def test_answers_by_an_examination_only_what_nobody_could_tell(program: Program) -> None:
    sign, facts = scored(program), ready_to_leave(program)
    made = decision("NOT_OBTAINED", FINAL, order=50, minute=300, measure=sign.code, examined=True)

    def refused(answer: Any, *others: Any) -> set[str]:
        rows = [check(program, FINAL, end_minute(facts), signs={sign.code: answer}), *others]
        return set(codes(leaving(replace(with_check(facts, *rows), decisions=(made,))).refusals()))

    twice = check(program, 6, end_minute(facts), bp=None, spo2=None, signs={sign.code: None})
    assert refused(None) == set()
    assert sign.refusal_code in refused((None, score(program, sign, worse_by=1))), "a score that was obtained counts"
    assert refused(None, twice) == {sign.refusal_code}, "a second asking in that minute was not examined"


@each_program
def test_asks_for_a_sign_not_obtained_before_there_is_a_final_check(program: Program) -> None:
    sign = program.signs[0]
    facts = with_check(ready_to_leave(program), check(program, FINAL, 60, bp=None, signs={sign.code: None}))

    assert set(codes(leaving(facts).refusals())) == {"FINAL_CHECK", sign.refusal_code}


@each_program
def test_lets_a_patient_go_who_refused_every_measure_after_an_examination_of_each(program: Program) -> None:
    facts, end = ready_to_leave(program), end_minute(ready_to_leave(program))
    nothing = {"bp": NOT_OBTAINED, "spo2": NOT_OBTAINED, "signs": dict.fromkeys(program.measures[2:])}
    rows = [check(program, PEAK, peak_minute(program)), check(program, FINAL, end, **nothing)]
    scene = leaving(with_check(facts, *rows))
    decisions = [
        decision("NOT_OBTAINED", FINAL, order=50, minute=300, measure=measure, examined=True)
        for measure in program.measures
    ]

    assert scene.later(decisions=tuple(decisions)).refusals() == ()
    for place, measure in enumerate(program.measures):
        one_short = scene.later(decisions=tuple(decisions[:place] + decisions[place + 1 :]))
        assert one_short.refused("NOT_OBTAINED", measure=measure)


# --- gone ---------------------------------------------------------------------------------------------


@each_program
def test_wants_the_end_of_a_sign_after_its_last_beginning(program: Program) -> None:
    facts, sign = ready_to_leave(program), program.signs[0]

    def since(*events: Any, signs: bool = False) -> Any:
        rows = [check(program, PEAK, peak_minute(program), order=40, signs={sign.code: signs})]
        return unresolved_since(replace(with_check(facts, *rows), sign_events=events), sign)

    peak = peak_minute(program)
    assert since() is None
    assert since(onset(sign.code, 20, 30)) == at(30)
    assert since(onset(sign.code, 20, 30), resolution(sign.code, 21, 50)) is None
    assert since(onset(sign.code, 20, 30), resolution(program.signs[1].code, 21, 50)) == at(30), "another sign's end"
    assert since(resolution(sign.code, 20, 25), onset(sign.code, 21, 30)) == at(30), "an end before the beginning"
    again = (onset(sign.code, 20, 20), resolution(sign.code, 21, 25), onset(sign.code, 22, 30))
    assert since(*again) == at(30)
    assert since(*again, resolution(sign.code, 23, 40)) is None
    assert since(onset(sign.code, 20, 30, order=60), resolution(sign.code, 21, 50, order=50)) is None, "in time's order"
    assert since(signs=True) == at(peak)
    assert since(resolution(sign.code, 20, peak - 1, order=60), signs=True) == at(peak)
    assert since(resolution(sign.code, 20, peak, order=41), signs=True) is None, "by the time of this check"
    assert since(resolution(sign.code, 20, peak, order=39), signs=True) == at(peak), "entered before the yes"


@each_program
def test_does_not_take_a_yes_before_the_dose_for_a_beginning(program: Program) -> None:
    sign = program.signs[-1]
    facts = with_check(ready_to_leave(program), baseline(program, signs={sign.code: True}))

    assert unresolved_since(facts, sign) is None
    assert leaving(facts).refusals() == ()


def lasting(program: Program, *, before: Any, peak: Any, last: Any) -> Scene:
    """A sign all along, accepted by the prescriber at the last check."""
    sign = scored(program)
    facts, end = ready_to_leave(program), end_minute(ready_to_leave(program))
    rows = (
        baseline(program, BASELINE, signs={sign.code: before}),
        check(program, PEAK, peak_minute(program), signs={sign.code: peak}),
        check(program, FINAL, end, signs={sign.code: last}),
    )
    accepted = decision(sign.refusal_code, FINAL, order=50, minute=end + 1)
    return leaving(replace(with_check(facts, *rows), decisions=(accepted,)))


@each_program
def test_needs_no_end_of_a_sign_already_there_before_the_dose_and_accepted_as_no_worse(program: Program) -> None:
    poor = (True, score(program, scored(program), worse_by=1))
    worse = (True, score(program, scored(program), worse_by=2))
    good = (False, score(program, scored(program)))

    assert lasting(program, before=poor, peak=worse, last=poor).refusals() == ()
    assert codes(lasting(program, before=good, peak=worse, last=good).refusals()) == ("UNRESOLVED",)
    by_answer, by_score = (True, good[1]), (False, poor[1])
    assert lasting(program, before=by_answer, peak=worse, last=by_answer).refusals() == ()
    assert lasting(program, before=by_score, peak=worse, last=by_score).refusals() == ()
    undecided = lasting(program, before=poor, peak=poor, last=poor).later(decisions=())
    assert set(codes(undecided.refusals())) == {scored(program).refusal_code, "UNRESOLVED"}
    late = check(program, 30, 60, order=60, bp=None, spo2=None, signs=())
    voided = lasting(program, before=poor, peak=poor, last=poor)
    assert replace(voided, facts=with_check(voided.facts, late)).refused("UNRESOLVED")


@each_program
def test_wants_the_end_of_a_sign_that_nobody_asked_about_before_the_dose(program: Program) -> None:
    poor = (True, score(program, scored(program), worse_by=1))
    scene = lasting(program, before=poor, peak=poor, last=poor)
    unasked = replace(scene.facts, checks=scene.facts.checks[1:])

    assert {"UNRESOLVED", scored(program).refusal_code} <= set(codes(leaving(unasked).refusals()))


def test_asks_no_less_of_a_sign_under_a_stricter_score() -> None:
    """Present before the dose only by the policy's score: an end is needed once it was worse than then."""
    strict = ESKETAMINE.under({"cadss_normal": 0})
    sign = strict.sign("dissociation")
    assert sign is not None

    def refused(peak: int, *events: Any) -> set[str]:
        facts, end = ready_to_leave(strict), end_minute(ready_to_leave(strict))
        rows = (
            baseline(strict, signs={sign.code: (False, 2)}),
            check(strict, PEAK, peak_minute(strict), signs={sign.code: (False, peak)}),
            check(strict, FINAL, end, signs={sign.code: (False, 2)}),
        )
        accepted = decision(sign.refusal_code, FINAL, order=50, minute=end + 1)
        scene = leaving(replace(with_check(facts, *rows), decisions=(accepted,), sign_events=events))
        return set(codes(scene.refusals()))

    assert refused(2) == set(), "the same all along"
    assert refused(3) == {"UNRESOLVED"}
    assert refused(10) == {"UNRESOLVED"}
    assert refused(2, onset(sign.code, 20, 30)) == {"UNRESOLVED"}
    assert refused(2, resolution(sign.code, 20, 30)) == set()


def test_watches_an_unscored_sign_by_its_answer() -> None:
    speech = SEDALINE.signs[-1]
    facts = later_check(ready_to_leave(SEDALINE), signs={speech.code: True})

    assert set(codes(discharge_refusals(facts, now=at(181)))) == {"SPEECH", "UNRESOLVED"}
