"""A plan is taken back, or its form is sent again."""

from dataclasses import replace
from typing import Any

from sessions_app.actions.score import void_plan
from sessions_app.models import Alarm, SafetyPlan
from sessions_app.models.score import unanswered_alerts
from tests.expect import denied, refused
from tests.factories import STAY_ENDS, Cast, Walk, entry, make_course, make_patient, minutes, ready_to_leave
from tests.sessions_app.actions.asked import ITEM_9, LATER, alert_of, answered, asked, between, walk
from tests.sessions_app.actions.test_safety_alert import THE_DAY_BEFORE, annex

__all__ = ["annex", "walk"]


class TestAPlanIsTakenBack:
    def void(self, plan: Any, cast: Cast, **said: Any) -> Any:
        return void_plan(**{"plan": plan, "reason": "Of another patient.", "entry": entry(), "by": cast.nora, **said})

    def test_its_alert_holds_again(self, walk: Walk) -> None:
        alert = alert_of(asked(walk, ITEM_9))
        plan = answered(alert, walk.cast, now=STAY_ENDS - minutes(1))
        with refused("FIELD", field="reason"):
            self.void(plan, walk.cast, now=STAY_ENDS, reason=" ")
        with denied():
            self.void(plan, walk.cast, now=STAY_ENDS, by=walk.cast.fred)
        self.void(plan, walk.cast, now=STAY_ENDS)
        with refused("ALREADY_VOIDED"):
            self.void(plan, walk.cast, now=STAY_ENDS)
        with refused("SAFETY_ALERT"):
            walk.release(STAY_ENDS)
        answered(alert, walk.cast)
        walk.release(STAY_ENDS)

    def test_a_release_that_rested_on_it_is_judged_again(self, walk: Walk) -> None:
        plan = answered(alert_of(asked(walk, ITEM_9)), walk.cast)
        walk.release(STAY_ENDS)
        self.void(plan, walk.cast, now=STAY_ENDS + minutes(5))
        assert Alarm.objects.get(dosing_session=walk.dosing_session).params == {"discharge": ["SAFETY_ALERT"]}
        assert len(unanswered_alerts(walk.cast.facility)) == 1

    def test_it_holds_who_sits_at_the_other_clinic_by_now(self, cast: Cast, annex: Cast) -> None:
        course = make_course(cast, patient=make_patient(annex))
        plan = answered(alert_of(between(cast, course, ITEM_9, THE_DAY_BEFORE)), cast, now=THE_DAY_BEFORE)
        walk = ready_to_leave(annex, of_course=make_course(annex, patient=course.patient))
        self.void(plan, cast, now=STAY_ENDS)
        raised = Alarm.objects.get(dosing_session=walk.dosing_session)
        assert (raised.code, raised.facility) == ("SAFETY_ALERT", annex.facility)
        with refused("SAFETY_ALERT"):
            walk.release(STAY_ENDS)

    def test_a_release_of_the_other_clinic_that_rested_on_it_is_judged_again(self, cast: Cast, annex: Cast) -> None:
        course = make_course(cast, patient=make_patient(annex))
        walk = ready_to_leave(annex, of_course=make_course(annex, patient=course.patient))
        plan = answered(alert_of(between(cast, course, ITEM_9, LATER)), cast)
        walk.release(STAY_ENDS)
        self.void(plan, cast, now=STAY_ENDS + minutes(5))
        judged = Alarm.objects.get(dosing_session=walk.dosing_session, code="GATE_WOULD_HAVE_REFUSED")
        assert judged.params == {"discharge": ["SAFETY_ALERT"]}

    def test_sent_twice_it_has_one_effect(self, cast: Cast) -> None:
        plan = answered(alert_of(between(cast, make_course(cast), ITEM_9, THE_DAY_BEFORE)), cast)
        sent = entry()
        one, other = (self.void(plan, cast, now=STAY_ENDS, entry=sent) for _time in range(2))
        assert one == other


class TestItsFormIsSentAgain:
    def test_after_the_session_ended_it_is_the_same_plan(self, walk: Walk) -> None:
        """Of an alert of between: where it is answered depends on who sits here, and then nobody does any more."""
        cast, sent = walk.cast, entry()
        alert = alert_of(between(cast, make_course(cast, patient=walk.dosing_session.patient), ITEM_9, LATER))
        first = answered(alert, cast, entry=sent)
        walk.release(STAY_ENDS)
        again = answered(alert, cast, entry=replace(sent, proof=entry().proof), now=STAY_ENDS + minutes(3))
        assert again == first
        assert SafetyPlan.objects.count() == 1
