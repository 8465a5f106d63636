"""The release through the discharge gate, and what leads to it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from clinic.models import AuditEvent
from sessions_app.actions import discharge
from sessions_app.models import Deviation, Discharge
from sessions_app.models.facts import session_facts
from tests.expect import denied, nothing_written, refused
from tests.factories import (
    LAST_DEVICE,
    STAY_ENDS,
    Cast,
    Walk,
    discharged,
    entry,
    full_check,
    in_monitoring,
    make_cast,
    minutes,
    ready_to_leave,
)

SECOND = timedelta(seconds=1)


def strict_cast() -> Cast:
    tightened = {"minimum_stay_minutes": 150, "final_check_window_minutes": 5}
    return make_cast(facility_name="Strict Clinic", suffix="s", overrides=tightened)


def extend(walk: Walk, count: float, now: datetime = LAST_DEVICE, **fields: Any) -> None:
    said = {"stay": timedelta(minutes=count), "reason": "Hepatic impairment.", **fields}
    discharge.extend_stay(**said, **walk.envelope(now, by=walk.cast.paul))


def deviate(walk: Walk, now: datetime, **fields: Any) -> Deviation:
    said = {"code": "PEAK_CHECK", "reason": "Another patient needed help.", **fields}
    return discharge.record_deviation(**{**walk.envelope(now), **said})


class TestDischargePatient:
    def test_it_releases_a_patient_whose_gate_is_open(self, cast: Cast) -> None:
        walk = discharged(cast)

        release = Discharge.objects.get(dosing_session=walk.dosing_session)
        assert (walk.refresh().state, walk.refresh().discharge) == ("DISCHARGED", release)
        assert (release.occurred_at, release.departed_at) == (STAY_ENDS, STAY_ENDS)
        assert (release.minimum_stay_minutes, release.stay_minutes) == (120, 120)
        assert release.handed_over_to == "Basil Tamarack"
        assert AuditEvent.objects.filter(action="discharge_patient", subject_id=walk.dosing_session.pk).count() == 1

    def test_it_refuses_one_second_before_the_minimum_stay(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        with refused("MINIMUM_STAY"):
            walk.release(STAY_ENDS - SECOND)
        assert walk.refresh().state == "MONITORING"

    def test_it_lists_everything_that_is_missing(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("MINIMUM_STAY", "PEAK_CHECK", "FINAL_CHECK", "READINESS", "INSTRUCTIONS"):
            walk.release(STAY_ENDS - minutes(60))

    def test_it_holds_by_a_tightened_policy(self, db: None) -> None:
        walk = in_monitoring(strict_cast())
        ends = LAST_DEVICE + minutes(150)
        walk.check(LAST_DEVICE + minutes(40))
        walk.instruct(ends)
        walk.check(ends - minutes(6))
        walk.assess(ends - minutes(5))
        with refused("FINAL_CHECK"):
            walk.release(ends)

        walk.check(ends - minutes(5))
        with refused("MINIMUM_STAY"):
            walk.release(ends - SECOND)
        walk.release(ends)

    def test_it_returns_the_first_release_to_the_second_click_and_long_after(self, cast: Cast) -> None:
        walk, form = ready_to_leave(cast), entry()
        first = walk.release(STAY_ENDS, entry=form)
        with nothing_written():
            assert walk.release(STAY_ENDS + minutes(30), entry=form) == first

    @pytest.mark.parametrize(
        ("departed", "passes"),
        [(-minutes(1), False), (minutes(0), True), (minutes(2), True), (minutes(2) + SECOND, False)],
    )
    def test_it_refuses_a_departure_that_cannot_be(self, cast: Cast, departed: timedelta, passes: bool) -> None:
        walk = ready_to_leave(cast)
        if passes:
            assert walk.release(STAY_ENDS, departed_at=STAY_ENDS + departed).departed_at == STAY_ENDS + departed
        else:
            with refused("TIME_IMPOSSIBLE"):
                walk.release(STAY_ENDS, departed_at=STAY_ENDS + departed)

    def test_it_asks_who_took_the_patient_over(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        with refused("SAFE_WAY_HOME"):
            walk.release(STAY_ENDS, handed_over_to="  ")

    def test_it_is_held_by_a_reading_taken_after_the_final_check(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        walk.check(STAY_ENDS - minutes(1), full_check(165, 80), by=cast.nils)
        with refused("BP", "READINESS"):
            walk.release(STAY_ENDS)


class TestExtendStay:
    def test_it_holds_for_the_longer_stay(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        extend(walk, 150)
        walk.check(LAST_DEVICE + minutes(40))
        walk.instruct(LAST_DEVICE + minutes(60))
        walk.check(LAST_DEVICE + minutes(145))
        walk.assess(LAST_DEVICE + minutes(146))

        with refused("MINIMUM_STAY"):
            walk.release(LAST_DEVICE + minutes(150) - SECOND)
        assert walk.release(LAST_DEVICE + minutes(150)).stay_minutes == 150

    @pytest.mark.parametrize("count", [119, 120, 24 * 60 + 1, -150])
    def test_it_refuses_a_stay_that_is_not_longer_or_more_than_a_day(self, cast: Cast, count: int) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="stay_minutes"):
            extend(walk, count)

    def test_it_is_never_shortened_by_a_second_extension(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        extend(walk, 180)
        with refused("FIELD", field="stay_minutes"):
            extend(walk, 150)

    def test_it_is_voided_by_a_prescriber_only(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        extend(walk, 180)
        (row,) = walk.rows("StayExtension")
        with denied():
            walk.void(row, LAST_DEVICE)
        walk.void(row, LAST_DEVICE, by=cast.paul)
        assert session_facts(walk.refresh(), at=LAST_DEVICE).minimum_stay == minutes(120)

    def test_it_asks_for_a_reason(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="reason"):
            extend(walk, 150, reason=" ")


class TestRecordDeviation:
    def test_it_excuses_a_check_that_was_missed(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.instruct(LAST_DEVICE + minutes(60))
        walk.check(STAY_ENDS - minutes(5))
        walk.assess(STAY_ENDS - minutes(4))
        with refused("PEAK_CHECK"):
            walk.release(STAY_ENDS)

        deviate(walk, STAY_ENDS)
        walk.release(STAY_ENDS)

    @pytest.mark.parametrize(("after", "passes"), [(minutes(51) - SECOND, False), (minutes(51), True)])
    def test_it_excuses_nothing_that_can_still_be_done(self, cast: Cast, after: timedelta, passes: bool) -> None:
        walk = in_monitoring(cast)
        if passes:
            assert deviate(walk, LAST_DEVICE + after).code == "PEAK_CHECK"
        else:
            with refused("NOTHING_TO_EXCUSE"):
                deviate(walk, LAST_DEVICE + after)

    def test_it_asks_for_another_excuse_after_another_device(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        deviate(walk, LAST_DEVICE + minutes(60))
        walk.give(LAST_DEVICE + minutes(61), exception_reason="A third one was in his hand.")

        assert deviate(walk, LAST_DEVICE + minutes(120)).bound_ids == [walk.rows("DeviceAdministration")[-1].pk]

    def test_it_asks_for_the_prescribers_examination_where_there_is_no_baseline(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.void(walk.rows("Check")[0], LAST_DEVICE)
        said = {"code": "BASELINE_CHECK", "reason": "The sheet is lost."}

        for examined in (False, True):
            with refused("FIELD", field="examined"):
                deviate(walk, LAST_DEVICE, **said, examined=examined)
        deviate(walk, LAST_DEVICE, **said, examined=True, by=cast.paul)

    def test_it_refuses_without_a_reason(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="reason"):
            deviate(walk, STAY_ENDS, reason="")


class TestInstructionsAndReadiness:
    def test_it_refuses_a_way_of_giving_instructions_nobody_knows(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="how"):
            discharge.give_instructions(how="SHOUTED", language="en", **walk.envelope(LAST_DEVICE))

    @pytest.mark.parametrize("language", ["fr", "", "EN"])
    def test_it_refuses_a_language_without_a_sheet(self, cast: Cast, language: str) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="language"):
            discharge.give_instructions(how="PRINTED", language=language, **walk.envelope(LAST_DEVICE))

    def test_it_asks_for_another_assessment_after_another_check(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        walk.check(STAY_ENDS - minutes(2))
        with refused("READINESS"):
            walk.release(STAY_ENDS)
        walk.assess(STAY_ENDS - minutes(2))
        walk.release(STAY_ENDS)
