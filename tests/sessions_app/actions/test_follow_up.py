"""The follow-up call after a patient left early, and the task that stays open until somebody was reached."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sessions_app.actions import follow_up
from sessions_app.models import FollowUpCall
from sessions_app.models.alarm_state import alarm_state, sessions_to_look_at
from sessions_app.models.follow_up import open_follow_ups
from sessions_app.models.record import Record
from sessions_app.rules.states import State
from tests.expect import refused
from tests.factories import NINE, Cast, Walk, entry, in_state, make_cast, minutes
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
GONE = NINE + minutes(45)
NOT_REACHED = FollowUpCall.Outcome.NOT_REACHED


def call(walk: Walk, now: datetime, *, at: datetime | None = None, **fields: Any) -> FollowUpCall:
    said = {"outcome": FollowUpCall.Outcome.REACHED, "spoke_to": "Rosalind Tamarack", "said": "At home, awake."}
    envelope = {**walk.envelope(now), "entry": entry(at)}
    return follow_up.record_follow_up_call(**{**said, **fields}, **envelope)


def alarms(walk: Walk, now: datetime) -> list[str]:
    return [found.code for found in alarm_state(Record(walk.refresh()), at=now).holding]


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return in_state(cast, State.LEFT_EARLY)


class TestRecordFollowUpCall:
    def test_it_needs_no_words_when_nobody_was_reached(self, walk: Walk) -> None:
        made = call(walk, GONE + minutes(20), outcome=NOT_REACHED, spoke_to="", said="")
        assert (made.outcome, made.said) == ("NOT_REACHED", "")

    @pytest.mark.parametrize("field", ["spoke_to", "said"])
    def test_it_says_who_was_reached_and_what_was_said(self, walk: Walk, field: str) -> None:
        with refused("FIELD", field=field):
            call(walk, GONE + minutes(20), **{field: "  "})

    def test_it_is_not_before_the_patient_was_last_seen(self, walk: Walk) -> None:
        with refused("FIELD", field="occurred_time"):
            call(walk, GONE + minutes(20), at=GONE - minutes(11))
        assert call(walk, GONE + minutes(20), at=GONE - minutes(10))

    def test_it_may_be_days_later(self, walk: Walk) -> None:
        assert call(walk, GONE + timedelta(days=3))


class TestTheTask:
    def test_it_is_open_until_somebody_was_reached(self, cast: Cast, walk: Walk) -> None:
        (task,) = open_follow_ups(cast.facility)
        assert (task.dosing_session, task.due_at, task.calls) == (walk.dosing_session, GONE + minutes(60), ())
        assert task.way_home is not None

        tried = call(walk, GONE + minutes(20), outcome=NOT_REACHED)
        (task,) = open_follow_ups(cast.facility)
        assert task.calls == (tried,)

        call(walk, GONE + timedelta(days=2))
        assert open_follow_ups(cast.facility) == []

    def test_it_opens_again_when_the_call_that_reached_somebody_is_voided(self, cast: Cast, walk: Walk) -> None:
        made = call(walk, GONE + minutes(20))
        walk.void(made, GONE + minutes(25), reason="That was another patient.")
        assert [task.calls for task in open_follow_ups(cast.facility)] == [()]

    def test_it_ends_when_the_patient_comes_back(self, cast: Cast, walk: Walk) -> None:
        walk.reopen(GONE + minutes(30))
        assert open_follow_ups(cast.facility) == []

    def test_it_begins_anew_when_the_patient_leaves_again(self, cast: Cast, walk: Walk) -> None:
        walk.reopen(GONE + minutes(30))
        walk.leave_early(GONE + minutes(50))
        assert [task.due_at for task in open_follow_ups(cast.facility)] == [GONE + minutes(110)]

    def test_it_counts_no_call_of_before_the_patient_left_again(self, cast: Cast, walk: Walk) -> None:
        call(walk, GONE + minutes(10))
        walk.reopen(GONE + minutes(30))
        walk.leave_early(GONE + minutes(50))
        (task,) = open_follow_ups(cast.facility)
        assert (task.due_at, task.calls) == (GONE + minutes(110), ())
        assert [session.pk for session in sessions_to_look_at(cast.facility.pk)] == [walk.dosing_session.pk]
        assert alarms(walk, GONE + minutes(109)) == []
        assert alarms(walk, GONE + minutes(110)) == ["FOLLOW_UP"]

        call(walk, GONE + minutes(111))

        assert open_follow_ups(cast.facility) == sessions_to_look_at(cast.facility.pk) == []
        assert alarms(walk, GONE + minutes(111)) == []

    def test_it_is_of_its_own_facility_and_patient(self, cast: Cast, walk: Walk) -> None:
        other = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        later = in_state(cast, State.LEFT_EARLY)

        assert open_follow_ups(other.facility) == []
        assert len(open_follow_ups(cast.facility)) == 2
        found = open_follow_ups(cast.facility, patient=later.dosing_session.patient)
        assert [task.dosing_session for task in found] == [later.dosing_session]

    def test_it_is_read_in_few_queries(self, cast: Cast, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            open_follow_ups(cast.facility)
        for _each in range(3):
            in_state(cast, State.LEFT_EARLY)
        with django_assert_num_queries(3):
            assert len(open_follow_ups(cast.facility)) == 3
