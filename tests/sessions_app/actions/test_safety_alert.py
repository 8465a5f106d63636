"""An alert holds the release, whoever comes first, until a prescriber signs a plan."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from clinic.identifiers import new_id
from sessions_app.actions import departure
from sessions_app.actions.patient_link import link_patients
from sessions_app.actions.score import void_score
from sessions_app.models import Alarm, Transfer
from sessions_app.models.score import unanswered_alerts
from tests.expect import denied, held_by, refused
from tests.factories import (
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    arrive,
    checked_in,
    discharged,
    entry,
    in_monitoring,
    make_cast,
    make_course,
    make_patient,
    minutes,
    ready_to_leave,
)
from tests.sessions_app.actions.asked import CALM, ITEM_9, LATER, alert_of, answered, asked, between, walk

__all__ = ["walk"]


class TestSafetyAlert:
    @pytest.mark.parametrize(
        ("code", "items", "cause"),
        [
            ("phq9", ITEM_9, "PHQ_ITEM_9"),
            ("cssrs", [0, 0, None, None, None, 1, 0], "CSSRS_MODERATE"),
            ("cssrs", [1, 1, 0, 1, 0, 0, 0], "CSSRS_HIGH"),
        ],
    )
    def test_it_holds_the_patient_until_a_prescriber_signs_a_plan(
        self, walk: Walk, code: str, items: list[int | None], cause: str
    ) -> None:
        score = asked(walk, items, code=code)
        assert alert_of(score).cause == cause
        with refused("SAFETY_ALERT"):
            walk.release(STAY_ENDS)
        with denied():
            answered(alert_of(score), walk.cast, by=walk.cast.nora)
        with refused("SIGNATURE"):
            answered(alert_of(score), walk.cast, entry=entry(proof=None))
        with refused("FIELD", field="plan"):
            answered(alert_of(score), walk.cast, plan=" ")

        answered(alert_of(score), walk.cast)
        walk.release(STAY_ENDS)
        assert unanswered_alerts(walk.cast.facility) == []

    def test_it_is_no_trap(self, walk: Walk) -> None:
        asked(walk, ITEM_9)
        departure.transfer_patient(
            destination=Transfer.Destination.HOSPITAL, place="Wrenfield", handed_over="All.", **walk.envelope(STAY_ENDS)
        )
        assert walk.refresh().state == "TRANSFERRED"
        assert len(unanswered_alerts(walk.cast.facility)) == 1

    def test_it_falls_again_with_an_earlier_check_entered_later(self, walk: Walk) -> None:
        """As every prescriber's decision does (gate.md, principle 4); and may then be answered again."""
        alert = alert_of(asked(walk, ITEM_9))
        answered(alert, walk.cast, now=STAY_ENDS - minutes(1))
        walk.check(STAY_ENDS, at=STAY_ENDS - minutes(10))
        with refused("SAFETY_ALERT"):
            walk.release(STAY_ENDS)
        answered(alert, walk.cast)
        walk.release(STAY_ENDS)

    def test_it_is_raised_at_the_end_it_came_too_late_for(self, cast: Cast) -> None:
        walk = discharged(cast)
        score = asked(walk, ITEM_9, STAY_ENDS + minutes(5), entry=entry(LATER))
        assert Alarm.objects.get(dosing_session=walk.dosing_session).params == {"discharge": ["SAFETY_ALERT"]}
        answered(alert_of(score), cast, now=STAY_ENDS + minutes(9))
        assert unanswered_alerts(cast.facility) == []

    def test_one_of_between_waits_for_the_next_release(self, cast: Cast) -> None:
        course = make_course(cast)
        score = between(cast, course, ITEM_9, NINE - timedelta(days=1))
        walk = ready_to_leave(cast, of_course=course)
        with refused("SAFETY_ALERT"):
            walk.release(STAY_ENDS)
        answered(alert_of(score), cast)
        walk.release(STAY_ENDS)

    def test_one_answered_between_waits_no_more(self, cast: Cast) -> None:
        course = make_course(cast)
        answered(alert_of(between(cast, course, ITEM_9, NINE - timedelta(days=1))), cast, now=NINE - timedelta(hours=9))
        ready_to_leave(cast, of_course=course).release(STAY_ENDS)

    def test_nothing_is_entered_beside_an_open_session(self, cast: Cast) -> None:
        walk = checked_in(cast)
        with refused("SCORED_IN_SESSION"):
            between(cast, walk.dosing_session.course, CALM, NINE + minutes(5))

    def test_it_holds_that_a_release_answers_every_alert(self, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
        asked(walk, ITEM_9)
        monkeypatch.setattr("sessions_app.actions.discharge.discharge_refusals", lambda *_, **__: ())
        with held_by("discharge_answers_every_alert"):
            walk.release(STAY_ENDS)


THE_DAY_BEFORE = NINE - timedelta(days=1)


@pytest.fixture
def annex(cast: Cast) -> Cast:
    """The organisation's other clinic, with people of its own."""
    return make_cast(facility_name="Annex", suffix="9", organisation=cast.facility.organisation)


class TestOfThePatient:
    """gate.md says of the patient: whichever course the alert arose on, and wherever."""

    def test_another_course_is_held_and_answers_it(self, cast: Cast) -> None:
        course, patient = make_course(cast), make_patient(cast)
        walk = ready_to_leave(cast, of_course=make_course(cast, patient=course.patient))
        alert = alert_of(between(cast, course, ITEM_9, LATER))
        between(cast, make_course(cast, patient=patient), ITEM_9, LATER)
        with refused("SAFETY_ALERT"):
            walk.release(STAY_ENDS)
        answered(alert, cast)
        walk.release(STAY_ENDS)

    def test_the_other_clinic_is_held_and_answers_it(self, cast: Cast, annex: Cast) -> None:
        course = make_course(cast, patient=make_patient(annex))
        walk = ready_to_leave(annex, of_course=make_course(annex, patient=course.patient))
        alert = alert_of(between(cast, course, ITEM_9, LATER))
        raised = Alarm.objects.get(dosing_session=walk.dosing_session)
        assert (raised.code, raised.facility) == ("SAFETY_ALERT", annex.facility)
        with refused("SAFETY_ALERT"):
            walk.release(STAY_ENDS)
        with denied():
            answered(alert, annex, by=annex.nora)
        plan = answered(alert, annex)
        assert (plan.facility, plan.dosing_session) == (annex.facility, walk.dosing_session)
        walk.release(STAY_ENDS)
        assert unanswered_alerts(cast.facility) == []

    def test_where_it_arose_it_is_answered_for_the_other_clinic_too(self, cast: Cast, annex: Cast) -> None:
        course = make_course(cast, patient=make_patient(annex))
        walk = ready_to_leave(annex, of_course=make_course(annex, patient=course.patient))
        plan = answered(alert_of(between(cast, course, ITEM_9, LATER)), cast)
        assert (plan.facility, plan.dosing_session) == (cast.facility, None)
        assert [step.kind for step in walk.rows("AlarmStep")] == ["CLEARED"]
        walk.release(STAY_ENDS)

    def test_nobody_else_answers_it(self, cast: Cast, annex: Cast) -> None:
        alert = alert_of(between(cast, make_course(cast), ITEM_9, THE_DAY_BEFORE))
        with denied():
            answered(alert, annex)

    def test_it_is_of_the_person_on_whichever_record(self, cast: Cast) -> None:
        one, other = make_course(cast), make_course(cast)
        alert = alert_of(between(cast, one, ITEM_9, THE_DAY_BEFORE))
        link: dict[str, Any] = {"facility": cast.facility, "by": cast.nora, "now": NINE, "reason": "The same card."}
        link_patients(duplicate=one.patient, kept=other.patient, entry=entry(), **link)
        other.refresh_from_db()
        walk = ready_to_leave(cast, of_course=other)
        with refused("SAFETY_ALERT"):
            walk.release(STAY_ENDS)
        answered(alert, cast)
        walk.release(STAY_ENDS)

    def test_one_taken_back_there_holds_nobody_here(self, cast: Cast, annex: Cast) -> None:
        course = make_course(cast, patient=make_patient(annex))
        score = between(cast, course, ITEM_9, THE_DAY_BEFORE)
        void_score(score=score, reason="Another patient's.", entry=entry(), by=cast.paul, now=NINE)
        ready_to_leave(annex, of_course=make_course(annex, patient=course.patient)).release(STAY_ENDS)

    def test_it_holds_that_a_release_answers_every_alert(
        self, cast: Cast, annex: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        course = make_course(cast, patient=make_patient(annex))
        between(cast, course, ITEM_9, THE_DAY_BEFORE)
        walk = ready_to_leave(annex, of_course=make_course(annex, patient=course.patient))
        monkeypatch.setattr("sessions_app.actions.discharge.discharge_refusals", lambda *_, **__: ())
        with held_by("discharge_answers_every_alert"):
            walk.release(STAY_ENDS)

    @pytest.mark.parametrize(
        ("items", "at", "found"),
        [
            (ITEM_9, LATER, [{"discharge": ["SAFETY_ALERT"]}]),
            (ITEM_9, STAY_ENDS, [{"discharge": ["SAFETY_ALERT"]}]),
            (ITEM_9, STAY_ENDS + minutes(1), []),
            (CALM, LATER, []),
        ],
        ids=["before leaving", "the same minute", "after leaving", "no alert"],
    )
    def test_it_is_raised_at_a_release_elsewhere_that_it_came_too_late_for(
        self, cast: Cast, annex: Cast, items: list[int | None], at: datetime, found: list[dict[str, list[str]]]
    ) -> None:
        course = make_course(cast, patient=make_patient(annex))
        walk = discharged(annex, of_course=make_course(annex, patient=course.patient))
        between(cast, course, items, STAY_ENDS + minutes(60), entry=entry(at))
        assert [alarm.params for alarm in walk.rows("Alarm")] == found
        assert [row.reason for row in walk.rows("Deviation")] == ["SAFETY_ALERT" for _ in found]

    def test_one_of_an_earlier_session_is_raised_at_the_release_since(self, cast: Cast) -> None:
        course, day = make_course(cast), NINE + timedelta(days=2)
        first = in_monitoring(cast, of_course=course)
        first.transfer(LATER)
        for person in (cast.nora, cast.paul):
            arrive(cast, person, now=day)
        walk = in_monitoring(cast, of_course=make_course(cast, patient=course.patient), now=day)
        walk.check(day + minutes(75))
        walk.instruct(day + minutes(90))
        walk.check(day + minutes(150))
        walk.assess(day + minutes(150))
        walk.release(day + minutes(155))
        asked(first, ITEM_9, day + minutes(200), entry=entry(LATER))
        assert [alarm.params for alarm in walk.rows("Alarm")] == [{"discharge": ["SAFETY_ALERT"]}]
        assert first.rows("Alarm") == []

    def test_its_plan_falls_after_the_end_too(self, cast: Cast) -> None:
        course = make_course(cast)
        alert = alert_of(between(cast, course, ITEM_9, THE_DAY_BEFORE))
        walk = ready_to_leave(cast, of_course=make_course(cast, patient=course.patient))
        answered(alert, cast, now=STAY_ENDS - minutes(1))
        walk.release(STAY_ENDS)
        walk.check(STAY_ENDS + minutes(5), at=STAY_ENDS - minutes(10))
        assert walk.rows("Alarm")[-1].params == {"discharge": ["SAFETY_ALERT"]}

    def test_it_holds_that_a_plan_is_of_the_same_person(self, cast: Cast) -> None:
        alert = alert_of(between(cast, make_course(cast), ITEM_9, THE_DAY_BEFORE))
        plan, other = answered(alert, cast), make_course(cast)
        plan.pk, plan.course = new_id(), other
        with held_by("safety_plan_alert_of_person"):
            plan.save(force_insert=True)
