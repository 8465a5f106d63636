"""A session from paper: the gates at its times, all or nothing, its label, and the second person."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from clinic.models import AuditEvent, Channel
from sessions_app.actions import booking, paper
from sessions_app.models import Check, DosingSession, GateException, Transition
from sessions_app.models.paper import sessions_to_compare, sheets_to_compare
from sessions_app.models.record import Record
from sessions_app.rules.facts import SignEventKind
from tests.expect import denied, refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    discharged,
    entry,
    full_check,
    in_monitoring,
    make_course,
    minutes,
)
from tests.sessions_app.actions.attempt_scenes import alarm_cause
from tests.sessions_app.actions.test_alarm import look, story, take
from tests.sessions_app.paper import POWER_BACK, Sheet, whole_sheet

ONSET, GONE = SignEventKind.ONSET, SignEventKind.RESOLUTION
NOT_ASKED = (
    "ENROLMENT",
    "CONTRAINDICATION",
    "MEDICINES",
    "FASTING",
    "LIQUID",
    "NASAL",
    "SAFE_WAY_HOME",
    "COUNSELLING",
)


def confirm(walk: Walk, **fields: Any) -> Any:
    return paper.confirm_paper(**{**walk.envelope(POWER_BACK + minutes(10), by=walk.cast.nils), **fields})


def walk_of(cast: Cast, sheet: Any) -> Walk:
    return Walk(cast, sheet.dosing_session)


class TestAWholeSession:
    def test_it_runs_through_both_gates_at_the_times_on_the_paper(self, cast: Cast) -> None:
        sheet = whole_sheet(cast).enter(by=cast.nils)

        session = walk_of(cast, sheet).refresh()
        assert (session.state, session.checked_in_at) == ("DISCHARGED", NINE)
        assert session.discharge is not None
        assert (session.discharge.occurred_at, session.discharge.anchor_counted_at) == (STAY_ENDS, LAST_DEVICE)
        assert not GateException.objects.exists()

    def test_it_says_who_did_it_who_typed_it_and_that_it_was_paper(self, cast: Cast) -> None:
        sheet = whole_sheet(cast).enter(by=cast.nils)

        for row in (*Check.objects.all(), *Transition.objects.exclude(to_state="SCHEDULED")):
            assert (row.channel, row.performed_by, row.recorded_by) == (Channel.PAPER, cast.nora, cast.nils)
        order = walk_of(cast, sheet).rows("DoseOrder")[0]
        assert (order.performed_by, order.recorded_by) == (cast.paul, cast.nils)

    def test_it_takes_the_booking_of_that_day(self, cast: Cast) -> None:
        course = make_course(cast)
        booked = booking.book_session(
            course=course, scheduled_at=NINE + minutes(60), chair="4", entry=entry(), by=cast.fred, now=NINE
        )
        sheet = whole_sheet(cast).enter(course)
        assert sheet.dosing_session_id == booked.pk

    def test_it_keeps_its_times_in_order_however_they_were_typed(self, cast: Cast) -> None:
        sheet = whole_sheet(cast)
        sheet.lines.reverse()
        assert walk_of(cast, sheet.enter()).refresh().state == "DISCHARGED"

    def test_it_writes_nothing_when_one_line_is_refused_and_names_it(self, cast: Cast) -> None:
        course = make_course(cast)
        sheet = Sheet(cast).dosed().watched(full_check(170, 95)).released()
        before = DosingSession.objects.count()
        with refused("PAPER_LINE", "BP") as caught:
            sheet.enter(course)
        assert caught.value.refusals[0].params["line"] == sheet.lines[-1].where
        assert DosingSession.objects.count() == before

    def test_it_names_the_field_of_a_line(self, cast: Cast) -> None:
        course = make_course(cast)
        sheet = Sheet(cast).asked().check(NINE + minutes(20), full_check(80, 90))
        with refused("FIELD", field="diastolic_mmhg") as caught:
            sheet.enter(course)
        assert caught.value.refusals[0].params["line"] == sheet.lines[-1].where

    def test_it_records_a_dose_the_start_gate_would_have_refused_as_an_exception(self, cast: Cast) -> None:
        course = make_course(cast)
        sheet = Sheet(cast).check(NINE + minutes(20)).order()
        refused_sheet = Sheet(cast).check(NINE + minutes(20)).order().clear()
        with refused(
            "PAPER_LINE",
            "ENROLMENT",
            "CONTRAINDICATION",
            "MEDICINES",
            "FASTING",
            "LIQUID",
            "NASAL",
            "SAFE_WAY_HOME",
            "COUNSELLING",
        ):
            refused_sheet.enter(course)

        why = "The questions were asked and not written down."
        sheet.clear(exception_reason=why).device(NINE + minutes(30), exception_reason=why)
        sheet.device(LAST_DEVICE, exception_reason=why).finish().enter(course)

        assert GateException.objects.filter(reason=why, channel=Channel.PAPER).count() == 3

    def test_it_refuses_a_second_session_of_that_patient_and_day(self, cast: Cast) -> None:
        course = make_course(cast)
        whole_sheet(cast).enter(course)
        second = whole_sheet(cast)
        with refused("SAME_DAY"):
            second.enter(course, by=cast.nils)

    def test_it_has_one_effect(self, cast: Cast) -> None:
        course, form, sheet = make_course(cast), entry(), whole_sheet(cast)
        first = sheet.enter(course, entry=form)
        assert sheet.enter(course, entry=form) == first
        assert DosingSession.objects.filter(course=course).count() == 1
        assert AuditEvent.objects.get(entry_id=form.entry_id).action == "enter_paper_session"

    def test_it_is_refused_without_a_reason(self, cast: Cast) -> None:
        course, sheet = make_course(cast), whole_sheet(cast)
        with refused("FIELD", field="reason"):
            sheet.enter(course, reason=" ")


class TestTheRestOfASession:
    def test_it_goes_on_where_the_power_went(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        Sheet(cast).watched().released().enter_on(walk.dosing_session)
        assert walk.refresh().state == "DISCHARGED"
        assert [check.channel for check in walk.rows("Check")] == ["LIVE", "PAPER", "PAPER"]

    def test_it_closes_a_forgotten_session_days_later(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        Sheet(cast).watched().released().enter_on(walk.dosing_session, now=POWER_BACK + minutes(3 * 24 * 60))
        assert walk.refresh().state == "DISCHARGED"

    def test_it_records_who_left_early(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        Sheet(cast).left_early(LAST_DEVICE + minutes(50)).enter_on(walk.dosing_session)
        assert walk.refresh().state == "LEFT_EARLY"

    def test_it_charts_a_check_of_before_the_dose_as_one(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        Sheet(cast).check(NINE + minutes(28), full_check(120, 70)).enter_on(walk.dosing_session)
        assert [check.kind for check in walk.rows("Check")] == ["BASELINE", "BASELINE"]

    def test_it_refuses_an_empty_sheet(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD"):
            Sheet(cast).enter_on(walk.dosing_session)

    def test_it_waits_for_nobody_who_types_another_sheet_twice(self, cast: Cast) -> None:
        walk, form = in_monitoring(cast), entry()
        sheet = Sheet(cast).check(LAST_DEVICE + minutes(40))
        assert sheet.enter_on(walk.dosing_session, entry=form) == sheet.enter_on(walk.dosing_session, entry=form)
        assert len(walk.rows("Check")) == 2


class TestWhatHoldsAfterwards:
    OVERDUE = LAST_DEVICE + minutes(43)

    def overdue(self, cast: Cast, at: datetime = OVERDUE) -> Walk:
        walk = in_monitoring(cast)
        look(walk, at)
        take(walk, alarm_cause(walk, "CHECK_OVERDUE", at), at)
        assert story(walk) == ["CHECK_OVERDUE had"]
        return walk

    def test_a_line_of_before_an_alarm_does_not_clear_it(self, cast: Cast) -> None:
        walk = self.overdue(cast)
        Sheet(cast).sign(LAST_DEVICE + minutes(5), ONSET).enter_on(walk.dosing_session, now=self.OVERDUE + minutes(2))
        look(walk, self.OVERDUE + minutes(2))
        assert story(walk) == ["CHECK_OVERDUE had"]

    def test_what_the_sheet_takes_away_is_cleared_now_and_once(self, cast: Cast) -> None:
        walk, now = self.overdue(cast), self.OVERDUE + minutes(2)
        sheet = Sheet(cast).check(self.OVERDUE - minutes(5)).check(self.OVERDUE - minutes(1))
        sheet.enter_on(walk.dosing_session, by=cast.nils, now=now)
        assert story(walk) == ["CHECK_OVERDUE had cleared"]
        step = walk.rows("AlarmStep")[-1]
        assert (step.occurred_at, step.performed_by, step.order) == (now, cast.nils, walk.refresh().last_order)

    @pytest.mark.parametrize(
        "filled_in",
        [
            lambda sheet: sheet.watched().released(),
            lambda sheet: sheet.left_early(LAST_DEVICE + minutes(30)),
            lambda sheet: sheet.transferred(LAST_DEVICE + minutes(30)),
        ],
        ids=["released", "left early", "transferred"],
    )
    def test_its_end_takes_them_all_away_now(self, cast: Cast, filled_in: Callable[[Sheet], Sheet]) -> None:
        walk = self.overdue(cast, POWER_BACK)
        filled_in(Sheet(cast)).enter_on(walk.dosing_session, now=POWER_BACK + minutes(2))
        assert story(walk) == ["CHECK_OVERDUE had cleared"]
        assert walk.rows("AlarmStep")[-1].occurred_at == POWER_BACK + minutes(2)

    def test_the_gates_of_a_session_that_was_over_are_judged_by_all_of_the_sheet(self, cast: Cast) -> None:
        walk = discharged(cast)
        sheet = Sheet(cast).sign(NINE + minutes(60), ONSET).sign(NINE + minutes(80), GONE)
        sheet.enter_on(walk.dosing_session)
        assert (story(walk), [row.code for row in walk.rows("Deviation")]) == ([], ["FROM_PAPER"])

    def test_a_gate_that_the_sheet_would_have_closed_is_said_now_and_once(self, cast: Cast) -> None:
        walk = discharged(cast)
        sheet = Sheet(cast).sign(NINE + minutes(60), ONSET).sign(NINE + minutes(70), ONSET, "dissociation")
        sheet.sign(NINE + minutes(80), GONE).enter_on(walk.dosing_session)
        (alarm,) = walk.rows("Alarm")
        assert (alarm.params, alarm.occurred_at) == ({"discharge": ["UNRESOLVED"]}, POWER_BACK)
        assert [row.code for row in walk.rows("Deviation")] == ["FROM_PAPER", "DISCHARGE_GATE"]


class TestConfirmPaper:
    def test_it_takes_the_sheet_off_the_list_and_leaves_the_label(self, cast: Cast) -> None:
        walk = walk_of(cast, whole_sheet(cast).enter())
        assert list(sessions_to_compare(cast.facility)) == [walk.dosing_session]

        confirm(walk)

        assert not sessions_to_compare(cast.facility)
        assert sheets_to_compare(Record(walk.refresh())) == []
        assert {check.channel for check in walk.rows("Check")} == {"PAPER"}

    def test_it_asks_again_after_another_sheet(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        Sheet(cast).check(LAST_DEVICE + minutes(40)).enter_on(walk.dosing_session)
        confirm(walk)
        Sheet(cast).check(LAST_DEVICE + minutes(60)).enter_on(walk.dosing_session)
        assert len(sheets_to_compare(Record(walk.refresh()))) == 1

    def test_it_is_nobody_who_typed_it_and_somebody_licensed(self, cast: Cast) -> None:
        walk = walk_of(cast, whole_sheet(cast).enter())
        with refused("SECOND_PERSON"):
            confirm(walk, by=cast.nora)
        with refused("SECOND_PERSON"):
            confirm(walk, entry=entry(performed_by=cast.nora))
        with denied():
            confirm(walk, by=cast.fred)
        confirm(walk)

    def test_it_refuses_where_nothing_waits(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("NOTHING_TO_COMPARE"):
            confirm(walk)


def test_a_session_from_paper_is_reopened_only_once_it_was_compared(cast: Cast) -> None:
    walk = walk_of(cast, whole_sheet(cast).enter())
    with refused("PAPER_NOT_COMPARED"):
        walk.reopen(POWER_BACK)
    confirm(walk)
    walk.reopen(POWER_BACK + minutes(20))
    assert walk.refresh().state == "MONITORING"
