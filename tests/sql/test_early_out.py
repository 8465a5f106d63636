"""A patient out early, or dosed through no gate, by hand-written SQL of the application's role: what the database holds
by name, and what it leaves to the application. (A release that lies in itself: test_release_constraints.py.)"""

from typing import Any

import pytest

from clinic.models import Signature
from sessions_app.actions import departure, discharge
from tests.by_hand import change, forge
from tests.expect import held_by
from tests.factories import (
    STAY_ENDS,
    Cast,
    Walk,
    checked_in,
    cleared,
    discharged,
    entry,
    full_check,
    in_monitoring,
    minutes,
    ready_to_leave,
)
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db


class TestEarlyOut:
    """Out of MONITORING without what an end is made of."""

    def moved(self, walk: Walk, to_state: str, **columns: Any) -> None:
        last = walk.refresh().transition
        forged = forge(last, previous_id=last.pk, from_state=last.to_state, to_state=to_state)
        change(walk.dosing_session, state=to_state, transition_id=forged, **columns)

    @pytest.mark.parametrize("state", ["LEFT_EARLY", "TRANSFERRED"])
    def test_it_does_not_end_without_the_row_that_says_how(self, cast: Cast, state: str) -> None:
        with held_by("dosing_session_state_has_its_row"):
            self.moved(in_monitoring(cast), state)

    @pytest.mark.parametrize(("walk", "state"), [(checked_in, "CLEARED"), (cleared, "DOSING")])
    def test_it_does_not_begin_without_clearance_or_device(self, cast: Cast, walk: Any, state: str) -> None:
        with held_by("dosing_session_state_has_its_row"):
            self.moved(walk(cast), state)

    def test_a_device_is_not_given_that_the_ledger_gave_nobody(self, cast: Cast) -> None:
        given, walk = in_monitoring(cast).rows("DeviceAdministration")[0], checked_in(cast)
        with held_by("administration_is_a_step_of_its_device"):
            forge(given, dosing_session_id=walk.dosing_session.pk, device_id=forge(given.device, number="D-99"))

    def test_it_is_not_discharged_by_a_transition(self, cast: Cast) -> None:
        with held_by("dosing_session_discharged_has_discharge"):
            self.moved(ready_to_leave(cast), "DISCHARGED")

    def test_it_is_not_discharged_a_second_time_by_the_first_release(self, cast: Cast) -> None:
        walk = discharged(cast)
        release = walk.refresh().discharge_id
        again = {"dosing_session": walk.dosing_session, "reason": "Came back.", "entry": entry(), "by": cast.nora}
        departure.reopen_session(**again, now=STAY_ENDS + minutes(5))
        with held_by("dosing_session_state_has_its_row"):
            self.moved(walk, "DISCHARGED", discharge_id=release)

    def test_it_does_not_begin_at_its_end(self, cast: Cast) -> None:
        with held_by("dosing_session_begins_booked"):
            forge(discharged(cast).dosing_session, state="LEFT_EARLY", discharge_id=None)
        with held_by("dosing_session_one_open_per_patient"):
            forge(in_monitoring(cast).dosing_session)

    def released(self, walk: Walk, **columns: Any) -> None:
        """A release by hand, as right as it can be made, but for what is wrong with the session."""
        device, check, assessed = (
            walk.rows(kind)[-1] for kind in ("DeviceAdministration", "Check", "ReadinessAssessment")
        )
        session, like = walk.refresh(), discharged(walk.cast).rows("Discharge")[0]
        right = {
            "dosing_session_id": session.pk,
            "order": session.last_order + 1,
            "entry_id": walk.rows("Check")[-1].entry_id,
            "occurred_at": STAY_ENDS + minutes(10),
            "anchor_device_id": device.pk,
            "anchor_counted_at": device.counted_at,
            "final_check_id": check.pk,
            "final_check_at": check.occurred_at,
            "assessment_id": assessed.pk,
            "assessed_at": assessed.occurred_at,
        }
        forge(like, **{**right, **columns})

    def test_it_is_right_but_for_the_lie(self, cast: Cast) -> None:
        self.released(ready_to_leave(cast))

    def test_it_does_not_count_from_an_earlier_device(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        first = walk.rows("DeviceAdministration")[0]
        with held_by("discharge_counts_from_the_last_device"):
            self.released(walk, anchor_device_id=first.pk, anchor_counted_at=first.counted_at)

    def test_it_rests_on_nothing_that_was_taken_back(self, cast: Cast) -> None:
        for kind in ("Check", "ReadinessAssessment", "DeviceAdministration"):
            walk = ready_to_leave(cast)
            walk.void(walk.rows(kind)[-1], STAY_ENDS + minutes(1))
            with held_by("discharge_rests_on_rows_in_force"):
                self.released(walk)

    def test_it_rests_on_an_assessment_that_its_own_author_signed(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        assessed = walk.rows("ReadinessAssessment")[0]
        unsigned = forge(assessed)
        with held_by("discharge_assessment_is_signed"):
            self.released(walk, assessment_id=unsigned)
        forge(Signature.objects.get(row_id=assessed.pk), row_id=unsigned, recorded_by_id=cast.paul.pk)
        with held_by("discharge_assessment_is_signed"):
            self.released(walk, assessment_id=unsigned)

    def test_it_waits_as_long_as_a_prescriber_ordered(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        longer = {"stay": minutes(180), "reason": "Liver.", "entry": entry(), "by": cast.paul, "now": STAY_ENDS}
        discharge.extend_stay(dosing_session=walk.dosing_session, **longer)
        with held_by("discharge_stay_as_ordered"):
            self.released(walk)

    def test_it_is_of_whoever_is_being_monitored(self, cast: Cast) -> None:
        walk = discharged(cast)
        with held_by("discharge_of_whoever_is_monitored"):
            forge(walk.rows("Discharge")[0])


class TestWhatTheApplicationAloneHolds:
    """Said, so that nobody believes otherwise: a reading is judged by the gate, under the session's lock, and a fact
    can always be recorded. Whoever has the server's password can write these; the record then shows it."""

    def test_a_worse_reading_after_the_final_check_stops_no_release_by_hand(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        final = walk.rows("Check")[-1]
        walk.check(STAY_ENDS + minutes(2), full_check(190, 110))
        TestEarlyOut().released(walk, final_check_id=final.pk, final_check_at=final.occurred_at)
