"""An alarm's life: raised once by the system, had by name, told to the prescriber, cleared with its cause."""

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from clinic.actions.staff import system_person
from clinic.models import AuditEvent, User
from clinic.rules.roles import Role
from sessions_app.actions.alarm import acknowledge_alarm, raise_alarms
from sessions_app.actions.course import set_policy
from sessions_app.actions.follow_up import record_follow_up_call
from sessions_app.models import AlarmStep, FollowUpCall, Presence
from sessions_app.models.alarm_state import gone_alarms, sessions_to_look_at
from sessions_app.rules.presence import LONGEST as LONGEST_PRESENCE
from tests.by_hand import forge
from tests.expect import denied, held_by, nothing_written, refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    arrive,
    booked,
    checked_in,
    discharged,
    entry,
    full_check,
    in_monitoring,
    minutes,
    one_more,
    pressure,
    ready_to_leave,
)
from tests.sessions_app.actions.attempt_scenes import alarm_cause

DUE = LAST_DEVICE + minutes(40)
LATE = DUE + minutes(1)
TOLD = LATE + minutes(5)


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return in_monitoring(cast)


def vigil() -> User:
    return system_person(now=NINE)


def look(walk: Walk, now: datetime) -> None:
    raise_alarms(dosing_session=walk.dosing_session, by=vigil(), now=now)


def take(walk: Walk, of: str, now: datetime, *, by: User | None = None, **fields: Any) -> AlarmStep:
    said = {"entry": entry(), **fields}
    by = by or walk.cast.nora
    return acknowledge_alarm(dosing_session=walk.dosing_session, cause=of, by=by, now=now, **said)


def story(walk: Walk) -> list[str]:
    """Every alarm and what came of it, such as ``CHECK_OVERDUE raised told cleared``."""
    steps = walk.rows("AlarmStep")
    words = {"ACKNOWLEDGED": "had", "ESCALATED": "told", "CLEARED": "cleared"}
    return [
        " ".join([alarm.code, *(words[step.kind] for step in steps if step.alarm_id == alarm.pk)])
        for alarm in walk.rows("Alarm")
    ]


class TestRaising:
    def test_it_raises_each_level_of_a_check_once_and_clears_the_one_before(self, walk: Walk) -> None:
        for now in (DUE - minutes(6), DUE - minutes(5), DUE - minutes(4), DUE, LATE, LATE + minutes(1)):
            look(walk, now)

        assert story(walk) == ["CHECK_DUE_SOON cleared", "CHECK_DUE cleared", "CHECK_OVERDUE"]
        assert {alarm.performed_by for alarm in walk.rows("Alarm")} == {vigil()}

    def test_it_writes_nothing_where_nothing_is_new(self, walk: Walk) -> None:
        look(walk, LATE)
        with nothing_written():
            look(walk, LATE + minutes(1))
        other = booked(walk.cast)
        with nothing_written():
            look(other, LATE)

    def test_it_keeps_what_was_measured_and_one_audit_event_for_all_of_it(self, walk: Walk) -> None:
        walk.check(DUE, full_check(158, 96))
        look(walk, DUE)
        (alarm,) = walk.rows("Alarm")
        assert (alarm.code, alarm.params["systolic"], alarm.params["rising"]) == ("BP", 158, True)
        event = AuditEvent.objects.get(action="raise_alarms")
        assert event.actor == vigil()
        assert str(alarm.pk) in event.payload

    def test_it_raises_it_again_when_the_check_that_ended_it_is_voided(self, walk: Walk) -> None:
        look(walk, LATE)
        taken = walk.check(LATE)
        walk.void(taken, LATE + minutes(1))
        look(walk, LATE + minutes(2))
        assert story(walk) == ["CHECK_OVERDUE cleared", "CHECK_OVERDUE"]

    def test_it_is_for_the_systems_own_person_alone(self, walk: Walk) -> None:
        for person in (walk.cast.nora, walk.cast.paul, walk.cast.ada):
            with denied():
                raise_alarms(dosing_session=walk.dosing_session, by=person, now=LATE)

    def test_it_is_a_deviation_too_when_nobody_left_the_list_by_hand(self, walk: Walk) -> None:
        # A session past midnight keeps its people on site, and nobody is for longer than that.
        look(walk, NINE + LONGEST_PRESENCE)
        assert "PRESCRIBER_ABSENT" in [alarm.code for alarm in walk.rows("Alarm")]
        assert "PRESCRIBER_ABSENT" in [row.code for row in walk.rows("Deviation")]


class TestClearing:
    def test_it_is_cleared_in_the_transaction_of_the_check(self, walk: Walk) -> None:
        look(walk, LATE)
        with transaction.atomic():
            walk.check(LATE)
            assert story(walk) == ["CHECK_OVERDUE cleared"]
            transaction.set_rollback(True)
        assert story(walk) == ["CHECK_OVERDUE"]

        walk.check(LATE)

        assert story(walk) == ["CHECK_OVERDUE cleared"]
        (step,) = walk.rows("AlarmStep")
        assert step.performed_by == walk.cast.nora
        assert AuditEvent.objects.filter(action="clear_alarms", payload__contains=str(step.pk)).count() == 1

    def test_it_clears_nothing_that_still_holds(self, walk: Walk) -> None:
        walk.check(DUE, full_check(158, 96))
        look(walk, DUE)
        walk.instruct(DUE + minutes(1))
        assert story(walk) == ["BP"]
        walk.check(DUE + minutes(2), pressure(162, 96))
        look(walk, DUE + minutes(2))
        assert story(walk) == ["BP cleared", "BP"]
        walk.check(DUE + minutes(12), pressure(132, 84))
        assert story(walk) == ["BP cleared", "BP cleared"]

    @pytest.mark.parametrize("end", ["leave_early", "transfer"])
    def test_it_is_over_when_the_patient_is_gone(self, walk: Walk, end: str) -> None:
        arrive(walk.cast, walk.cast.paul, kind=Presence.Kind.LEFT, now=LATE)
        look(walk, LATE)
        getattr(walk, end)(LATE + minutes(1))
        assert story(walk) == ["PRESCRIBER_ABSENT cleared", "CHECK_OVERDUE cleared"]

    def test_it_is_over_when_the_patient_is_released(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        look(walk, STAY_ENDS + minutes(1))
        arrive(cast, cast.paul, kind=Presence.Kind.LEFT, now=STAY_ENDS + minutes(1))
        walk.release(STAY_ENDS + minutes(2))
        assert story(walk) == ["PRESCRIBER_ABSENT cleared"]

    def test_it_is_over_when_a_prescriber_is_back_on_every_chair(self, walk: Walk) -> None:
        other, pia = in_monitoring(walk.cast), one_more(walk.cast, Role.PRESCRIBER)
        arrive(walk.cast, walk.cast.paul, kind=Presence.Kind.LEFT, now=DUE)
        arrive(walk.cast, pia, now=DUE + minutes(1))
        assert story(walk) == story(other) == ["PRESCRIBER_ABSENT cleared"]
        arrive(walk.cast, pia, kind=Presence.Kind.LEFT, now=DUE + minutes(2))
        assert story(walk) == ["PRESCRIBER_ABSENT cleared", "PRESCRIBER_ABSENT"]

    def test_it_costs_one_query_where_no_alarm_is_open(self, walk: Walk, django_assert_num_queries: Any) -> None:
        session = walk.refresh()
        with django_assert_num_queries(1):
            assert gone_alarms(session, at=DUE) == []


class TestAcknowledging:
    def test_it_is_had_by_name_and_not_told(self, walk: Walk) -> None:
        look(walk, LATE)
        step = take(walk, alarm_cause(walk, "CHECK_OVERDUE", LATE), LATE + minutes(2), by=walk.cast.nils)
        look(walk, TOLD + minutes(3))
        assert step.performed_by == walk.cast.nils
        assert story(walk) == ["CHECK_OVERDUE had"]

    def test_it_is_raised_first_where_the_command_is_down(self, walk: Walk) -> None:
        take(walk, alarm_cause(walk, "CHECK_OVERDUE", LATE), LATE)
        assert story(walk) == ["CHECK_OVERDUE had"]
        look(walk, LATE)
        assert story(walk) == ["CHECK_OVERDUE had"]

    def test_it_is_refused_when_its_cause_is_gone(self, walk: Walk) -> None:
        of = alarm_cause(walk, "CHECK_OVERDUE", LATE)
        look(walk, LATE)
        walk.check(LATE)
        with refused("ALARM_GONE"):
            take(walk, of, LATE + minutes(1))
        with refused("ALARM_GONE"):
            take(walk, "CHECK_OVERDUE:nothing", LATE)
        booking = booked(walk.cast)
        with refused("ALARM_GONE"):
            take(booking, of, LATE)

    def test_it_says_who_was_faster(self, walk: Walk) -> None:
        of = alarm_cause(walk, "CHECK_OVERDUE", LATE)
        take(walk, of, LATE, by=walk.cast.nils)
        with refused("ALARM_TAKEN") as caught:
            take(walk, of, LATE + minutes(1))
        assert caught.value.refusals[0].params == {"name": "Nils Quince", "at": LATE}

    def test_it_is_had_for_every_chair_at_once_when_it_concerns_them_all(self, walk: Walk) -> None:
        other, before = in_monitoring(walk.cast), checked_in(walk.cast)
        arrive(walk.cast, walk.cast.paul, kind=Presence.Kind.LEFT, now=DUE - minutes(10))
        take(walk, alarm_cause(walk, "PRESCRIBER_ABSENT", DUE - minutes(9)), DUE - minutes(9))
        assert story(walk) == story(other) == ["PRESCRIBER_ABSENT had"]
        assert story(before) == []

    def test_it_is_enough_for_what_nothing_takes_back(self, cast: Cast) -> None:
        walk = discharged(cast)
        walk.check(STAY_ENDS + minutes(60), full_check(180, 95), at=STAY_ENDS - minutes(3))
        look(walk, STAY_ENDS + minutes(61))
        assert story(walk) == ["GATE_WOULD_HAVE_REFUSED"]
        (alarm,) = walk.rows("Alarm")
        take(walk, alarm.key, STAY_ENDS + minutes(62))
        assert story(walk) == ["GATE_WOULD_HAVE_REFUSED had cleared"]


class TestEscalating:
    @pytest.mark.parametrize(("seconds", "expected"), [(-1, "CHECK_OVERDUE"), (0, "CHECK_OVERDUE told")])
    def test_it_is_told_when_nobody_has_it_in_time(self, walk: Walk, seconds: int, expected: str) -> None:
        look(walk, LATE)
        look(walk, TOLD + minutes(1) / 60 * seconds)
        assert story(walk) == [expected]

    def test_it_is_told_once_and_names_the_prescribers_here(self, walk: Walk) -> None:
        look(walk, LATE)
        look(walk, TOLD)
        with nothing_written():
            look(walk, TOLD + minutes(1))
        (step,) = walk.rows("AlarmStep")
        assert step.params == {"told": ["Paul Penstemon"]}
        take(walk, alarm_cause(walk, "CHECK_OVERDUE", TOLD), TOLD + minutes(1), by=walk.cast.paul)
        assert story(walk) == ["CHECK_OVERDUE told had"]

    def test_it_names_nobody_where_no_prescriber_is_here(self, walk: Walk) -> None:
        arrive(walk.cast, walk.cast.paul, kind=Presence.Kind.LEFT, now=DUE - minutes(20))
        look(walk, DUE - minutes(15))
        assert walk.rows("AlarmStep")[-1].params == {"told": []}

    def test_it_is_never_told_of_a_check_that_is_not_late(self, walk: Walk) -> None:
        look(walk, DUE - minutes(5))
        look(walk, DUE - minutes(1) / 60)
        assert story(walk) == ["CHECK_DUE_SOON"]

    def test_it_is_after_the_minutes_of_the_policy_it_was_checked_in_under(self, cast: Cast) -> None:
        before = in_monitoring(cast)
        set_policy(
            facility=cast.facility,
            program_version=cast.program_version,
            overrides={},
            escalation_minutes=2,
            reason="A small floor.",
            entry=entry(),
            by=cast.ada,
            now=NINE,
        )
        since = in_monitoring(cast)
        for walk in (before, since):
            look(walk, LATE)
            look(walk, LATE + minutes(2))
        assert (story(before), story(since)) == (["CHECK_OVERDUE"], ["CHECK_OVERDUE told"])


class TestFollowUp:
    def test_it_asks_for_a_call_until_somebody_is_reached(self, walk: Walk) -> None:
        left = DUE + minutes(5)
        walk.leave_early(left)
        assert [session.pk for session in sessions_to_look_at(walk.cast.facility.pk)] == [walk.dosing_session.pk]
        look(walk, left + minutes(59))
        assert story(walk) == []
        look(walk, left + minutes(60))
        assert story(walk) == ["FOLLOW_UP"]

        def call(outcome: FollowUpCall.Outcome, now: datetime, **said: str) -> None:
            record_follow_up_call(outcome=outcome, **{"spoke_to": "", "said": "", **said}, **walk.envelope(now))

        call(FollowUpCall.Outcome.NOT_REACHED, left + minutes(61))
        look(walk, left + minutes(100))
        assert story(walk) == ["FOLLOW_UP cleared"]
        look(walk, left + minutes(121))
        assert story(walk) == ["FOLLOW_UP cleared", "FOLLOW_UP"]
        call(FollowUpCall.Outcome.REACHED, left + minutes(122), spoke_to="Rosalind", said="At home, well.")
        assert story(walk) == ["FOLLOW_UP cleared", "FOLLOW_UP cleared"]
        assert sessions_to_look_at(walk.cast.facility.pk) == []


class TestTheDatabase:
    def test_it_raises_a_cause_once_and_says_each_step_once(self, walk: Walk) -> None:
        look(walk, LATE)
        look(walk, TOLD)
        (alarm,), (step,) = walk.rows("Alarm"), walk.rows("AlarmStep")
        with held_by("alarm_raised_once"):
            forge(alarm)
        with held_by("alarm_step_said_once"):
            forge(step)
