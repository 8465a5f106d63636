"""The ends besides the gate, and the way back on the same day."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from clinic.rules.enrolment import Setting
from sessions_app.actions import departure
from sessions_app.models import Impairment, LeftEarly, Transfer
from sessions_app.rules.facts import WayHomeKind
from sessions_app.rules.states import State
from tests.expect import refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    checked_in,
    cleared,
    discharged,
    full_check,
    in_monitoring,
    in_state,
    make_cast,
    minutes,
)

GONE = LAST_DEVICE + minutes(40)
# Midnight in New York, in April, at the end of the day of the session.
MIDNIGHT = NINE.replace(hour=4) + timedelta(days=1)


def leave(walk: Walk, **fields: Any) -> LeftEarly:
    said = {
        "last_seen_at": GONE - minutes(10),
        "found_gone_at": GONE,
        "impaired": Impairment.YES,
        "prescriber_told": "Paul",
        "contact_told": "tried twice",
    }
    return departure.record_left_early(**{**said, **fields}, **walk.envelope(GONE))


def reopen(walk: Walk, now: datetime, reason: str = "The wrong patient was released.") -> Any:
    return departure.reopen_session(reason=reason, **walk.envelope(now))


class TestRecordLeftEarly:
    @pytest.mark.parametrize("state", [State.DOSING, State.MONITORING])
    def test_it_ends_the_session_with_the_last_check(self, cast: Cast, state: State) -> None:
        walk = in_state(cast, state)
        last = walk.check(GONE - minutes(5))

        left = leave(walk)

        assert (walk.refresh().state, left.last_check) == ("LEFT_EARLY", last)

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"last_seen_at": NINE - minutes(1)}, "last_seen_time"),
            ({"found_gone_at": GONE + minutes(3)}, "found_gone_time"),
            ({"found_gone_at": GONE - minutes(11)}, "found_gone_time"),
            ({"prescriber_told": " "}, "prescriber_told"),
            ({"contact_told": ""}, "contact_told"),
        ],
    )
    def test_it_refuses_what_cannot_be_or_is_not_said(self, cast: Cast, fields: dict[str, Any], field: str) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field=field):
            leave(walk, **fields)


class TestTransferPatient:
    @pytest.mark.parametrize("destination", list(Transfer.Destination))
    def test_it_ends_the_session_whatever_the_gate_says(self, cast: Cast, destination: Transfer.Destination) -> None:
        walk = in_state(cast, State.DOSING)
        made = departure.transfer_patient(
            destination=destination, place="", handed_over="Everything.", **walk.envelope(GONE)
        )
        assert (walk.refresh().state, made.destination) == ("TRANSFERRED", destination)

    def test_it_asks_what_was_handed_over(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="handed_over"):
            departure.transfer_patient(
                destination=Transfer.Destination.HOSPITAL, place="x", handed_over=" ", **walk.envelope(GONE)
            )


class TestReopenSession:
    def test_it_asks_the_gate_anew(self, cast: Cast) -> None:
        walk = discharged(cast)
        back = STAY_ENDS + minutes(30)

        reopen(walk, back)

        assert (walk.refresh().state, walk.refresh().discharge) == ("MONITORING", None)
        with refused("FINAL_CHECK", "READINESS", "INSTRUCTIONS"):
            walk.release(back)
        walk.check(back)
        walk.instruct(back)
        walk.assess(back)
        walk.release(back)
        assert len(walk.rows("Discharge")) == 2

    def test_it_brings_back_who_left_early(self, cast: Cast) -> None:
        walk = in_state(cast, State.LEFT_EARLY)
        reopen(walk, GONE)
        assert walk.refresh().state == "MONITORING"

    @pytest.mark.parametrize(("now", "passes"), [(MIDNIGHT - timedelta(seconds=1), True), (MIDNIGHT, False)])
    def test_it_is_for_the_same_day_of_the_facility(self, cast: Cast, now: datetime, passes: bool) -> None:
        walk = discharged(cast)
        if passes:
            assert reopen(walk, now).state == "MONITORING"
        else:
            with refused("ANOTHER_DAY"):
                reopen(walk, now)

    def test_it_asks_for_a_reason(self, cast: Cast) -> None:
        walk = discharged(cast)
        with refused("FIELD", field="reason"):
            reopen(walk, STAY_ENDS, reason=" ")

    def test_it_refuses_a_patient_who_is_here_again(self, cast: Cast) -> None:
        walk = discharged(cast)
        checked_in(cast, of_course=walk.dosing_session.course, now=STAY_ENDS + minutes(60))
        with refused("ALREADY_OPEN"):
            reopen(walk, STAY_ENDS + minutes(90))


class TestNoTrap:
    """What happens around the patient never holds one; what the patient's body says is answered or handed over."""

    def test_it_releases_after_everything_was_answered(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(40), full_check(170, 95))
        walk.instruct(STAY_ENDS)
        walk.check(STAY_ENDS + minutes(60), full_check(138, 88))
        walk.assess(STAY_ENDS + minutes(60))
        walk.release(STAY_ENDS + minutes(60))

    def test_it_lets_an_inpatient_go_back_to_the_ward(self, db: None) -> None:
        cast = make_cast(facility_name="Ward Clinic", suffix="w", setting=Setting.INPATIENT)
        walk = cleared(cast)
        walk.way_home(NINE + minutes(26), kind=WayHomeKind.WARD, name="Ward 3", phone="4403")
        walk.give(NINE + minutes(30))
        walk.give(NINE + minutes(35))
        walk.finish(NINE + minutes(35))
        walk.check(GONE)
        walk.instruct(GONE)
        walk.check(STAY_ENDS)
        walk.assess(STAY_ENDS)
        walk.release(STAY_ENDS, handed_over_to="Ward 3")
