"""Random sessions near the point where a gate opens: mostly in order, with a few things wrong, and with a prescriber
who decided on much of what the gate shows."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from clinic.rules.policy import Tighten
from clinic.rules.refusals import ClearedBy
from clinic.rules.stock import StockDevice, StockKind
from sessions_app.rules.facts import (
    Check,
    DoseOrder,
    Intake,
    IntakeAnswer,
    IntakeRow,
    Outcome,
    SignEvent,
    SignEventKind,
    WayHomeKind,
)
from sessions_app.rules.program import ENTRY_GRACE, Program
from sessions_app.rules.signs import Sign
from tests.sessions_app.rules.builders import (
    NOT_OBTAINED,
    TODAY,
    WITH_A_FRIEND,
    at,
    baseline,
    check,
    concern,
    course,
    device,
    end_minute,
    ident,
    ready_for_second_device,
    ready_to_dose,
    ready_to_leave,
    score,
    second_device_minute,
    sign_event,
    stock,
    with_check,
    with_start,
)
from tests.sessions_app.rules.escapes import ESCAPES, Scene
from tests.sessions_app.rules.solver import devices_of

Draw = Any


def mostly(usual: Any, other: st.SearchStrategy[Any], *, times: int = 4) -> st.SearchStrategy[Any]:
    return st.integers(0, times).flatmap(lambda roll: st.just(usual) if roll else other)


# --- policies -----------------------------------------------------------------------------------------


@st.composite
def tightenings(draw: Draw, program: Program) -> tuple[Program, Program]:
    """A programme under one policy, and under a second that tightens it further."""
    first: dict[str, int] = {}
    second: dict[str, int] = {}
    names = draw(st.lists(st.sampled_from(sorted(program.numbers)), unique=True, max_size=6))
    for name in names:
        number = program.numbers[name]
        one, other = (draw(st.integers(*sorted((number.value, number.bound)))) for _ in range(2))
        up = number.tighten is Tighten.UP
        first[name], second[name] = (min(one, other), max(one, other)) if up else (max(one, other), min(one, other))
    rides = draw(st.booleans())
    days = draw(st.none() | st.integers(1, 60))
    sooner = draw(st.integers(1, days) if days else st.none() | st.integers(1, 60))
    return (
        program.under(first, ride_service_allowed=rides, contraindication_review_days=days),
        program.under(second, ride_service_allowed=rides and draw(st.booleans()), contraindication_review_days=sooner),
    )


# --- readings -----------------------------------------------------------------------------------------


def sign_answers(program: Program, sign: Sign) -> st.SearchStrategy[Any]:
    plain: list[Any] = [False, True, None]
    if sign.scale:
        plain += [(answer, score(program, sign, worse_by=by)) for answer in (False, True) for by in (-1, 0, 1, 2)]
    return mostly(False, st.sampled_from(plain), times=5)


@st.composite
def readings(draw: Draw, program: Program) -> dict[str, Any]:
    """What a check asked for, and what it found; numbers near the lines."""
    line = (program.value("systolic_line_mmhg"), program.value("diastolic_line_mmhg"))
    pressures = st.tuples(st.integers(line[0] - 12, line[0] + 12), st.integers(line[1] - 12, line[1] + 6))
    floor = program.value("spo2_floor_percent")
    signs = {sign.code: draw(sign_answers(program, sign)) for sign in program.signs}
    return {
        "bp": draw(mostly((120, 75), st.one_of(st.none(), st.just(NOT_OBTAINED), pressures), times=2)),
        "spo2": draw(mostly(98, st.one_of(st.none(), st.just(NOT_OBTAINED), st.integers(floor - 3, floor + 2)))),
        "signs": draw(mostly(signs, st.just(()))),
    }


@st.composite
def more_checks(draw: Draw, program: Program, first: int, last: int) -> list[Check]:
    minutes = draw(st.lists(st.integers(first, last), max_size=3))
    return [
        check(program, 20 + place, minute, order=draw(st.integers(1, 60)), **draw(readings(program)))
        for place, minute in enumerate(minutes)
    ]


@st.composite
def sign_rows(draw: Draw, program: Program, last: int) -> tuple[SignEvent, ...]:
    code = st.sampled_from([*(sign.code for sign in program.signs), "headache"])
    rows = draw(st.lists(st.tuples(code, st.sampled_from(SignEventKind), st.integers(-5, last)), max_size=3))
    return tuple(
        sign_event(*row[:2], 40 + place, row[2], order=draw(st.integers(1, 60))) for place, row in enumerate(rows)
    )


HELP = (ClearedBy.PRESCRIBER, ClearedBy.DEVIATION, ClearedBy.DOCUMENTATION, ClearedBy.OTHER)


@st.composite
def helped(draw: Draw, scene: Scene) -> Scene:
    """Somebody answered much of what the gate shows; a decision perhaps too early, or without an examination."""
    ways = (*HELP, ClearedBy.MEASUREMENT) if draw(st.booleans()) else HELP
    by = scene.now + ENTRY_GRACE  # no time later than this can have been entered
    scene = scene.later(
        checks=tuple(row for row in scene.facts.checks if row.occurred_at <= by),
        sign_events=tuple(row for row in scene.facts.sign_events if row.occurred_at <= by),
    )
    for _ in range(2):
        skipped = draw(st.integers(0, 30))
        for place, refusal in enumerate(scene.refusals()):
            way = next((way for way in ways if way in refusal.cleared_by), None)
            if way and place != skipped:
                scene = ESCAPES[way](scene, refusal)
    roll = draw(st.integers(0, 12))
    if scene.facts.decisions and roll < 3:
        first, *others = scene.facts.decisions
        changed = (replace(first, order=1), replace(first, examined=False), replace(first, occurred_at=at(-1)))[roll]
        scene = scene.later(decisions=(changed, *others))
    return scene


# --- the end ------------------------------------------------------------------------------------------


@st.composite
def leaving_scenes(draw: Draw, program: Program) -> Scene:
    """In front of the discharge gate, at some second after the stay."""
    devices = draw(st.sampled_from(sorted(devices_of(program))))
    facts = ready_to_leave(program, devices=devices_of(program)[devices])
    end = int(end_minute(facts))
    usual = [baseline(program), *facts.checks[1:]]
    rows = [replace(draw(st.sampled_from([row, _changed(draw, program, row)])), id=row.id) for row in usual]
    facts = replace(facts, checks=tuple(rows))
    facts = with_check(facts, *draw(more_checks(program, 0, end + 20)))
    late = draw(st.sampled_from([0, 1, 5, 15, 30, 200, 400]))
    now = at(end + late, seconds=draw(st.integers(0, 59)))
    facts = replace(
        facts,
        sign_events=draw(mostly((), sign_rows(program, end + 10), times=1)),
        serious_events=draw(mostly((), st.just((concern(50, 30),)))),
        safety_alerts=draw(mostly((), st.just((concern(51, 30),)))),
        assessed_at=draw(mostly((at(end + 500),), st.sampled_from([(), (at(end),), (at(30), at(end + 1))]))),
        way_home=draw(
            mostly(WITH_A_FRIEND, st.sampled_from([None, *(replace(WITH_A_FRIEND, kind=k) for k in WayHomeKind)]))
        ),
        instructions_given=draw(mostly(True, st.just(False), times=9)),
        stay_ordered=draw(mostly(None, st.sampled_from([timedelta(hours=1), timedelta(hours=4)]))),
    )
    return draw(helped(Scene(facts, now)))


def _changed(draw: Draw, program: Program, row: Check) -> Check:
    minute = (row.occurred_at - at()).total_seconds() / 60
    return check(program, 1, minute, kind=row.kind, order=row.order, **draw(readings(program)))


# --- the start ----------------------------------------------------------------------------------------


@st.composite
def dosing_scenes(draw: Draw, program: Program) -> Scene:
    """In front of the start gate, before the first device or the second."""
    second = draw(st.booleans())
    facts = ready_for_second_device(program) if second else ready_to_dose(program)
    age = program.value("baseline_age_minutes")
    rows = [
        baseline(program, 1, -draw(mostly(10, st.integers(0, age + 5))), **draw(mostly({}, readings(program), times=1)))
    ]
    if draw(st.booleans()):
        rows.append(baseline(program, 5, -draw(st.integers(0, 12)), order=5, **draw(readings(program))))
    if second:
        rows += draw(more_checks(program, 0, 15))
        outcomes = draw(st.lists(st.sampled_from([*Outcome, None]), min_size=1, max_size=2))
        devices = tuple(device(10 + place, place, row) for place, row in enumerate(outcomes))
        facts = replace(facts, devices=devices, sign_events=draw(mostly((), sign_rows(program, 15), times=2)))
    facts = replace(facts, checks=tuple(rows), checked_in_at=at(-draw(st.integers(11, 130))))
    facts = with_start(facts, **draw(start_changes(program)))
    minute = draw(st.integers(0, 3)) + (second_device_minute(program) if second else 0)
    return draw(helped(Scene(facts, at(minute, seconds=draw(st.integers(0, 59))), device=draw(stock_devices()))))


@st.composite
def start_changes(draw: Draw, program: Program) -> dict[str, Any]:
    first = TODAY - timedelta(days=draw(st.integers(0, 60)))
    treated = course(
        program,
        first_dose_date=draw(st.sampled_from([None, first])),
        last_dose_date=draw(mostly(None, st.integers(0, 8).map(lambda days: TODAY - timedelta(days=days)))),
    )
    devices = draw(st.sampled_from([2, 3, 4]))
    reason = draw(mostly("weighed and wanted", st.just("")))
    years = program.value("minimum_age_years") + draw(mostly(20, st.integers(-1, 4)))
    return {
        "course": treated,
        "order": DoseOrder(devices * program.mg_per_device, devices, reason),
        "birth_date": date(TODAY.year - years, TODAY.month, TODAY.day + draw(st.integers(-1, 1))),
        "intake": {intake: draw(intake_rows(place)) for place, intake in enumerate(Intake)},
    }


@st.composite
def intake_rows(draw: Draw, place: int) -> IntakeRow:
    answer = draw(st.sampled_from(IntakeAnswer))
    last_at = at(-draw(mostly(260, st.integers(0, 260)))) if answer is IntakeAnswer.AT else None
    return IntakeRow(ident(80 + place), answer, last_at)


@st.composite
def stock_devices(draw: Draw) -> StockDevice:
    received = TODAY - timedelta(days=draw(mostly(0, st.integers(0, 50))))
    kind = draw(st.sampled_from(StockKind))
    return stock(kind=kind, for_this_patient=draw(mostly(True, st.just(False))), received_date=received)
