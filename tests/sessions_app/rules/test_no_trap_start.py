"""Before and between devices: the gate opens by what its refusals say, or the session ends without another dose."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.rules.refusals import ClearedBy
from sessions_app.rules.administration import finishing_refusals, not_dosed_refusals
from sessions_app.rules.facts import Intake, IntakeAnswer, IntakeRow, Outcome
from sessions_app.rules.program import Program
from tests.sessions_app.rules.builders import (
    PROGRAMS,
    at,
    baseline,
    check,
    codes,
    concern,
    course,
    device,
    ident,
    onset,
    ready_for_second_device,
    ready_to_dose,
    second_device_minute,
    stock,
    with_check,
)
from tests.sessions_app.rules.escapes import Scene, dosing
from tests.sessions_app.rules.solver import (
    CHECKS,
    DECIDING_FIRST,
    MEASURING_FIRST,
    PATIENTS,
    answer_every_refusal,
    checks_of,
    policies,
)

TIGHTEST = [program.under({name: number.bound for name, number in program.numbers.items()}) for program in PROGRAMS]
INTAKES = (None, *IntakeAnswer)
ORDERS = ("as labelled", "none", "off-label")
every_program = pytest.mark.parametrize(
    "program", [*PROGRAMS, *TIGHTEST], ids=[f"{p.code}{how}" for how in ("", " tightest") for p in PROGRAMS]
)


@dataclass(frozen=True)
class Arrival:
    """What was asked, measured and arranged so far."""

    intake: IntakeAnswer | None
    before: str
    order: str
    documented: bool
    on_site: bool

    def scene(self, program: Program, patient: str) -> Scene:
        intake = {} if self.intake is None else {kind: self._row(kind) for kind in Intake}
        start: dict[str, Any] = {
            "intake": intake,
            "prescriber_on_site": self.on_site,
            "oximeter_on_site": self.on_site,
        }
        if self.order == "none":
            start["order"] = None
        if self.order == "off-label":
            start["course"] = course(program, off_label=True)
        if not self.documented:
            start |= {"contraindications": {}, "anything_new": None, "medicines": {}}
        facts = ready_to_dose(
            program,
            start_changes=start,
            checks=checks_of(baseline, program, 1, -10)[self.before],
            checked_in_at=at(-1),
            **({} if self.documented else {"way_home": None}),
        )
        device = stock() if self.on_site else stock(given=True)
        return Scene(facts, at(0), device=device, readings=PATIENTS[patient])

    def _row(self, kind: Intake) -> IntakeRow:
        assert self.intake is not None
        last_at = at(-5) if self.intake is IntakeAnswer.AT else None
        return IntakeRow(ident(80 + list(Intake).index(kind)), self.intake, last_at)


def arrivals() -> Iterator[Arrival]:
    yield from (Arrival(*choice) for choice in product(INTAKES, CHECKS, ORDERS, (True, False), (True, False)))


def expect_a_dose_or_an_end_without(scene: Scene, preference: tuple[ClearedBy, ...], *, refusing: bool) -> None:
    end = answer_every_refusal(scene, preference)

    if end.left:
        assert refusing, "only who refuses to be measured is not dosed"
        assert set(codes(end.left)) <= {"BASELINE", "OXIMETER"}
        assert {refusal.cleared_by for refusal in end.left} == {(ClearedBy.MEASUREMENT,)}
    assert not_dosed_refusals(end.scene.facts) == ()


@every_program
@pytest.mark.parametrize("patient", ["well", "refusing", "lasting"])
def test_leads_from_every_arrival_to_a_dose_or_to_an_end_without(program: Program, patient: str) -> None:
    preference = MEASURING_FIRST if program in PROGRAMS else DECIDING_FIRST

    for arrival in arrivals():
        expect_a_dose_or_an_end_without(arrival.scene(program, patient), preference, refusing=patient == "refusing")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.code)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_leads_on_under_every_policy_that_can_be_saved(program: Program, data: st.DataObject) -> None:
    strict = program.under(data.draw(policies(program)), ride_service_allowed=data.draw(st.booleans()))
    arrival = data.draw(st.sampled_from(list(arrivals())))
    patient = data.draw(st.sampled_from(["well", "refusing", "lasting"]))

    expect_a_dose_or_an_end_without(
        arrival.scene(strict, patient),
        data.draw(st.sampled_from([MEASURING_FIRST, DECIDING_FIRST])),
        refusing=patient == "refusing",
    )


@every_program
def test_ends_without_a_dose_where_nobody_here_can_open_the_gate(program: Program) -> None:
    facts = ready_to_dose(program, start_changes={"contraindications": dict.fromkeys(program.contraindications, True)})

    end = answer_every_refusal(dosing(facts), MEASURING_FIRST)

    assert codes(end.left) == ("CONTRAINDICATION",)
    assert not_dosed_refusals(facts) == ()


OUTCOMES = (Outcome.FULL, Outcome.PARTIAL, Outcome.FAILED, None)


@every_program
@pytest.mark.parametrize("patient", ["well", "refusing", "lasting"])
def test_leads_from_every_state_between_devices_to_another_or_to_the_end_of_dosing(
    program: Program, patient: str
) -> None:
    minute = second_device_minute(program)
    for given_outcomes in (*product(OUTCOMES, repeat=1), *product(OUTCOMES, repeat=2)):
        for since, event in product(CHECKS, (True, False)):
            devices = tuple(device(10 + place, place * minute, row) for place, row in enumerate(given_outcomes))
            facts = with_check(
                ready_for_second_device(program, devices=devices), *checks_of(check, program, 20, 1)[since]
            )
            if event:
                sign = program.signs[0]
                facts = replace(
                    facts, sign_events=(onset(sign.code, 30, 1),), serious_events=(concern(31, 1), concern(32, 2))
                )
            scene = Scene(facts, at(1), device=stock(given=True), readings=PATIENTS[patient])

            assert answer_every_refusal(scene, MEASURING_FIRST).left == ()
            charted = replace(
                facts, devices=tuple(replace(row, outcome=row.outcome or Outcome.FAILED) for row in devices)
            )
            assert finishing_refusals(charted) == ()
            assert (not_dosed_refusals(charted) == ()) is (charted.delivered == ())
