"""What is written down of a course, and what it does to the start gate: nothing but a warning."""

from datetime import date, timedelta
from typing import Any

import pytest

from sessions_app.actions import course_record as actions
from sessions_app.actions.course import set_policy
from sessions_app.models import Course, DosingSession, FacilityPolicy, Treatment, TreatmentEnd
from sessions_app.models.course_record import end_of_treatment
from sessions_app.models.facts import session_facts
from sessions_app.rules.administration import clearing_refusals
from sessions_app.rules.benefit_review import Benefit
from sessions_app.rules.facts import StartFacts
from sessions_app.rules.treatment import TreatmentKind
from tests.course_records import TRIAL, a_treatment, a_trial, an_authorisation
from tests.expect import denied, refused
from tests.factories import NINE, Cast, checked_in, entry, make_course

TODAY = NINE.date()


def start_of(cast: Cast, course: Course) -> StartFacts:
    session = checked_in(cast, of_course=course, now=NINE).refresh()
    found = session_facts(session, at=NINE, start=True).start
    assert found is not None
    return found


def review(cast: Cast, course: Course, **fields: Any) -> Any:
    said = {"benefit": Benefit.YES, "plan": "Once a week.", "entry": entry(), "by": cast.paul, "now": NINE, **fields}
    return actions.review_benefit(course=course, **said)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"drug": " "}, "drug"), ({"weeks": 0}, "weeks"), ({"weeks": 1001}, "weeks")],
)
def test_a_trial_has_a_name_and_possible_weeks(cast: Cast, fields: dict[str, Any], field: str) -> None:
    course = make_course(cast)
    with refused("FIELD", field=field):
        a_trial(cast, course, **fields)


def test_a_treatment_begins_by_today_and_ends_once(cast: Cast) -> None:
    course = make_course(cast)
    for fields, field in (
        ({"name": " "}, "name"),
        ({"from_date": TODAY + timedelta(days=1)}, "from_date"),
        ({"from_date": TODAY, "to_date": TODAY - timedelta(days=1)}, "to_date"),
    ):
        with refused("FIELD", field=field):
            a_treatment(cast, course, **fields)
    made = a_treatment(cast, course, from_date=TODAY)

    def end(day: date) -> TreatmentEnd:
        return actions.end_treatment(treatment=made, to_date=day, entry=entry(), by=cast.nora, now=NINE)

    with refused("FIELD", field="to_date"):
        end(TODAY - timedelta(days=1))
    ended = end(TODAY)
    with refused("FIELD", field="to_date"):
        end(TODAY)
    actions.take_back_course_row(course_row=ended, reason="Goes on.", entry=entry(), by=cast.nora, now=NINE)
    assert end_of_treatment(made) is None
    end(TODAY)


def test_the_antidepressant_an_indication_requires_is_said_in_one_way(cast: Cast) -> None:
    said = {"kind": TreatmentKind.ANTIDEPRESSANT, "name": "Sertraline"}
    requires_one = make_course(cast, indication="MDSI")
    with refused("FIELD", field="kind"):
        a_treatment(cast, requires_one, **said)
    a_treatment(cast, make_course(cast), **said)


def test_an_authorisation_ends_after_it_began(cast: Cast) -> None:
    course = make_course(cast)
    for fields, field in (({"payer": " "}, "payer"), ({"to_date": date(2026, 3, 31)}, "to_date")):
        with refused("FIELD", field=field):
            an_authorisation(cast, course, **fields)
    with refused("FIELD", field="sessions"):
        an_authorisation(cast, course, sessions=0)


def test_a_row_is_taken_back_once_by_whoever_may_write_it(cast: Cast) -> None:
    course = make_course(cast)
    trial, reviewed = a_trial(cast, course), review(cast, course)

    def take_back(row: Any, by: Any, reason: str = "Another patient's.") -> None:
        actions.take_back_course_row(course_row=row, reason=reason, entry=entry(), by=by, now=NINE)

    with denied():
        take_back(trial, cast.fred)
    with denied():
        take_back(reviewed, cast.nora)
    with refused("FIELD", field="reason"):
        take_back(trial, cast.nora, reason=" ")
    take_back(trial, cast.nora)
    with refused("ALREADY_VOIDED"):
        take_back(trial, cast.nora)


class TestTheBenefitReview:
    def test_maintenance_without_it_asks_for_a_reason_until_it_is_there(self, cast: Cast) -> None:
        course = make_course(cast, first_dose_elsewhere_date=TODAY - timedelta(days=28))
        assert not start_of(cast, course).course.benefit_reviewed

        with refused("FIELD", field="plan"):
            review(cast, course, plan=" ")
        made = review(cast, course)
        again = session_facts(DosingSession.objects.get(course=course), at=NINE, start=True).start
        assert again is not None
        assert again.course.benefit_reviewed

        actions.take_back_course_row(course_row=made, reason="Too early.", entry=entry(), by=cast.paul, now=NINE)
        without = session_facts(DosingSession.objects.get(course=course), at=NINE, start=True).start
        assert without is not None
        assert not without.course.benefit_reviewed

    def test_a_policy_written_before_it_was_asked_does_not_ask_it(self, cast: Cast) -> None:
        old = FacilityPolicy.objects.get()
        old.asks_benefit_review = False
        course = make_course(cast, first_dose_elsewhere_date=TODAY - timedelta(days=28))
        session = checked_in(cast, of_course=course, now=NINE).refresh()
        session.policy = old
        found = session_facts(session, at=NINE, start=True).start
        assert found is not None
        assert found.course.benefit_reviewed


def test_the_last_dose_elsewhere_counts_for_the_interval(cast: Cast) -> None:
    days = {"first_dose_elsewhere_date": TODAY - timedelta(days=9), "last_dose_elsewhere_date": TODAY}
    assert start_of(cast, make_course(cast, **days)).course.last_dose_date == TODAY


def test_contraindications_are_asked_again_after_as_many_days_as_the_clinic_says(cast: Cast) -> None:
    said: dict[str, Any] = {"facility": cast.facility, "program_version": cast.program_version, "overrides": {}}
    for wrong in (0, 366):
        with refused("FIELD", field="contraindication_review_days"):
            set_policy(**said, reason="Ours.", contraindication_review_days=wrong, entry=entry(), by=cast.ada, now=NINE)
    set_policy(**said, reason="Ours.", contraindication_review_days=30, entry=entry(), by=cast.ada, now=NINE)
    course = make_course(cast)
    first = checked_in(cast, of_course=course, now=NINE)
    first.answer(NINE)
    first.end_not_dosed(NINE)

    def problem(days: int) -> object:
        later = NINE + timedelta(days=days)
        walk = checked_in(cast, of_course=course, now=later)
        facts = session_facts(walk.refresh(), at=later, start=True)
        found = [row for row in clearing_refusals(facts, now=later) if row.code == "CONTRAINDICATION"]
        walk.end_not_dosed(later)
        return found[0].params["problem"]

    assert [problem(30), problem(31)] == ["anything_new", "expired"]


def test_trials_of_the_course_are_counted(cast: Cast) -> None:
    course = make_course(cast)
    assert a_trial(cast, course).facts.drug == TRIAL["drug"]
    assert Treatment.objects.count() == 0
