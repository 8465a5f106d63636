"""A nurse and a prescriber who do nothing but what the refusals say: each is answered by one of its escapes, until
the gate opens or nobody here can open it. And the small worlds they start from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from hypothesis import strategies as st

from clinic.rules.policy import Number
from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.rules.facts import Check, CheckKind, GivenDevice, Outcome, SessionFacts
from sessions_app.rules.program import Program
from tests.sessions_app.rules.builders import (
    FINAL,
    FIRST_DEVICE,
    LAST_DEVICE,
    NOT_OBTAINED,
    PEAK,
    at,
    baseline,
    check,
    concern,
    device,
    end_minute,
    leaving_now,
    next_order,
    onset,
    peak_minute,
    ready_to_leave,
    score,
    second_device_minute,
)
from tests.sessions_app.rules.escapes import ESCAPES, Scene, leaving, measure

MEASURING_FIRST = (ClearedBy.MEASUREMENT, ClearedBy.PRESCRIBER)
DECIDING_FIRST = (ClearedBy.PRESCRIBER, ClearedBy.MEASUREMENT)
REST = (ClearedBy.OTHER, ClearedBy.DEVIATION, ClearedBy.DOCUMENTATION)
Readings = Callable[[SessionFacts, CheckKind, float], Check]

# --- how a patient measures ---------------------------------------------------------------------------


def poor(program: Program, *, by: int = 1) -> dict[str, Any]:
    """Everything wrong: each sign present, with a score where it has one, SpO2 low, BP above the line."""
    signs = {sign.code: (True, score(program, sign, worse_by=by) if sign.scale else None) for sign in program.signs}
    return {
        "bp": (program.value("systolic_line_mmhg") + 10 * by, program.value("diastolic_line_mmhg") + 5 * by),
        "spo2": program.value("spo2_floor_percent") - by,
        "signs": signs,
    }


def nothing(program: Program) -> dict[str, Any]:
    """Asked for everything, and everything refused."""
    return {"bp": NOT_OBTAINED, "spo2": NOT_OBTAINED, "signs": dict.fromkeys(program.measures[2:])}


def well(facts: SessionFacts, kind: CheckKind, minute: float) -> Check:
    return check(facts.program, 1, minute, kind=kind)


def refusing(facts: SessionFacts, kind: CheckKind, minute: float) -> Check:
    return check(facts.program, 1, minute, kind=kind, **nothing(facts.program))


def lasting(facts: SessionFacts, kind: CheckKind, minute: float) -> Check:
    return check(facts.program, 1, minute, kind=kind, **poor(facts.program))


def rising(facts: SessionFacts, kind: CheckKind, minute: float) -> Check:
    """Pressure goes up with every reading; everything else is well."""
    line = facts.program.value("systolic_line_mmhg")
    return check(facts.program, 1, minute, kind=kind, bp=(line + 10 + next_order(facts), 80))


PATIENTS: dict[str, Readings] = {"well": well, "refusing": refusing, "lasting": lasting, "rising": rising}

# --- small worlds -------------------------------------------------------------------------------------


def checks_of(kind: Callable[..., Check], program: Program, number: int, minute: float) -> dict[str, tuple[Check, ...]]:
    return {
        "none": (),
        "normal": (kind(program, number, minute),),
        "poor": (kind(program, number, minute, **poor(program)),),
        "refused": (kind(program, number, minute, **nothing(program)),),
    }


def devices_of(program: Program) -> dict[str, tuple[GivenDevice, ...]]:
    first, minute = device(FIRST_DEVICE, 0), second_device_minute(program)
    return {
        "two": (first, device(LAST_DEVICE, minute)),
        "typed late, not charted": (first, device(LAST_DEVICE, minute, None, counted=minute + 30)),
        "one failed": (first, device(LAST_DEVICE, minute, Outcome.FAILED)),
    }


@dataclass(frozen=True)
class World:
    """Where a session in monitoring may stand: one choice of each."""

    devices: str
    before: str
    peak: str
    final: str
    documented: bool

    def scene(self, program: Program, patient: str) -> Scene:
        facts = ready_to_leave(program, devices=devices_of(program)[self.devices])
        end = end_minute(facts)
        rows = (
            *checks_of(baseline, program, 1, -10)[self.before],
            *checks_of(check, program, PEAK, peak_minute(program))[self.peak],
            *checks_of(check, program, FINAL, end)[self.final],
        )
        facts = replace(facts, checks=rows)
        if not self.documented:
            facts = replace(
                facts,
                assessed_at=(),
                instructions_given=False,
                way_home=None,
                sign_events=tuple(onset(sign.code, 30 + place, 20) for place, sign in enumerate(program.signs)),
                serious_events=(concern(40, 30), concern(41, 31)),
                safety_alerts=(concern(42, 32),),
            )
        scene = leaving(facts, readings=PATIENTS[patient])
        return scene if self.final != "none" else _at(scene, at(100))


CHECKS = ("none", "normal", "poor", "refused")
DEVICES = ("two", "typed late, not charted", "one failed")


def worlds() -> Iterator[World]:
    yield from (World(*choice) for choice in product(DEVICES, CHECKS, CHECKS, CHECKS, (True, False)))


def some_worlds() -> st.SearchStrategy[World]:
    checks = st.sampled_from(CHECKS)
    return st.builds(World, st.sampled_from(DEVICES), checks, checks, checks, st.booleans())


def policies(program: Program) -> st.SearchStrategy[dict[str, int]]:
    """Every policy that can be saved for a programme."""

    def values(number: Number) -> st.SearchStrategy[int]:
        return st.integers(*sorted((number.value, number.bound)))

    return st.fixed_dictionaries({}, optional={name: values(number) for name, number in program.numbers.items()})


# --- doing what the refusals say ----------------------------------------------------------------------


@dataclass(frozen=True)
class End:
    """Where it led, and what was still refused there."""

    scene: Scene
    left: tuple[Refusal, ...]


def answer_every_refusal(scene: Scene, preference: tuple[ClearedBy, ...]) -> End:
    """Wait where waiting helps; measure where a measurement is asked for; then do everything else that the refusals
    name. Given up when it has brought nothing three times."""
    in_vain = 0
    while refusals := scene.refusals():
        if in_vain > 2:
            return End(scene, refusals)
        in_vain += 1
        if (moment := _worth_waiting_for(scene, refusals)) is not None:
            scene, in_vain = _at(scene, moment), 0
            continue
        if any(_choose(refusal, preference) is ClearedBy.MEASUREMENT for refusal in refusals):
            scene = measure(_at(scene, scene.now + timedelta(minutes=1)), refusals[0])
        for refusal in scene.refusals():
            if way := _choose(refusal, (*preference, *REST), but=ClearedBy.MEASUREMENT):
                scene = ESCAPES[way](scene, refusal)
    return End(scene, ())


def _at(scene: Scene, moment: datetime) -> Scene:
    return replace(scene, now=moment, release=scene.release and leaving_now(moment))


def _choose(refusal: Refusal, ways: tuple[ClearedBy, ...], *, but: ClearedBy | None = None) -> ClearedBy | None:
    nobody_yet = refusal.params.get("ways") == ()  # a pressure that no prescriber may accept yet
    open_ways = set(refusal.cleared_by) - {but} - ({ClearedBy.PRESCRIBER} if nobody_yet else set())
    return next((way for way in ways if way in open_ways), None)


def _worth_waiting_for(scene: Scene, refusals: tuple[Refusal, ...]) -> datetime | None:
    """The moment at which waiting clears a refusal; or at which a pressure that does not fall may be accepted."""
    moments = [refusal.clears_at for refusal in refusals if refusal.clears_at]
    moments += [
        refusal.params["effect_over_at"]
        for refusal in refusals
        if refusal.params.get("ways") == () and refusal.params["effect_over_at"] > scene.now
    ]
    return max(moments, default=None)
