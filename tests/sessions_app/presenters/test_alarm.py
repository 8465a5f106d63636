"""What an alarm says, to whom, and in which order."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from clinic.models import Patient
from clinic.rules.roles import ROLE_PERMISSIONS, Role
from sessions_app.models import DosingSession, Presence
from sessions_app.models.day import Day
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.presenters.alarm import alarm_history, floor_alarms, session_alarms
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.alarm import alarm_words
from sessions_app.rules.alarms import AlarmCode
from tests.factories import (
    LAST_DEVICE,
    STAY_ENDS,
    Cast,
    Walk,
    arrive,
    discharged,
    full_check,
    in_monitoring,
    minutes,
    pressure,
)
from tests.scene import cast, clinic
from tests.sessions_app.actions.attempt_scenes import alarm_cause
from tests.sessions_app.actions.test_alarm import DUE, LATE, TOLD, look, take

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return in_monitoring(cast)


def panel(cast: Cast, now: datetime, role: Role = Role.NURSE) -> dict[str, Any]:
    return floor_alarms(Day(cast.facility, at=now), permissions=ROLE_PERMISSIONS[role])


def items(cast: Cast, now: datetime, role: Role = Role.NURSE) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = panel(cast, now, role)["items"]
    return found


def reader(walk: Walk, now: datetime) -> Reader:
    return Reader(walk.cast.facility.zone, now, walk.refresh().policy.program)


class TestTheRail:
    def test_it_is_there_without_the_command_and_gone_with_the_check(self, walk: Walk) -> None:
        (alarm,) = items(walk.cast, LATE + minutes(2))
        assert (alarm["before"], alarm["count_text"], alarm["after"]) == ("40-min check ", "03:00", " late")
        assert alarm["more"] == "Nobody has it yet. Paul Penstemon is told at 10:21"
        assert (alarm["kind"], alarm["chair"], alarm["sound"], alarm["do_label"]) == (
            "overdue",
            "1",
            "late",
            "Chart now",
        )
        assert alarm["say"] == "Chair 1: 40-min check late"
        walk.check(LATE + minutes(2))
        assert items(walk.cast, LATE + minutes(2)) == []

    def test_it_counts_down_quietly_before_the_minute(self, walk: Walk) -> None:
        (alarm,) = items(walk.cast, DUE - minutes(2))
        assert (alarm["before"], alarm["count_text"], alarm["kind"]) == ("40-min check in ", "02:00", "monitor")
        assert (alarm["more"], alarm["sound"], alarm["take_url"]) == ("Due 10:15", "", "")
        (alarm,) = items(walk.cast, DUE)
        assert (alarm["what"], alarm["sound"], bool(alarm["take_url"])) == ("40-min check is due now", "due", True)

    def test_it_says_who_has_it_and_keeps_quiet(self, walk: Walk) -> None:
        take(walk, alarm_cause(walk, "CHECK_OVERDUE", LATE), LATE)
        (alarm,) = items(walk.cast, LATE + minutes(1))
        assert alarm["more"] == "Nora Nightjar has it, 10:16"
        assert (alarm["sound"], alarm["take_url"]) == ("", "")

    @pytest.mark.parametrize("written", [True, False])
    def test_it_is_the_prescribers_when_nobody_had_it_in_time(self, walk: Walk, written: bool) -> None:
        if written:
            look(walk, LATE)
            look(walk, TOLD)
        (for_nora,), (for_paul,) = items(walk.cast, TOLD), items(walk.cast, TOLD, Role.PRESCRIBER)
        assert for_nora["more"] == "Nobody has it yet. Paul Penstemon told 10:21"
        assert (for_nora["yours"], for_paul["yours"]) == (False, True)
        (before,) = items(walk.cast, TOLD - timedelta(seconds=1), Role.PRESCRIBER)
        assert not before["yours"]

    def test_it_puts_what_was_told_first_for_the_prescriber_alone(self, walk: Walk) -> None:
        other = in_monitoring(walk.cast)
        look(walk, LATE)
        other.check(TOLD, full_check(spo2=85))
        look(other, TOLD)
        look(walk, TOLD)

        def first(role: Role) -> str:
            return str(items(walk.cast, TOLD, role)[0]["what"])

        assert (first(Role.NURSE), first(Role.PRESCRIBER)) == ("SpO₂ 85 %, below 92 %", "40-min check late")

    def test_it_is_one_line_for_every_chair_that_it_concerns(self, walk: Walk) -> None:
        in_monitoring(walk.cast)
        arrive(walk.cast, walk.cast.paul, kind=Presence.Kind.LEFT, now=DUE - minutes(20))
        (alarm,) = items(walk.cast, DUE - minutes(10))
        assert alarm["what"] == "No prescriber on site"
        assert alarm["more"] == "Chairs 1, 2. Since 9:55. Nobody has it yet. No prescriber is here to be told"

    @pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.ADMINISTRATOR, Role.INSPECTOR])
    def test_it_offers_nothing_to_whoever_may_not(self, walk: Walk, role: Role) -> None:
        (alarm,) = items(walk.cast, LATE, role)
        assert alarm["take_url"] == alarm.get("do_url", "") == ""

    def test_it_keeps_what_came_up_after_the_end_until_somebody_has_it(self, cast: Cast) -> None:
        walk, now = discharged(cast), STAY_ENDS + minutes(30)
        walk.check(now, full_check(180, 95), at=STAY_ENDS - minutes(3))
        (alarm,) = items(cast, now)
        assert alarm["what"] == "What was entered since would have closed a gate"
        take(walk, walk.rows("Alarm")[0].key, now)
        assert items(cast, now) == []

    def test_it_asks_for_the_patient_who_left(self, walk: Walk) -> None:
        walk.leave_early(DUE)
        assert items(walk.cast, DUE + minutes(59)) == []
        (alarm,) = items(walk.cast, DUE + minutes(60))
        assert (alarm["what"], alarm["chair"]) == ("Left early and not reached: R.T.", "")
        assert alarm["do_label"] == "Record a call"

    def test_it_says_that_nobody_records_when_the_command_is_down(self, walk: Walk) -> None:
        assert not panel(walk.cast, LATE + timedelta(seconds=59))["unrecorded"]
        assert panel(walk.cast, LATE + timedelta(seconds=60))["unrecorded"]
        look(walk, LATE + timedelta(seconds=60))
        assert not panel(walk.cast, LATE + timedelta(seconds=60))["unrecorded"]

    def test_it_says_when_time_alone_changes_it(self, walk: Walk) -> None:
        assert DUE - minutes(5) in panel(walk.cast, LAST_DEVICE)["turns"]
        assert {TOLD, LATE + minutes(1)} <= set(panel(walk.cast, LATE)["turns"])
        walk.leave_early(LATE)
        assert panel(walk.cast, LATE)["turns"] == [LATE + minutes(60)]

    def test_it_sounds_in_another_way_for_want_of_oxygen(self, walk: Walk) -> None:
        walk.check(DUE, full_check(158, 96, spo2=85))
        assert [(alarm["what"], alarm["sound"], alarm["kind"]) for alarm in items(walk.cast, DUE)] == [
            ("SpO₂ 85 %, below 92 %", "oxygen", "overdue"),
            ("BP 158/96 and rising", "late", "held"),
        ]

    def test_it_costs_the_same_for_one_chair_and_for_three(
        self, walk: Walk, django_assert_num_queries: Any, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(11) as one:
            assert len(items(walk.cast, LATE)) == 1
        for _chair in range(2):
            in_monitoring(walk.cast)
        with django_assert_num_queries(len(one)):
            assert len(items(walk.cast, LATE)) == 3


class TestTheSession:
    def test_it_shows_its_own_and_nothing_where_none_holds(self, walk: Walk) -> None:
        def shown(now: datetime) -> Any:
            record = Record(walk.refresh())
            facts = session_facts(record.dosing_session, at=now, record=record)
            return session_alarms(record, facts, reader(walk, now), permissions=ROLE_PERMISSIONS[Role.NURSE])

        assert shown(LAST_DEVICE + minutes(1))["items"] == []
        assert [alarm["hidden"]["back"] for alarm in shown(LATE)["items"]] == ["session"]

    def test_it_tells_every_step_afterwards(self, walk: Walk) -> None:
        walk.check(DUE, pressure(158, 96))
        look(walk, DUE)
        look(walk, DUE + minutes(5))
        take(walk, alarm_cause(walk, "BP", DUE + minutes(6)), DUE + minutes(6), by=walk.cast.paul)
        walk.check(DUE + minutes(10), pressure(130, 80))

        (told,) = alarm_history(Record(walk.refresh()), reader(walk, DUE + minutes(11)))

        assert told["what"] == "BP 158/96 and rising"
        assert told["steps"] == [
            "raised 10:15",
            "Paul Penstemon told 10:20",
            "Paul Penstemon had it 10:21",
            "over 10:25",
        ]


@pytest.mark.parametrize("code", AlarmCode)
def test_it_has_words_for_every_alarm(code: AlarmCode) -> None:
    params = {"purpose": "PEAK", "minute": 40, "systolic": 150, "diastolic": 95, "percent": 88, "floor": 92}
    session = DosingSession(patient=Patient(first_name="Rosalind", last_name="Tamarack"))
    words = alarm_words(code, params, session)
    assert words
    assert "_" not in words
    assert "%(" not in words
