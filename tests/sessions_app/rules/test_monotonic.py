"""Safety that no example shows: a worse latest reading opens no gate, waiting closes none but by a rule with a name,
and a tightened policy removes no refusal. On random sessions near the point where a gate opens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.rules.refusals import Refusal
from sessions_app.rules.facts import Check, CheckKind, SignAnswer
from sessions_app.rules.program import Program
from sessions_app.rules.readings import after_dose, measures_asked
from sessions_app.rules.signs import Sign
from sessions_app.rules.states import State
from tests.sessions_app.rules.builders import PROGRAMS, check, score, with_check
from tests.sessions_app.rules.escapes import Scene
from tests.sessions_app.rules.solver import poor
from tests.sessions_app.rules.strategies import dosing_scenes, leaving_scenes, tightenings

Scenes = Callable[[Program], st.SearchStrategy[Scene]]
each_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.code)
# Each example asks both gates of a whole session again: a third of what other properties look at.
few = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=settings.default.max_examples // 3)
each_gate = pytest.mark.parametrize("scenes", [dosing_scenes, leaving_scenes], ids=["start", "discharge"])


def rows_of(scene: Scene) -> set[tuple[object, ...]]:
    """What is refused, by row of the gate and measure, whatever the numbers say."""
    return {
        (row.code, row.params.get("measure"), row.params.get("sign"), row.params.get("missing"))
        for row in scene.refusals()
    }


# --- a worse latest reading ---------------------------------------------------------------------------


def latest_rows(scene: Scene, measure: str) -> list[Check]:
    """The checks of the latest minute at which this measure was asked."""
    asked = [row for row in scene.facts.checks if measure in measures_asked(row)]
    latest = max((row.occurred_at for row in asked), default=None)
    rows = [row for row in asked if row.occurred_at == latest]
    since_dose = [row for row in rows if row in after_dose(scene.facts)]
    return since_dose or rows


def worse(row: Check, measure: str, program: Program, by: int) -> Check:
    """The same check with a worse value of one measure: what was not obtained stays so."""
    if measure == "blood_pressure" and row.systolic_mmhg is not None and row.diastolic_mmhg is not None:
        return replace(row, systolic_mmhg=row.systolic_mmhg + by, diastolic_mmhg=row.diastolic_mmhg + by // 2)
    if measure == "spo2" and row.spo2_percent is not None:
        return replace(row, spo2_percent=row.spo2_percent - by)
    sign = program.sign(measure)
    if sign is None:
        return row
    answers = tuple(_worse_answer(answer, sign, by) if answer.code == measure else answer for answer in row.signs)
    return replace(row, signs=answers)


def _worse_answer(answer: SignAnswer, sign: Sign, by: int) -> SignAnswer:
    """Worse by score, by answer, or by both; nobody could tell is worse than no."""
    scored = answer.score is not None
    poorer = answer.score + (-by if sign.better == "higher" else by) if answer.score is not None else None
    present = answer.present if scored and by % 2 else True if by % 3 or answer.present else None
    return SignAnswer(answer.code, present, poorer)


@each_program
@each_gate
@few
@given(data=st.data())
def test_opens_no_gate_by_a_worse_latest_reading(scenes: Scenes, program: Program, data: st.DataObject) -> None:
    better = data.draw(scenes(program))
    measure = data.draw(st.sampled_from(program.measures))
    rows = latest_rows(better, measure)
    changed = [worse(row, measure, program, data.draw(st.integers(1, 30))) for row in rows]

    worsened = replace(better, facts=with_check(better.facts, *changed))

    # Not obtained gives way to an answer; everything else that was refused still is.
    lost = rows_of(better) - rows_of(worsened)
    assert {code for code, *_ in lost} <= {"NOT_OBTAINED", "BASELINE"}
    assert better.refusals() == () or worsened.refusals() != ()


@each_program
@each_gate
@few
@given(data=st.data())
def test_is_closed_after_a_new_reading_out_of_line(scenes: Scenes, program: Program, data: st.DataObject) -> None:
    """No decision knows it yet, whatever was decided before."""
    scene = data.draw(scenes(program))
    first = scene.facts.first_device_at
    kind = CheckKind.BASELINE if first is None else CheckKind.MONITORING
    latest = max((row.occurred_at for row in scene.facts.checks), default=scene.now)
    moment = max(latest, first or latest)
    by = data.draw(st.integers(1, 5))
    line, floor = program.value("systolic_line_mmhg"), program.value("spo2_floor_percent")
    stops = next(sign for sign in program.signs if sign.stops_dosing and sign.scale)
    bad: list[dict[str, Any]] = [{"bp": (line + by, 60)}, {"bp": poor(program, by=by)["bp"]}, {"spo2": floor - by}]
    if scene.facts.state is not State.DOSING:  # there a sign no worse than before the dose is no new one
        bad += [{"signs": {stops.code: (False, score(program, stops, worse_by=by))}}, {"signs": {stops.code: True}}]
    asked = {"bp": None, "spo2": None, "signs": (), **data.draw(st.sampled_from(bad))}
    row = replace(check(program, 99, 0, kind=kind, order=99, **asked), occurred_at=moment)

    assert replace(scene, facts=with_check(scene.facts, row)).refusals() != ()


# --- waiting ------------------------------------------------------------------------------------------

NAMED = {
    ("FINAL_STALE",),
    ("BASELINE", "old"),
    ("ENROLMENT", "verification"),
    ("DEVICE", "expired"),
    ("DEVICE", "use_by"),
}


def key(refusal: Refusal) -> tuple[object, ...]:
    """What is refused, whatever its numbers say."""
    params = refusal.params
    return (refusal.code, *(params.get(name) for name in ("measure", "sign", "missing", "bound_ids", "problems")))


def by_name(refusal: Refusal) -> bool:
    """A staleness rule with a name: the final check, the baseline, the day of the verification, the device."""
    return (
        (refusal.code,) in NAMED
        or (refusal.code, refusal.params.get("problem")) in NAMED
        or ((refusal.code, refusal.params.get("missing")) in NAMED)
    )


@each_program
@each_gate
@few
@given(data=st.data())
def test_closes_no_gate_by_waiting_but_by_a_rule_with_a_name(
    scenes: Scenes, program: Program, data: st.DataObject
) -> None:
    scene = data.draw(scenes(program))
    wait = data.draw(st.one_of(st.integers(1, 3600), st.integers(3600, 3 * 86400)))

    later = replace(scene, now=scene.now + timedelta(seconds=wait))

    new = [refusal for refusal in later.refusals() if key(refusal) not in {key(row) for row in scene.refusals()}]
    assert [refusal for refusal in new if not by_name(refusal)] == []


@each_program
@each_gate
@few
@given(data=st.data())
def test_clears_by_waiting_exactly_what_it_says(scenes: Scenes, program: Program, data: st.DataObject) -> None:
    scene = data.draw(scenes(program))
    for refusal in scene.refusals():
        if refusal.clears_at is not None:
            then = replace(scene, now=refusal.clears_at)
            a_second_before = replace(scene, now=refusal.clears_at - timedelta(seconds=1))
            assert key(refusal) not in {key(row) for row in then.refusals()}
            assert key(refusal) in {key(row) for row in a_second_before.refusals()}


# --- tightening ---------------------------------------------------------------------------------------


@each_program
@each_gate
@few
@given(data=st.data())
def test_removes_no_refusal_by_tightening(scenes: Scenes, program: Program, data: st.DataObject) -> None:
    looser, tighter = data.draw(tightenings(program))
    under_tighter = data.draw(scenes(tighter))

    under_looser = replace(under_tighter, facts=replace(under_tighter.facts, program=looser))

    lost = {code for code, *_ in rows_of(under_looser) - rows_of(under_tighter)}
    assert lost <= ({"FINAL_STALE", "NOT_OBTAINED"} if under_tighter.refused("FINAL_CHECK") else set())
    assert under_tighter.refusals() != () or under_looser.refusals() == ()
