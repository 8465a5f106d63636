"""After the end: nothing re-opens by itself; the gates are judged again, and an alarm and a deviation arise."""

from datetime import datetime, timedelta

import pytest

from sessions_app.actions import emergency, monitoring
from sessions_app.models import Alarm, Deviation, Emergency
from sessions_app.rules.charting import SignEntry
from sessions_app.rules.facts import Outcome, SignEventKind
from sessions_app.rules.states import State
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    arrive,
    cleared,
    discharged,
    entry,
    full_check,
    in_monitoring,
    in_state,
    make_course,
    minutes,
    pressure,
)
from tests.scene import with_people
from tests.sessions_app.actions.test_decision import decide

LATER = STAY_ENDS + minutes(60)
NEXT_WEEK = NINE + timedelta(days=7)


@pytest.fixture(scope="module")
def gone_home(clinic: Cast) -> Walk:
    return discharged(clinic)


@pytest.fixture
def walk(gone_home: Walk, cast: Cast) -> Walk:
    return with_people(gone_home, cast)


def alarms(walk: Walk) -> list[dict[str, list[str]]]:
    return [alarm.params for alarm in walk.rows("Alarm")]


def deviations(walk: Walk) -> list[tuple[str, str]]:
    return [(row.code, row.reason) for row in walk.rows("Deviation")]


def sign(walk: Walk, kind: SignEventKind, at: datetime) -> None:
    monitoring.record_sign(code="sedation", kind=kind, **{**walk.envelope(LATER), "entry": entry(at)})


class TestAfterTheRelease:
    def test_it_raises_an_alarm_for_a_late_reading_that_would_have_held_the_patient(self, walk: Walk) -> None:
        walk.check(LATER, full_check(165, 80), at=STAY_ENDS - minutes(5), by=walk.cast.nils)

        assert alarms(walk) == [{"discharge": ["BP"]}]
        assert deviations(walk) == [("DISCHARGE_GATE", "BP")]
        assert walk.refresh().state == "DISCHARGED"
        assert Alarm.objects.get().order == walk.refresh().last_order

    @pytest.mark.parametrize("at", [NINE + minutes(50), STAY_ENDS + minutes(30)], ids=["during", "after leaving"])
    def test_it_says_nothing_of_a_late_reading_that_changes_nothing(self, walk: Walk, at: datetime) -> None:
        walk.check(LATER, pressure(120, 80), at=at)
        assert (alarms(walk), deviations(walk)) == ([], [])

    def test_it_says_nothing_of_a_bad_reading_taken_after_the_patient_left(self, walk: Walk) -> None:
        walk.check(LATER, full_check(190, 95, sedation=SignEntry(True, 3)))
        assert alarms(walk) == []

    def test_it_raises_an_alarm_when_what_the_release_stood_on_is_voided(self, walk: Walk) -> None:
        walk.void(walk.rows("Check")[-1], LATER)
        assert alarms(walk) == [{"discharge": ["FINAL_CHECK"]}]

    def test_it_raises_an_alarm_when_the_baseline_is_voided(self, walk: Walk) -> None:
        walk.void(walk.rows("Check")[0], LATER)
        ((found),) = alarms(walk)
        assert found["discharge"] == ["BASELINE_CHECK"]
        assert {"BASELINE", "OXIMETER"} <= set(found["start"])

    def test_it_raises_an_alarm_when_a_changed_outcome_moves_what_was_asked(self, walk: Walk) -> None:
        walk.outcome(walk.rows("DeviceAdministration")[1], Outcome.FAILED, LATER, by=walk.cast.nils)
        assert alarms(walk) == []

        for given in walk.rows("DeviceAdministration"):
            walk.outcome(given, Outcome.FAILED, LATER, by=walk.cast.nils)
        assert {"MINIMUM_STAY"} <= set(alarms(walk)[-1]["discharge"])

    def test_it_raises_an_alarm_for_a_sign_that_had_begun_and_says_nothing_of_one_that_began_at_home(
        self, walk: Walk
    ) -> None:
        sign(walk, SignEventKind.ONSET, STAY_ENDS + minutes(20))
        assert alarms(walk) == []

        sign(walk, SignEventKind.ONSET, STAY_ENDS - minutes(20))
        assert alarms(walk) == [{"discharge": ["UNRESOLVED"]}]

    def test_it_raises_an_alarm_for_a_serious_event_while_the_patient_was_here(self, walk: Walk) -> None:
        said = {**walk.envelope(LATER), "entry": entry(STAY_ENDS - minutes(30))}
        monitoring.report_serious_event(what="Fainted.", **said)
        assert alarms(walk) == [{"discharge": ["SERIOUS_EVENT"]}]

    def test_it_has_one_effect_when_the_form_is_sent_twice(self, walk: Walk) -> None:
        form = entry(STAY_ENDS - minutes(5))
        for _ in range(2):
            walk.check(LATER, full_check(165, 80), form=form)
        assert (Alarm.objects.count(), Deviation.objects.count()) == (1, 1)


class TestTheStartGate:
    def test_it_is_judged_again_for_a_late_baseline(self, walk: Walk) -> None:
        walk.check(LATER, full_check(160, 80), at=NINE + minutes(28), late_baseline=True)
        assert alarms(walk)[0]["start"] == ["BASELINE_BP"]

    def test_it_is_judged_again_before_each_device(self, walk: Walk) -> None:
        walk.check(LATER, pressure(170, 80), at=NINE + minutes(33))
        assert alarms(walk) == [{"start": ["NEW_SIGN"]}]

    def test_it_says_nothing_of_a_reading_of_the_same_minute_entered_after_the_device(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE, pressure(170, 80))
        walk.check(LAST_DEVICE + minutes(40))
        walk.instruct(STAY_ENDS - minutes(30))
        walk.check(STAY_ENDS - minutes(5))
        walk.assess(STAY_ENDS - minutes(4))
        walk.release(STAY_ENDS)

        walk.check(LATER, pressure(120, 80))

        assert alarms(walk) == []

    def test_it_counts_devices_again_when_a_failed_one_did_deliver(self, cast: Cast) -> None:
        walk = cleared(cast)
        failed = walk.give(NINE + minutes(30), outcome=Outcome.FAILED)
        walk.give(NINE + minutes(30))
        decide(walk, "DEVICE_COUNT", [failed.pk], NINE + minutes(31))
        walk.give(LAST_DEVICE)
        walk.finish(LAST_DEVICE)
        walk.transfer(LAST_DEVICE + minutes(60))

        walk.outcome(failed, Outcome.FULL, LATER)

        assert alarms(walk) == [{"start": ["DEVICE_COUNT", "DEVICE_INTERVAL"]}]

    def test_it_does_not_repeat_what_was_an_exception_at_the_time(self, cast: Cast) -> None:
        walk = cleared(cast)
        walk.give(NINE + minutes(30))
        walk.give(NINE + minutes(33), exception_reason="The patient took it by himself.")
        walk.transfer(LAST_DEVICE + minutes(60))

        walk.check(LATER, pressure(120, 80))

        assert alarms(walk) == []

    def test_it_says_nothing_of_a_dose_that_came_later(self, cast: Cast) -> None:
        made = make_course(cast)
        walk = discharged(cast, of_course=made)
        discharged_again(cast, made)

        walk.check(NEXT_WEEK + minutes(300), pressure(120, 80), at=LATER)

        assert alarms(walk) == []


def discharged_again(cast: Cast, made: object) -> None:
    """Half a week later: still twice weekly."""
    day = NINE + timedelta(days=2)
    for person in (cast.nora, cast.paul):
        arrive(cast, person, now=day)
    later = in_monitoring(cast, of_course=made, now=day)
    later.transfer(day + minutes(60))


class TestOtherEnds:
    @pytest.mark.parametrize("state", [State.LEFT_EARLY, State.TRANSFERRED])
    def test_it_judges_the_start_gate_only(self, cast: Cast, state: State) -> None:
        walk = in_state(cast, state)
        walk.check(LATER, full_check(190, 95), at=NINE + minutes(40))
        assert alarms(walk) == []
        walk.void(walk.rows("Check")[0], LATER)
        assert set(alarms(walk)[0]) == {"start"}
        assert walk.refresh().state == state

    def test_it_raises_an_alarm_when_a_session_without_a_dose_had_one(self, cast: Cast) -> None:
        walk = cleared(cast)
        given = walk.give(NINE + minutes(30), outcome=Outcome.FAILED)
        walk.end_not_dosed(NINE + minutes(31))

        walk.outcome(given, Outcome.PARTIAL, LATER)

        assert alarms(walk) == [{"not_dosed": ["SPRAY_DELIVERED"]}]

    def test_it_says_nothing_while_the_session_is_open(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(5), full_check(190, 95))
        walk.void(walk.rows("Check")[0], LAST_DEVICE + minutes(5))
        assert alarms(walk) == []


@pytest.mark.parametrize(("minute", "found"), [(29, [{"start": ["EMERGENCY"]}]), (30, []), (31, [])])
def test_an_emergency_counts_against_the_first_device_only_from_before_it(
    cast: Cast, minute: int, found: list[dict[str, list[str]]]
) -> None:
    walk = cleared(cast)
    walk.give(NINE + minutes(30))
    raised = {**walk.envelope(NINE + minutes(32)), "entry": entry(NINE + minutes(minute))}
    emergency.raise_emergency(kind=Emergency.Kind.FALL, **raised)
    walk.transfer(NINE + minutes(40))
    walk.check(LATER, pressure(120, 80), at=NINE + minutes(35))
    assert alarms(walk) == found
