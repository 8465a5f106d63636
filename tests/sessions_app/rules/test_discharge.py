"""The discharge gate: every refusal appears, and is cleared by the escapes gate.md names and by nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic.rules.enrolment import Setting
from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.rules.discharge import Release, discharge_refusals, peak_window, stay_left
from sessions_app.rules.facts import Deviation, Outcome, WayHomeKind
from sessions_app.rules.program import Program
from sessions_app.rules.states import State
from tests.sessions_app.rules.builders import (
    BASELINE,
    ESKETAMINE,
    FIRST_DEVICE,
    LAST_DEVICE,
    PEAK,
    WITH_A_FRIEND,
    at,
    baseline,
    codes,
    concern,
    device,
    each_program,
    end_minute,
    ids,
    only,
    onset,
    ready_to_leave,
    scored,
    second_device_minute,
)
from tests.sessions_app.rules.discharge_cases import CASES, DECIDED, departing, without
from tests.sessions_app.rules.escapes import cleared_by, leaving


@each_program
def test_lets_a_patient_go_when_everything_is_in_order(program: Program) -> None:
    assert leaving(ready_to_leave(program)).refusals() == ()


@each_program
@pytest.mark.parametrize("case", CASES)
def test_refuses_and_is_cleared_by_what_it_names_and_by_nothing_else(program: Program, case: str) -> None:
    code, make, ways = CASES[case]
    code = scored(program).refusal_code if code == "SIGN" else code
    scene = make(program)

    assert cleared_by(scene, code) == ways
    refusal = scene.refused(code)
    assert refusal is not None
    # A pressure is always shown to the prescriber, with the ways there are; the others name exactly what helps.
    assert set(refusal.cleared_by) == (DECIDED if refusal.params.get("ways") == () else ways)
    assert (refusal.clears_at is not None) is (ClearedBy.TIME in ways)


def test_has_a_case_for_every_row_of_the_gate() -> None:
    rows = """MINIMUM_STAY BASELINE_CHECK PEAK_CHECK FINAL_CHECK FINAL_STALE NOT_OBTAINED SIGN UNRESOLVED SPO2 BP
    SERIOUS_EVENT SAFETY_ALERT READINESS SAFE_WAY_HOME INSTRUCTIONS TIME_IMPOSSIBLE"""

    assert {code for code, _, _ in CASES.values()} == set(rows.split())


@each_program
@pytest.mark.parametrize("state", [state for state in State if state is not State.MONITORING])
def test_refuses_a_session_that_is_not_being_monitored(program: Program, state: State) -> None:
    facts = ready_to_leave(program, state=state)

    (refusal,) = discharge_refusals(facts, now=at(1000))

    assert (refusal.code, refusal.params) == ("STATE", {"state": state.value, "wanted": "DISCHARGED"})


@each_program
def test_says_what_is_missing_in_the_order_of_the_gate(program: Program) -> None:
    bare = replace(
        ready_to_leave(program),
        checks=(),
        sign_events=(onset(program.signs[0].code, 20, 50),),
        serious_events=(concern(21, 50),),
        safety_alerts=(concern(22, 50),),
        assessed_at=(),
        way_home=None,
        instructions_given=False,
    )

    assert codes(discharge_refusals(bare, now=at(60))) == (
        *("MINIMUM_STAY", "BASELINE_CHECK", "PEAK_CHECK", "FINAL_CHECK"),
        *(sign.refusal_code for sign in program.signs),
        *("UNRESOLVED", "SPO2", "BP", "SERIOUS_EVENT", "SAFETY_ALERT", "READINESS", "SAFE_WAY_HOME", "INSTRUCTIONS"),
    )


# --- the stay -----------------------------------------------------------------------------------------


@each_program
def test_counts_the_stay_from_the_device_the_programme_names(program: Program) -> None:
    last = second_device_minute(program)
    anchor = {"last_device": last, "first_device": 0}[program.anchor]

    assert ready_to_leave(program).stay_ends_at == at(anchor + program.value("minimum_stay_minutes"))


def test_counts_the_stay_from_the_last_device_that_delivered_a_spray() -> None:
    first, partial = device(FIRST_DEVICE, 0), device(LAST_DEVICE, 5, Outcome.PARTIAL)
    failed, pending = device(7, 10, Outcome.FAILED), device(8, 15, None)

    def ends(*devices: object) -> object:
        return ready_to_leave(ESKETAMINE, devices=devices).stay_ends_at

    assert ends(first, partial) == at(125)
    assert ends(first, partial, failed) == at(125)
    assert ends(first, partial, failed, pending) == at(135), "what is not charted yet counts as delivered"
    assert ends(failed) is None


def test_counts_a_device_typed_late_from_its_entry_until_it_is_confirmed() -> None:
    late = device(LAST_DEVICE, 5, counted=40)

    facts = ready_to_leave(ESKETAMINE, devices=(device(FIRST_DEVICE, 0), late))
    refusal = only(discharge_refusals(facts, now=at(125)), "MINIMUM_STAY")
    assert refusal.clears_at == at(160)
    assert (refusal.params["device_at"], refusal.params["counted_at"]) == (at(5), at(40))

    confirmed = replace(facts, devices=(facts.devices[0], replace(late, counted_at=late.occurred_at)))
    assert discharge_refusals(confirmed, now=at(125)) == ()


def test_takes_the_latest_counted_time_even_of_an_earlier_device() -> None:
    facts = ready_to_leave(ESKETAMINE, devices=(device(FIRST_DEVICE, 0, counted=30), device(LAST_DEVICE, 5)))

    assert facts.stay_ends_at == at(150)


@each_program
def test_lets_a_prescriber_lengthen_the_stay_and_nobody_shorten_it(program: Program) -> None:
    own = ready_to_leave(program)
    longer = replace(own, stay_ordered=program.minimum_stay + timedelta(minutes=1))
    shorter = replace(own, stay_ordered=program.minimum_stay - timedelta(minutes=1))

    assert end_minute(longer) == end_minute(own) + 1
    assert end_minute(shorter) == end_minute(own)
    now = at(end_minute(own), seconds=59)
    refusal = only(discharge_refusals(longer, now=now), "MINIMUM_STAY")
    assert refusal.params["ordered"] is True
    assert stay_left(longer, now=now) == timedelta(seconds=1)
    assert stay_left(longer, now=now + timedelta(hours=1)) == timedelta(0)


@each_program
def test_has_no_stay_where_no_device_delivered_and_leaves_not_dosed_as_the_end(program: Program) -> None:
    facts = ready_to_leave(program, devices=(device(FIRST_DEVICE, 0, Outcome.FAILED),))

    refusal = only(discharge_refusals(facts, now=at(1000)), "MINIMUM_STAY")

    assert refusal == Refusal("MINIMUM_STAY", {"device_at": None}, None, (ClearedBy.DOCUMENTATION,))
    assert (peak_window(facts), stay_left(facts, now=at(0))) == (None, None)


# --- the checks ---------------------------------------------------------------------------------------


@each_program
def test_asks_for_the_whole_pre_dose_check_in_one_or_several(program: Program) -> None:
    bare = without(BASELINE)(program)
    half = baseline(program, spo2=None, signs=())
    other_half = baseline(program, 6, -9, bp=None)

    assert bare.later(checks=(*bare.facts.checks, half)).refused("BASELINE_CHECK")
    assert bare.later(checks=(*bare.facts.checks, half, other_half)).refusals() == ()


@each_program
def test_wants_the_prescribers_examination_where_no_baseline_was_taken(program: Program) -> None:
    bare = without(BASELINE)(program)

    unexamined = bare.later(deviations=(Deviation("BASELINE_CHECK", frozenset(), examined=False),))
    other = bare.later(deviations=(Deviation("PEAK_CHECK", frozenset(), examined=True),))

    assert unexamined.refused("BASELINE_CHECK")
    assert other.refused("BASELINE_CHECK")


@each_program
def test_does_not_take_a_baseline_typed_after_the_first_device_for_one_before_it(program: Program) -> None:
    bare = without(BASELINE)(program)

    late = bare.later(checks=(*bare.facts.checks, baseline(program, 6, 1)))
    same_minute = bare.later(checks=(*bare.facts.checks, baseline(program, 6, 0)))

    assert late.refused("BASELINE_CHECK")
    assert same_minute.refusals() == ()


@each_program
def test_asks_for_another_peak_check_when_another_device_is_charted(program: Program) -> None:
    excused = without(PEAK)(program).later(deviations=(Deviation("PEAK_CHECK", ids(LAST_DEVICE), examined=False),))
    one_more = excused.later(devices=(*excused.facts.devices, device(9, second_device_minute(program) + 1)))

    assert not excused.refused("PEAK_CHECK")
    assert one_more.refused("PEAK_CHECK")


@each_program
def test_only_calls_the_peak_check_missed_when_its_window_is_over(program: Program) -> None:
    facts = without(PEAK)(program).facts
    window = peak_window(facts)
    assert window is not None

    def refusal(seconds: float) -> Refusal:
        return only(discharge_refusals(facts, now=window.closes_at + timedelta(seconds=seconds)), "PEAK_CHECK")

    assert (refusal(59).params["missed"], refusal(59).cleared_by) == (False, (ClearedBy.MEASUREMENT,))
    assert refusal(60).params["missed"] is True
    assert set(refusal(60).cleared_by) == {ClearedBy.DEVIATION, ClearedBy.DOCUMENTATION}


def test_takes_the_peak_window_by_the_typed_time_of_the_last_device() -> None:
    late = replace(device(LAST_DEVICE, 5), counted_at=at(30))

    window = peak_window(ready_to_leave(ESKETAMINE, devices=(device(FIRST_DEVICE, 0), late)))

    assert window is not None
    assert (window.opens_at, window.due_at, window.closes_at) == (at(35), at(45), at(55))


# --- what is said at the release ----------------------------------------------------------------------


@each_program
def test_asks_nothing_about_the_departure_until_the_release(program: Program) -> None:
    scene = leaving(ready_to_leave(program))

    assert replace(scene, release=None).refusals() == ()


@each_program
def test_lets_a_ride_service_or_a_ward_take_over_where_they_may(program: Program) -> None:
    ride = replace(WITH_A_FRIEND, kind=WayHomeKind.RIDE_SERVICE)
    ward = replace(WITH_A_FRIEND, kind=WayHomeKind.WARD)
    strict = program.under({}, ride_service_allowed=False)

    assert leaving(ready_to_leave(program, way_home=ride)).refusals() == ()
    assert leaving(ready_to_leave(strict, way_home=ride)).refused("SAFE_WAY_HOME", missing="ride_service")
    assert leaving(ready_to_leave(program, way_home=ward)).refused("SAFE_WAY_HOME", missing="ward")
    assert leaving(ready_to_leave(program, way_home=ward, setting=Setting.INPATIENT)).refusals() == ()


@each_program
@pytest.mark.parametrize(("minutes", "possible"), [(-1, False), (0, True), (2, True), (2.1, False)])
def test_wants_a_departure_from_the_minute_of_release_on(program: Program, minutes: float, possible: bool) -> None:
    scene = departing(minutes)(program)
    within_the_minute = replace(scene, now=scene.now + timedelta(seconds=59.5))

    assert (scene.refusals() == ()) is possible
    if minutes == 0:
        assert within_the_minute.refusals() == ()


@each_program
def test_holds_nobody_for_what_only_raises_an_alarm(program: Program) -> None:
    """The prescriber leaves, the oximeter breaks, the facility is suspended, the enrolment is withdrawn."""
    facts = ready_to_leave(program)
    assert facts.start is not None
    start = replace(
        facts.start,
        certification=replace(facts.start.certification, status=None, representative_current=False),
        enrolment=replace(facts.start.enrolment, enrolled=False, verified_date=None),
        prescriber_on_site=False,
        oximeter_on_site=False,
    )

    assert leaving(replace(facts, start=start)).refusals() == ()
    assert leaving(replace(facts, start=None)).refusals() == ()


@each_program
def test_says_that_nobody_took_the_patient_over(program: Program) -> None:
    facts = ready_to_leave(program)
    now = at(end_minute(facts))
    found = discharge_refusals(facts, now=now, release=Release(" ", now))
    assert [(refusal.code, refusal.params) for refusal in found] == [("SAFE_WAY_HOME", {"missing": "handed_over_to"})]
