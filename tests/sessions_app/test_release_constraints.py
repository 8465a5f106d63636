"""The release, and what leads to it, held by the database against hand-written SQL by the application role."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sessions_app.actions import dosing
from sessions_app.models import Discharge
from tests.by_hand import forge
from tests.expect import held_by
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    cleared,
    discharged,
    in_monitoring,
    make_cast,
    make_device,
    minutes,
    ready_to_leave,
)
from tests.scene import cast, clinic
from tests.sessions_app.rich import rich_session

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def release(clinic: Cast) -> Discharge:
    """A true one, of which each test writes a copy with one lie in it."""
    made: Discharge = discharged(clinic).rows("Discharge")[0]
    return made


@pytest.fixture(scope="module")
def other(clinic: Cast) -> Walk:
    """Somebody else's session, just as ready."""
    return ready_to_leave(clinic)


@pytest.fixture(scope="module")
def rich(clinic: Cast) -> Walk:
    return rich_session(clinic)


def own(release: Discharge, cast: Cast) -> Walk:
    return Walk(cast, release.dosing_session)


class TestTheRelease:
    def test_it_is_not_before_the_minimum_stay(self, release: Discharge) -> None:
        with held_by("discharge_not_before_minimum_stay"):
            forge(release, occurred_at=STAY_ENDS - SECOND)

    def test_it_is_not_before_the_longer_stay_it_names(self, release: Discharge) -> None:
        with held_by("discharge_not_before_minimum_stay"):
            forge(release, stay_minutes=121)

    def test_it_is_not_after_a_shortened_stay(self, release: Discharge) -> None:
        with held_by("discharge_stay_never_shortened"):
            forge(release, stay_minutes=119)

    @pytest.mark.parametrize(
        "columns", [{"minimum_stay_minutes": 60, "stay_minutes": 60}, {"final_check_window_minutes": 100}]
    )
    def test_it_carries_the_numbers_of_its_session(self, release: Discharge, columns: dict[str, int]) -> None:
        with held_by("discharge_numbers_of_session"):
            forge(release, **columns)

    @pytest.mark.parametrize("column", ["final_check_id", "final_check_at", "assessment_id", "assessed_at"])
    def test_it_has_its_final_check_and_its_assessment(self, release: Discharge, column: str) -> None:
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            forge(release, **{column: None})
        assert caught.value.__cause__.diag.column_name == column  # type: ignore[union-attr]

    def test_it_has_a_device_of_its_own_session(self, release: Discharge, other: Walk) -> None:
        foreign = other.rows("DeviceAdministration")[-1]
        with held_by("discharge_device_of_session"):
            forge(release, anchor_device_id=foreign.pk, anchor_counted_at=foreign.counted_at)

    def test_it_counts_from_the_devices_own_time(self, release: Discharge) -> None:
        with held_by("discharge_anchor_is_counted_time"):
            forge(release, anchor_counted_at=LAST_DEVICE - minutes(5))

    def test_it_has_a_final_check_of_its_own_session_at_its_own_time(self, release: Discharge, other: Walk) -> None:
        foreign = other.rows("Check")[-1]
        with held_by("discharge_final_check_of_session"):
            forge(release, final_check_id=foreign.pk)
        with held_by("discharge_final_check_of_session"):
            forge(release, final_check_at=release.final_check_at + minutes(1))

    def test_it_has_a_final_check_that_is_late_enough(self, release: Discharge, cast: Cast) -> None:
        peak = own(release, cast).rows("Check")[-2]
        with held_by("discharge_final_check_late_enough"):
            forge(release, final_check_id=peak.pk, final_check_at=peak.occurred_at)

    def test_it_has_an_assessment_of_its_own_session(self, release: Discharge, other: Walk) -> None:
        foreign = other.rows("ReadinessAssessment")[0]
        with held_by("discharge_assessment_of_session"):
            forge(release, assessment_id=foreign.pk)

    def test_it_has_an_assessment_after_the_final_check(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.assess(LAST_DEVICE + minutes(60))
        walk.check(LAST_DEVICE + minutes(40))
        walk.instruct(STAY_ENDS)
        walk.check(STAY_ENDS)
        walk.assess(STAY_ENDS)
        walk.release(STAY_ENDS)
        early = walk.rows("ReadinessAssessment")[0]
        with held_by("discharge_assessed_after_final_check"):
            forge(walk.rows("Discharge")[0], assessment_id=early.pk, assessed_at=early.occurred_at)

    def test_it_is_not_dated_in_the_future(self, release: Discharge) -> None:
        with held_by("discharge_not_in_the_future"):
            forge(release, occurred_at=timezone.now() + timedelta(minutes=1))

    def test_it_is_handed_over_to_somebody(self, release: Discharge) -> None:
        with held_by("discharge_handed_over_to_someone"):
            forge(release, handed_over_to="")

    def test_it_counts_from_one_anchor(self, release: Discharge) -> None:
        for columns in (
            {"anchor_counted_at": None},
            {"anchor_confirmed_at": LAST_DEVICE},
            {"anchor_counted_at": None, "anchor_confirmed_at": LAST_DEVICE},
        ):
            with held_by("discharge_has_one_anchor"):
                forge(release, **columns)

    def test_it_counts_from_a_confirmation_of_that_device_only(self, cast: Cast) -> None:
        walk = cleared(cast)
        first = walk.give(NINE + minutes(30))
        last = walk.give(NINE + minutes(55), at=NINE + minutes(36))
        walk.finish(NINE + minutes(55))
        wrong, right = (
            dosing.confirm_device_time(administration=given, **walk.envelope(NINE + minutes(56), by=cast.nils))
            for given in (first, last)
        )
        walk.check(NINE + minutes(76))
        walk.instruct(STAY_ENDS)
        walk.check(STAY_ENDS)
        walk.assess(STAY_ENDS)
        walk.release(STAY_ENDS + minutes(1))
        release = walk.rows("Discharge")[0]
        assert release.time_confirmation == right
        with held_by("discharge_anchor_is_confirmed_time"):
            forge(release, time_confirmation_id=wrong.pk, anchor_confirmed_at=wrong.counted_at)
        with held_by("time_confirmation_confirms_the_typed_time"):
            forge(right, counted_at=NINE)


class TestDevices:
    def test_it_is_given_as_a_step_of_its_device(self, cast: Cast) -> None:
        """Which takes it there once (tests/clinic/test_cabinet_constraints.py)."""
        walk, other = in_monitoring(cast), in_monitoring(cast)
        given, elsewhere = walk.rows("DeviceAdministration")[0], other.rows("DeviceAdministration")[0]
        with held_by("administration_is_a_step_of_its_device"):
            forge(given)
        with held_by("administration_is_a_step_of_its_device"):
            forge(given, device_id=elsewhere.device_id)

    def test_it_is_of_the_same_facility(self, cast: Cast) -> None:
        given = in_monitoring(cast).rows("DeviceAdministration")[0]
        foreign = make_device(make_cast(facility_name="Elsewhere", suffix="2"))
        with held_by("device_administration_device_of_same_facility"):
            forge(given, device_id=foreign.pk)

    def test_it_is_voided_once(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        void = walk.void(walk.rows("Check")[0], LAST_DEVICE)
        with held_by("correction_once_per_row"):
            forge(void)
        with held_by("correction_has_reason"):
            forge(void, row_id=walk.rows("Check")[0].pk, reason="")


LIES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("Check", {"systolic_mmhg": 80, "diastolic_mmhg": 80}, "check_diastolic_below_systolic"),
    ("Check", {"spo2_percent": 101}, "check_spo2_at_most_100"),
    ("Check", {"spo2_not_obtained": "REFUSED"}, "check_spo2_at_most_100"),
    ("Check", {"kind": "LUNCH"}, "check_kind_known"),
    ("SignObservation", {"code": "x", "not_obtained": "REFUSED"}, "sign_observation_answer_or_reason"),
    ("SignObservation", {"code": "x", "present": None}, "sign_observation_answer_or_reason"),
    ("SignObservation", {}, "sign_observation_once_per_check"),
    ("SignObservation", {"code": "x", "check_row_id": None}, "sign_observation_has_check"),
    ("SignEvent", {"kind": "PAUSE"}, "sign_event_kind_known"),
    ("SeriousEvent", {"what": ""}, "serious_event_said"),
    ("IntakeReport", {"answer": "AT"}, "intake_report_time_with_answer"),
    ("IntakeReport", {"last_at": NINE}, "intake_report_time_with_answer"),
    ("Answer", {"topic": "WEATHER"}, "answer_topic_known"),
    ("DoseOrder", {"devices": 0}, "dose_order_positive"),
    ("DeviceOutcome", {"outcome": "LOST"}, "device_outcome_known"),
    ("EnrolmentVerification", {"how": "PIGEON"}, "enrolment_verification_how_known"),
    ("WayHomeArrangement", {"kind": "BICYCLE"}, "way_home_arrangement_kind_known"),
    ("InstructionsGiven", {"how": "SHOUTED"}, "instructions_given_how_known"),
    ("PrescriberDecision", {"reason": ""}, "prescriber_decision_has_reason"),
    ("GateException", {"reason": ""}, "gate_exception_has_reason"),
    ("Deviation", {"reason": ""}, "deviation_has_reason"),
    ("StayExtension", {"reason": ""}, "stay_extension_has_reason"),
)


@pytest.mark.parametrize(("kind", "columns", "name"), LIES)
def test_it_charts_only_what_can_be(rich: Walk, kind: str, columns: dict[str, Any], name: str) -> None:
    with held_by(name):
        forge(rich.rows(kind)[0], **columns)
