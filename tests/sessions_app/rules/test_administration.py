"""The start gate: every refusal appears, and is cleared by the escapes gate.md names and by nothing else."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.enrolment import EnrolmentFacts, Setting
from clinic.rules.refusals import ClearedBy, Refusal, state_refusal
from sessions_app.rules.administration import (
    administration_refusals,
    clearing_refusals,
    devices_left,
    finishing_refusals,
    not_dosed_refusals,
)
from sessions_app.rules.eligibility import age_on
from sessions_app.rules.facts import GivenDevice, Outcome, SessionFacts, WayHomeKind
from sessions_app.rules.program import Program
from sessions_app.rules.states import State
from tests.sessions_app.rules.builders import (
    ESKETAMINE,
    LAST_DEVICE,
    WITH_A_FRIEND,
    at,
    codes,
    device,
    each_program,
    ready_for_second_device,
    ready_to_dose,
    ready_to_leave,
    second_device_minute,
    start,
    stock,
    with_start,
)
from tests.sessions_app.rules.escapes import cleared_by, dosing
from tests.sessions_app.rules.start_cases import CASES


@each_program
def test_lets_a_patient_be_cleared_and_dosed_when_everything_is_in_order(program: Program) -> None:
    facts = ready_to_dose(program)

    assert clearing_refusals(replace(facts, state=State.CHECKED_IN), now=at(0)) == ()
    assert dosing(facts).refusals() == ()
    assert dosing(ready_for_second_device(program), minute=second_device_minute(program)).refusals() == ()


@each_program
@pytest.mark.parametrize("case", CASES)
def test_refuses_and_is_cleared_by_what_it_names_and_by_nothing_else(program: Program, case: str) -> None:
    code, make, ways = CASES[case]
    scene = make(program)

    assert cleared_by(scene, code) == ways
    refusal = scene.refused(code)
    assert refusal is not None
    assert set(refusal.cleared_by) == (ways or {ClearedBy.NOBODY})
    assert (refusal.clears_at is not None) is (ClearedBy.TIME in ways)


ABOUT_NO_DEVICE = [
    case
    for case, (code, make, _) in CASES.items()
    if not code.startswith("DEVICE") and not make(ESKETAMINE).facts.devices
]


@each_program
@pytest.mark.parametrize("case", ABOUT_NO_DEVICE)
def test_refuses_the_same_at_clearing(program: Program, case: str) -> None:
    code, make, _ = CASES[case]
    scene = make(program)

    assert code in codes(clearing_refusals(replace(scene.facts, state=State.CHECKED_IN), now=scene.now))


def test_has_a_case_for_every_row_of_the_gate() -> None:
    rows = """FACILITY AUTHORIZED_REP ENROLMENT AGE CONTRAINDICATION MEDICINES OFF_LABEL MDSI_ANTIDEPRESSANT DOSE_ORDER
    PRESCRIBER_ABSENT OXIMETER BASELINE BASELINE_BP BASELINE_STATE FASTING LIQUID NASAL SAFE_WAY_HOME COUNSELLING
    DEVICE DEVICE_INTERVAL DEVICE_COUNT NEW_SIGN EMERGENCY"""

    assert {code for code, _, _ in CASES.values()} == set(rows.split())


@each_program
@pytest.mark.parametrize("case", [case for case, (_, _, ways) in CASES.items() if ClearedBy.TIME in ways])
def test_says_the_very_second_at_which_waiting_clears_it(program: Program, case: str) -> None:
    code, make, _ = CASES[case]
    scene = make(program)
    refusal = scene.refused(code)
    assert refusal is not None
    assert refusal.clears_at is not None

    assert replace(scene, now=refusal.clears_at - timedelta(seconds=1)).refused(code)
    assert replace(scene, now=refusal.clears_at).refused(code) is None


# --- states -------------------------------------------------------------------------------------------


@each_program
@pytest.mark.parametrize("state", list(State))
def test_asks_each_gate_only_in_its_state(program: Program, state: State) -> None:
    facts = replace(ready_for_second_device(program), state=state)
    now = at(second_device_minute(program))

    def asked(refusals: tuple[Refusal, ...]) -> bool:
        return codes(refusals) != ("STATE",)

    assert asked(clearing_refusals(facts, now=now)) is (state is State.CHECKED_IN)
    administration = administration_refusals(facts, device=stock(), at=now, now=now)
    assert asked(administration) is (state in (State.CLEARED, State.DOSING))
    assert asked(finishing_refusals(facts)) is (state is State.DOSING), "not from an end: that is re-opening"
    before_an_end = (State.CHECKED_IN, State.CLEARED, State.DOSING, State.MONITORING)
    assert asked(not_dosed_refusals(facts)) is (state in before_an_end)


def test_cannot_judge_the_start_of_facts_loaded_for_the_end() -> None:
    with pytest.raises(ValueError, match=r"^the start gate needs facts loaded with start=True$"):
        clearing_refusals(replace(ready_to_dose(ESKETAMINE), start=None, state=State.CHECKED_IN), now=at(0))


@each_program
def test_finishes_dosing_only_with_every_outcome_charted(program: Program) -> None:
    charted = ready_for_second_device(program)
    pending = replace(charted, devices=(*charted.devices, device(LAST_DEVICE, 10, None)))

    assert finishing_refusals(charted) == ()
    ended = replace(charted, state=State.LEFT_EARLY)
    assert finishing_refusals(ended) == (state_refusal(State.LEFT_EARLY, State.MONITORING),)
    (refusal,) = finishing_refusals(pending)
    assert (refusal.code, refusal.params, refusal.cleared_by) == (
        "DEVICE_OUTCOME",
        {"administration_id": pending.devices[-1].id},
        (ClearedBy.DOCUMENTATION,),
    )


@each_program
@pytest.mark.parametrize("state", [State.DOSING, State.MONITORING])
def test_ends_as_not_dosed_only_when_no_device_delivered_a_spray(program: Program, state: State) -> None:
    def refused(*outcomes: Outcome | None) -> tuple[str, ...]:
        devices = tuple(device(number, number, outcome) for number, outcome in enumerate(outcomes, 1))
        return codes(not_dosed_refusals(replace(ready_to_leave(program), state=state, devices=devices)))

    assert refused() == refused(Outcome.FAILED) == refused(Outcome.FAILED, Outcome.FAILED) == ()
    assert refused(Outcome.FULL) == refused(Outcome.PARTIAL, None) == refused(Outcome.FAILED, Outcome.FULL)
    assert refused(Outcome.FULL) == ("SPRAY_DELIVERED",)
    assert refused(None) == refused(Outcome.FAILED, None) == ("DEVICE_OUTCOME",), "charting it is the way out"


def test_counts_the_devices_still_to_be_given() -> None:
    first, second, third = (device(number, number, Outcome.FULL) for number in (1, 2, 3))

    def left(*devices: GivenDevice, **changes: object) -> int:
        return devices_left(with_start(ready_for_second_device(ESKETAMINE, devices=devices), **changes))

    assert [left(), left(first), left(first, second), left(first, second, third)] == [2, 1, 0, 0]
    assert left(first, replace(second, outcome=Outcome.FAILED)) == 1
    assert left(order=None) == 0


# --- days and settings --------------------------------------------------------------------------------


@each_program
def test_asks_no_enrolment_of_an_inpatient_and_everything_else(program: Program) -> None:
    unenrolled = start(program, enrolment=EnrolmentFacts(False, None))

    def refused(setting: Setting, **changes: object) -> tuple[str, ...]:
        facts = ready_to_dose(program, setting=setting, start=replace(unenrolled, **changes))
        return codes(dosing(facts).refusals())

    assert refused(Setting.OUTPATIENT) == ("ENROLMENT",)
    assert refused(Setting.INPATIENT) == ()
    assert refused(Setting.INPATIENT, prescriber_on_site=False) == ("PRESCRIBER_ABSENT",)


@each_program
def test_takes_a_ride_service_or_the_ward_where_they_may(program: Program) -> None:
    strict = program.under({}, ride_service_allowed=False)
    ride, ward = (replace(WITH_A_FRIEND, kind=kind) for kind in (WayHomeKind.RIDE_SERVICE, WayHomeKind.WARD))

    assert dosing(ready_to_dose(program, way_home=ride)).refusals() == ()
    assert dosing(ready_to_dose(strict, way_home=ride)).refused("SAFE_WAY_HOME", missing="ride_service")
    assert dosing(ready_to_dose(program, way_home=ward)).refused("SAFE_WAY_HOME", missing="ward")
    assert dosing(ready_to_dose(program, way_home=ward, setting=Setting.INPATIENT)).refusals() == ()


@pytest.mark.parametrize(
    ("day", "last_second"),
    [
        pytest.param(date(2025, 3, 4), "2025-03-05T04:59:59+00:00", id="an ordinary day"),
        pytest.param(date(2025, 3, 9), "2025-03-10T03:59:59+00:00", id="a day of 23 hours"),
        pytest.param(date(2025, 11, 2), "2025-11-03T04:59:59+00:00", id="a day of 25 hours"),
    ],
)
def test_ends_the_day_of_the_verification_at_midnight_in_the_facilitys_zone(day: date, last_second: str) -> None:
    last = datetime.fromisoformat(last_second)
    assert last.astimezone(ZoneInfo("America/New_York")).time().isoformat() == "23:59:59"
    facts = with_start(ready_to_dose(ESKETAMINE), enrolment=EnrolmentFacts(True, day))
    facts = replace(facts, checked_in_at=last - timedelta(minutes=30))

    assert "ENROLMENT" not in codes(dosing_at(facts, last))
    assert "ENROLMENT" in codes(dosing_at(facts, last + timedelta(seconds=1)))


def dosing_at(facts: SessionFacts, now: datetime) -> tuple[Refusal, ...]:
    return administration_refusals(facts, device=stock(), at=now, now=now)


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2007, 3, 5), date(2025, 3, 4), 17),
        (date(2007, 3, 4), date(2025, 3, 4), 18),
        (date(2007, 3, 3), date(2025, 3, 4), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
    ],
)
def test_counts_full_years(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age
