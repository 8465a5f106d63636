"""Alarms and several people at once, on PostgreSQL: raised once, had by one, and never open after their cause."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from clinic.actions.staff import system_person
from clinic.rules.refusals import ActionRefused
from sessions_app.models import Alarm, AlarmStep, DosingSession, Presence
from tests.expect import audited
from tests.factories import NINE, Walk, arrive, in_monitoring, make_cast, minutes
from tests.race import Waiting, race
from tests.sessions_app.actions.attempt_scenes import alarm_cause
from tests.sessions_app.actions.test_alarm import DUE, LATE, look, story, take, vigil

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def walk() -> Walk:
    walk = in_monitoring(make_cast())
    vigil()
    return walk


def test_it_is_raised_once_by_two_that_run_at_once(walk: Walk) -> None:
    assert race(*[partial(look, walk, LATE)] * 4) == [None] * 4
    assert story(walk) == ["CHECK_OVERDUE"]
    assert audited("raise_alarms") == 1


def test_it_is_one_person_whom_two_make_at_once() -> None:
    found = race(*[partial(system_person, now=NINE)] * 3)
    assert len({person.pk for person in found}) == 1


def test_it_is_not_raised_for_a_check_that_was_entered_first(walk: Walk) -> None:
    with transaction.atomic():
        walk.check(LATE)
        raising = Waiting(partial(look, walk, LATE))
    assert raising.result() is None
    assert story(walk) == []


def test_it_never_stays_open_after_the_check(walk: Walk) -> None:
    outcomes = race(partial(look, walk, LATE), partial(walk.check, LATE), partial(look, walk, LATE))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert story(walk) in ([], ["CHECK_OVERDUE cleared"])


def test_it_is_had_or_over_and_never_had_afterwards(walk: Walk) -> None:
    look(walk, LATE)
    of = alarm_cause(walk, "CHECK_OVERDUE", LATE)
    taken, _check = race(partial(take, walk, of, LATE), partial(walk.check, LATE))
    if isinstance(taken, ActionRefused):
        assert [refusal.code for refusal in taken.refusals] == ["ALARM_GONE"]
        assert story(walk) == ["CHECK_OVERDUE cleared"]
    else:
        assert story(walk) == ["CHECK_OVERDUE had cleared"]


def test_it_is_had_by_one_of_two(walk: Walk) -> None:
    look(walk, LATE)
    of = alarm_cause(walk, "CHECK_OVERDUE", LATE)
    outcomes = race(*[partial(take, walk, of, LATE, by=by) for by in (walk.cast.nora, walk.cast.nils)])
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert isinstance(lost, ActionRefused)
    assert [refusal.code for refusal in lost.refusals] == ["ALARM_TAKEN"]
    assert story(walk) == ["CHECK_OVERDUE had"]


def test_it_does_not_deadlock_when_two_have_what_concerns_every_chair(walk: Walk) -> None:
    other = in_monitoring(walk.cast)
    arrive(walk.cast, walk.cast.paul, kind=Presence.Kind.LEFT, now=DUE - minutes(10))
    of = alarm_cause(walk, "PRESCRIBER_ABSENT", DUE)
    outcomes = race(partial(take, walk, of, DUE), partial(take, other, of, DUE, by=walk.cast.nils))
    assert sum(isinstance(outcome, AlarmStep) for outcome in outcomes) == 1
    assert not [outcome for outcome in outcomes if isinstance(outcome, IntegrityError)]
    assert Alarm.objects.count() == AlarmStep.objects.count() == 2


def test_it_locks_a_session_that_is_over_in_the_order_of_the_keys_too(walk: Walk) -> None:
    first, second = sorted((walk, in_monitoring(walk.cast)), key=lambda each: each.dosing_session.pk)
    arrive(walk.cast, walk.cast.paul, kind=Presence.Kind.LEFT, now=DUE - minutes(10))
    of = alarm_cause(first, "PRESCRIBER_ABSENT", DUE)
    first.transfer(DUE)
    with transaction.atomic():
        DosingSession.objects.locked().get(pk=first.dosing_session.pk)
        taking = Waiting(partial(take, first, of, DUE))
        DosingSession.objects.select_for_update(nowait=True).get(pk=second.dosing_session.pk)
    assert isinstance(taking.result(), ActionRefused)
