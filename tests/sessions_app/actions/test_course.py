"""Courses, and the facility's policy for a programme."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from clinic.models import User
from sessions_app.actions import course
from sessions_app.actions.course_record import take_back_course_row
from sessions_app.models import Course, FacilityPolicy
from sessions_app.models.facts import session_facts
from sessions_app.rules.facts import CourseFacts, Outcome
from tests.expect import denied, refused
from tests.factories import (
    NINE,
    OPENING,
    STAY_ENDS,
    Cast,
    checked_in,
    discharged,
    entry,
    facility_of,
    make_course,
    make_patient,
)


def start(cast: Cast, **fields: Any) -> Course:
    said = {"facility": cast.facility, "by": cast.fred, "indication": "TRD", **fields}
    return course.start_course(program_version=cast.program_version, entry=entry(), now=OPENING, **said)


def set_policy(cast: Cast, **fields: Any) -> FacilityPolicy:
    said = {"overrides": {}, "reason": "Careful.", "entry": entry(), **fields}
    return course.set_policy(
        facility=cast.facility, program_version=cast.program_version, by=cast.ada, now=NINE, **said
    )


def course_facts(of_course: Course, cast: Cast, now: datetime = NINE) -> CourseFacts:
    session = checked_in(cast, of_course=of_course, now=now).refresh()
    found = session_facts(session, at=now, start=True).start
    assert found is not None
    return found.course


class TestStartCourse:
    def test_it_refuses_an_indication_the_programme_does_not_know(self, cast: Cast) -> None:
        patient = make_patient(cast)
        with refused("FIELD", field="indication"):
            start(cast, patient=patient, indication="HICCUPS")

    def test_it_denies_a_patient_of_another_organisation(self, cast: Cast, otto: User) -> None:
        patient = make_patient(cast)
        with denied():
            start(cast, patient=patient, facility=facility_of(otto), by=otto)

    def test_it_counts_doses_given_elsewhere(self, cast: Cast) -> None:
        elsewhere = date(2026, 3, 1)
        made = make_course(cast, first_dose_elsewhere_date=elsewhere)
        facts = course_facts(made, cast)
        assert (facts.first_dose_date, facts.last_dose_date, facts.dosed_here) == (elsewhere, None, False)

    def test_it_counts_doses_given_here_by_the_facilitys_day(self, cast: Cast) -> None:
        made = make_course(cast)
        discharged(cast, of_course=made)
        facts = course_facts(made, cast, now=NINE + timedelta(days=2))
        assert (facts.first_dose_date, facts.last_dose_date, facts.dosed_here) == (NINE.date(), NINE.date(), True)

    def test_it_counts_no_dose_that_failed_or_was_voided(self, cast: Cast) -> None:
        made = make_course(cast)
        walk = discharged(cast, of_course=made)
        first, last = walk.rows("DeviceAdministration")
        walk.outcome(first, Outcome.FAILED, STAY_ENDS, by=cast.nils)
        walk.void(last, STAY_ENDS)
        assert not course_facts(made, cast, now=NINE + timedelta(days=2)).dosed_here


class TestWhatACourseNeeds:
    def test_it_documents_an_off_label_course(self, cast: Cast) -> None:
        made = make_course(cast, indication="GAD")
        course.justify_off_label(
            course=made,
            rationale="Nothing else helped.",
            consented_at=OPENING,
            entry=entry(),
            by=cast.paul,
            now=NINE,
        )
        facts = course_facts(made, cast)
        assert (facts.off_label, facts.off_label_documented) == (True, True)

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"rationale": " "}, "rationale"),
            ({"consented_at": NINE + timedelta(seconds=1)}, "consented_date"),
        ],
    )
    def test_it_refuses_what_is_not_said_or_still_to_come(self, cast: Cast, fields: dict[str, Any], field: str) -> None:
        made = make_course(cast, indication="GAD")
        said = {"rationale": "Nothing else helped.", "consented_at": NINE, **fields}
        with refused("FIELD", field=field):
            course.justify_off_label(course=made, entry=entry(), by=cast.paul, now=NINE, **said)

    def test_it_records_the_antidepressant_of_an_mdsi_course(self, cast: Cast) -> None:
        made = make_course(cast, indication="MDSI")
        with refused("FIELD", field="drug"):
            course.record_antidepressant(course=made, drug=" ", entry=entry(), by=cast.paul, now=NINE)

        course.record_antidepressant(course=made, drug="sertraline", entry=entry(), by=cast.paul, now=NINE)
        assert course_facts(made, cast).antidepressant_recorded

    def test_one_that_is_not_taken_any_more_is_taken_back_by_the_prescriber(self, cast: Cast) -> None:
        made = make_course(cast, indication="MDSI")
        taken = course.record_antidepressant(course=made, drug="sertraline", entry=entry(), by=cast.paul, now=NINE)
        said = {"course_row": taken, "reason": "Stopped on Monday.", "now": NINE}
        with denied():
            take_back_course_row(**said, entry=entry(), by=cast.nora)
        take_back_course_row(**said, entry=entry(), by=cast.paul)

        assert not course_facts(made, cast).antidepressant_recorded


class TestSetPolicy:
    def test_it_numbers_the_versions_of_a_facility(self, cast: Cast) -> None:
        first, second = set_policy(cast), set_policy(cast, overrides={"minimum_stay_minutes": 150})
        assert (first.number, second.number) == (2, 3)
        assert (second.minimum_stay_minutes, second.program_minimum_stay_minutes) == (150, 120)
        assert second.program.value("minimum_stay_minutes") == 150

    @pytest.mark.parametrize(
        ("overrides", "field"),
        [
            ({"minimum_stay_minutes": 119}, "minimum_stay_minutes"),
            ({"minimum_stay_minutes": 241}, "minimum_stay_minutes"),
            ({"final_check_window_minutes": 11}, "final_check_window_minutes"),
            ({"systolic_line_mmhg": 141}, "systolic_line_mmhg"),
            ({"coffee_minutes": 5}, "coffee_minutes"),
        ],
    )
    def test_it_only_tightens_and_only_so_far(self, cast: Cast, overrides: dict[str, int], field: str) -> None:
        with refused("FIELD", field=field):
            set_policy(cast, overrides=overrides)

    @pytest.mark.parametrize(("minute", "passes"), [(0, False), (1, True), (240, True), (241, False)])
    def test_it_plans_checks_within_the_longest_stay(self, cast: Cast, minute: int, passes: bool) -> None:
        if passes:
            assert set_policy(cast, extra_checks=(90, minute, 90)).extra_checks == sorted({minute, 90})
        else:
            with refused("FIELD", field="extra_checks"):
                set_policy(cast, extra_checks=(minute,))

    @pytest.mark.parametrize(
        ("name", "low", "high"),
        [("due_soon_minutes", 1, 30), ("escalation_minutes", 1, 30), ("follow_up_minutes", 5, 240)],
    )
    def test_it_lets_the_clinic_choose_when_alarms_come_within_bounds(
        self, cast: Cast, name: str, low: int, high: int
    ) -> None:
        for minutes in (low, high):
            assert set_policy(cast, **{name: minutes}).alarms[name] == minutes
        for minutes in (low - 1, high + 1):
            with refused("FIELD", field=name):
                set_policy(cast, **{name: minutes})

    def test_it_refuses_without_a_reason(self, cast: Cast) -> None:
        with refused("FIELD", field="reason"):
            set_policy(cast, reason=" ")
