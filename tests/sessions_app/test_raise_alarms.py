"""The command that works by the clock: whether or not a browser is open, however many run, and after trouble."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from clinic.actions.staff import end_role
from clinic.identifiers import new_id
from clinic.models import RoleAssignment
from clinic.rules.roles import Role
from sessions_app.management.commands import raise_alarms as command
from sessions_app.models import AlarmStep
from sessions_app.models.alarm_state import alarm_states, sessions_to_look_at
from tests.by_hand import execute, forge
from tests.clock import clock_at
from tests.expect import nothing_written
from tests.factories import NINE, Cast, Walk, discharged, in_monitoring, make_cast, minutes
from tests.race import race
from tests.sessions_app.actions.test_alarm import DUE, LATE, TOLD, story
from tests.sessions_app.presenters.test_floor import TICK, varied

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def run(now: datetime) -> None:
    with clock_at(now):
        call_command("raise_alarms", "--once")


def wanted(cast: Cast, now: datetime) -> tuple[list[Any], datetime]:
    """What the command would write at that moment, and until when that stays as it is."""
    states, until = alarm_states(sessions_to_look_at(cast.facility.pk), at=now)
    assert until
    return [
        (session.pk, state.new, [each.cause for each in (*state.gone, *state.to_escalate(now=now))])
        for session, state in states
    ], until


def another_chair(walk: Walk, number: int) -> None:
    """Somebody else under watch, copied by hand: fifty walks would take a minute."""
    session = walk.refresh()
    patient = forge(session.patient, mrn=f"F-{number}")
    course = forge(session.course, patient_id=patient)
    booked, *steps = walk.rows("Transition")
    at = new_id()
    begun = {"state": booked.to_state, "transition_id": at, "chair": f"F{number}"}
    copied = forge(session, patient_id=patient, course_id=course, **begun)
    forge(booked, id=at, dosing_session_id=copied)
    for step in steps:
        at = forge(step, dosing_session_id=copied, previous_id=at)
    table = session._meta.db_table
    execute(f"UPDATE {table} SET state = %s, transition_id = %s WHERE id = %s", session.state, at, copied)


class TestOnce:
    def test_it_raises_tells_and_clears_as_the_clock_goes_on(self, cast: Cast) -> None:
        walk, elsewhere = in_monitoring(cast), in_monitoring(make_cast(facility_name="Elsewhere", suffix="2"))
        for now in (DUE - minutes(5), DUE, LATE, TOLD):
            run(now)
        expected = ["CHECK_DUE_SOON cleared", "CHECK_DUE cleared", "CHECK_OVERDUE told"]
        assert story(walk) == story(elsewhere) == expected

    def test_it_writes_nothing_twice_and_nothing_where_nobody_is_watched(self, cast: Cast) -> None:
        discharged(cast)
        with nothing_written():
            run(LATE)
        in_monitoring(cast)
        run(LATE)
        with nothing_written():
            run(LATE + minutes(1))

    def test_it_costs_the_same_for_one_chair_and_for_fifty(
        self, cast: Cast, django_assert_max_num_queries: Any, django_assert_num_queries: Any
    ) -> None:
        walk = in_monitoring(cast)
        run(LATE)
        with django_assert_max_num_queries(13) as one:
            run(LATE + minutes(1))
        for chair in range(49):
            another_chair(walk, chair)
        with django_assert_num_queries(len(one)):
            run(LATE + minutes(1))

    def test_it_looks_again_when_something_was_written_or_may_have_changed_and_not_before(
        self, cast: Cast, django_assert_num_queries: Any
    ) -> None:
        walk, seen = in_monitoring(cast), command.Seen()
        for second in (0, 5, 10):
            command.look(DUE + timedelta(seconds=second), seen)
        with django_assert_num_queries(1):
            command.look(DUE + timedelta(seconds=29), seen)  # the minute in which it is due is not over
        walk.check(DUE + timedelta(seconds=30))
        for second in (31, 35):
            command.look(DUE + timedelta(seconds=second), seen)
        assert story(walk) == ["CHECK_DUE cleared"]
        with django_assert_num_queries(1):
            command.look(DUE + timedelta(seconds=40), seen)
        command.look(LATE + minutes(180), seen)
        assert story(walk)[1:]

    def test_it_looks_at_once_where_the_clock_went_back_or_five_minutes_are_over(self) -> None:
        seen, facility = command.Seen(), new_id()
        assert not seen.still_holds(facility, 7, DUE)
        seen.note(facility, 7, DUE, None)
        assert seen.still_holds(facility, 7, DUE + timedelta(seconds=299))
        assert not seen.still_holds(facility, 8, DUE)
        assert not seen.still_holds(facility, 7, DUE + minutes(5))
        assert not seen.still_holds(facility, 7, DUE - timedelta(seconds=1))
        seen.note(facility, 7, DUE, DUE + timedelta(seconds=5))
        assert not seen.still_holds(facility, 7, DUE + timedelta(seconds=5))

    def test_a_look_holds_until_it_says(self, cast: Cast) -> None:
        """Minute by minute, while nobody writes anything, and the prescriber's role ends meanwhile."""
        varied(cast)
        begins, looks = NINE + minutes(126), 0
        held = RoleAssignment.objects.get(user=cast.paul, role=Role.PRESCRIBER)
        end_role(assignment=held, by=cast.ada, now=begins + timedelta(seconds=4010))
        now, (found, until) = begins, wanted(cast, begins)
        while now < begins + minutes(120):
            now += minutes(1)
            if now >= until:
                assert wanted(cast, until - TICK)[0] == found, until
                found, until = wanted(cast, now)
                looks += 1
            else:
                assert wanted(cast, now)[0] == found, (now, until)
        assert 10 < looks < 80

    def test_it_goes_on_where_one_session_is_held_by_somebody(self, cast: Cast) -> None:
        first, second = in_monitoring(cast), in_monitoring(cast)
        do = command.raise_alarms

        def busy(**said: Any) -> None:
            if said["dosing_session"].pk == first.dosing_session.pk:
                raise OperationalError("canceling statement due to lock timeout")
            do(**said)

        with mock.patch.object(command, "raise_alarms", busy):
            run(LATE)
        assert (story(first), story(second)) == ([], ["CHECK_OVERDUE"])

    def test_it_says_the_kind_of_trouble_and_never_what_a_row_holds(
        self, cast: Cast, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        in_monitoring(cast)
        trouble = OperationalError("DETAIL: Failing row contains (Rosalind Tamarack)")
        with mock.patch.object(command, "look", side_effect=trouble):
            command.look_again_after_trouble(LATE, command.Seen())
        out = capsys.readouterr()
        said = caplog.text + out.out + out.err
        assert "OperationalError" in said
        assert "Tamarack" not in said

    def test_it_refuses_a_rhythm_that_cannot_be(self) -> None:
        for every in ("0", "61"):
            with pytest.raises(CommandError):
                call_command("raise_alarms", "--every", every)


@pytest.mark.django_db(transaction=True)
class TestForGood:
    @pytest.fixture
    def walk(self, cast: Cast) -> Walk:
        return in_monitoring(cast)

    @pytest.fixture
    def handlers(self) -> Iterator[None]:
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.getsignal(number) for number in numbers}
        yield
        for number, handler in before.items():
            signal.signal(number, handler)

    def test_it_does_no_harm_when_two_run_at_once(self, walk: Walk) -> None:
        def look() -> None:
            command.look(LATE, command.Seen())

        assert race(look, look, look) == [None] * 3
        assert story(walk) == ["CHECK_OVERDUE"]
        assert not AlarmStep.objects.exists()

    def test_it_survives_a_lost_connection_and_stops_on_a_signal(self, walk: Walk, handlers: None) -> None:
        looks: list[datetime] = []
        do = command.look

        def look(now: datetime, seen: command.Seen) -> None:
            looks.append(now)
            if len(looks) == 1:
                connection.ensure_connection()
                connection.connection.close()  # as if the database had been restarted
            do(now, seen)

        def stop() -> None:
            for _second in range(100):
                if len(looks) > 1:
                    break
                time.sleep(0.1)
            os.kill(os.getpid(), signal.SIGTERM)

        ending = threading.Thread(target=stop)
        ending.start()
        with mock.patch.object(command, "look", look), clock_at(LATE):
            call_command("raise_alarms", "--every", "1")
        ending.join()
        assert len(looks) >= 2
        assert story(walk) == ["CHECK_OVERDUE"]
