"""What is asked and arranged before the dose, as the start gate then sees it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from clinic.models import Counselling
from sessions_app.actions import intake
from sessions_app.models import Answer, IntakeReport
from sessions_app.models.facts import session_facts
from sessions_app.rules.facts import Intake, IntakeAnswer, StartFacts, WayHomeKind
from tests.expect import refused
from tests.factories import NINE, Cast, Walk, checked_in, make_course, minutes

TEN_PAST = NINE + minutes(10)
AT, NONE, UNKNOWN = IntakeAnswer.AT, IntakeAnswer.NONE, IntakeAnswer.UNKNOWN


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return checked_in(cast)


def start_facts(walk: Walk) -> StartFacts:
    start = session_facts(walk.refresh(), at=TEN_PAST, start=True).start
    assert start is not None
    return start


def report(walk: Walk, reports: dict[Intake, tuple[IntakeAnswer, datetime | None]]) -> IntakeReport:
    said = {kind: intake.IntakeReportEntry(*answer) for kind, answer in reports.items()}
    return intake.report_intake(reports=said, **walk.envelope(TEN_PAST))


def ask(walk: Walk, now: datetime = TEN_PAST, **answers: Any) -> Answer:
    return intake.answer_questions(**answers, **walk.envelope(now))


class TestReportIntake:
    def test_it_keeps_a_time_none_and_not_known_apart(self, walk: Walk) -> None:
        early = NINE - minutes(90)
        report(walk, {Intake.FOOD: (AT, early), Intake.LIQUID: (NONE, None), Intake.NASAL_SPRAY: (UNKNOWN, None)})

        found = start_facts(walk).intake
        assert {kind: (row.answer, row.last_at) for kind, row in found.items()} == {
            Intake.FOOD: (AT, early),
            Intake.LIQUID: (NONE, None),
            Intake.NASAL_SPRAY: (UNKNOWN, None),
        }

    def test_it_counts_the_answer_given_last(self, walk: Walk) -> None:
        report(walk, {Intake.FOOD: (UNKNOWN, None)})
        report(walk, {Intake.FOOD: (NONE, None)})

        assert start_facts(walk).intake[Intake.FOOD].answer is NONE

    @pytest.mark.parametrize(
        ("answer", "last_at"),
        [(AT, None), (AT, TEN_PAST + timedelta(seconds=1)), (NONE, NINE), (UNKNOWN, NINE)],
        ids=["no time", "still to come", "none with a time", "unknown with a time"],
    )
    def test_it_refuses_what_cannot_be(self, walk: Walk, answer: IntakeAnswer, last_at: datetime | None) -> None:
        with refused("FIELD", field="liquid_last_time"):
            report(walk, {Intake.FOOD: (NONE, None), Intake.LIQUID: (answer, last_at)})

    def test_it_refuses_an_empty_form(self, walk: Walk) -> None:
        with refused("FIELD", field="food_answer"):
            report(walk, {})


class TestAnswerQuestions:
    def test_it_leaves_what_is_not_answered_not_asked(self, walk: Walk) -> None:
        ask(walk, anything_new=False, contraindications={"vascular": False}, medicines={"opioid": True})

        start = start_facts(walk)
        assert start.anything_new is False
        assert start.contraindications == {"vascular": False}
        assert start.medicines == {"opioid": True}

    def test_it_refuses_an_empty_form(self, walk: Walk) -> None:
        with refused("FIELD", field="anything_new"):
            ask(walk, anything_new=None, contraindications={"vascular": None})

    def test_it_counts_contraindications_as_asked_again_only_with_or_after_anything_new(self, walk: Walk) -> None:
        ask(walk, contraindications={"vascular": False})
        ask(walk, anything_new=True)
        assert not start_facts(walk).asked_again

        ask(walk, contraindications={"vascular": False})
        assert start_facts(walk).asked_again

    def test_it_carries_contraindications_over_and_medicines_not(self, cast: Cast) -> None:
        made = make_course(cast)
        first = checked_in(cast, of_course=made)
        ask(first, anything_new=False, contraindications={"vascular": True}, medicines={"opioid": True})
        first.end_not_dosed(TEN_PAST)

        second = checked_in(cast, of_course=made, now=NINE)

        start = start_facts(second)
        assert start.contraindications == {"vascular": True}
        assert (start.anything_new, start.medicines) == (None, {})


class TestVerifyEnrolment:
    def test_it_verifies_for_today(self, walk: Walk) -> None:
        assert start_facts(walk).enrolment.verified_date is None
        intake.verify_enrolment(how="TELEPHONE", **walk.envelope(TEN_PAST))
        assert start_facts(walk).enrolment.verified_date == NINE.date()

    def test_it_refuses_a_way_nobody_knows(self, walk: Walk) -> None:
        with refused("FIELD", field="how"):
            intake.verify_enrolment(how="PIGEON", **walk.envelope(TEN_PAST))


class TestArrangeWayHome:
    def test_it_counts_the_arrangement_made_last(self, walk: Walk) -> None:
        walk.way_home(TEN_PAST)
        walk.way_home(TEN_PAST, kind=WayHomeKind.RIDE_SERVICE, name=" City Cabs ", will_not_drive=False)

        found = session_facts(walk.refresh(), at=TEN_PAST).way_home
        assert found is not None
        assert (found.kind, found.name, found.will_not_drive) == (WayHomeKind.RIDE_SERVICE, "City Cabs", False)


class TestCounselPatient:
    def test_it_is_for_the_patient_and_every_later_session(self, walk: Walk) -> None:
        intake.counsel_patient(**walk.envelope(TEN_PAST))

        assert Counselling.objects.get().patient == walk.refresh().patient
        assert start_facts(walk).course.counselled
