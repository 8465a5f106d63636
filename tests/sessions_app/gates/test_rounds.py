"""Many people at one chair, thousands of times, each with a connection of their own and all at the same moment.

What was *committed before* is what the database says: the order of an entry is given out under its session's lock, and
the sequence of its event under the lock of the facility's chain; both are held until the commit."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

import pytest
from django.db import OperationalError

from clinic.models import AuditEvent, Entry
from clinic.rules.refusals import ActionRefused
from sessions_app.actions import discharge, floor, monitoring, replacement
from sessions_app.models import Check, DeviceAdministration, Discharge, Transition
from sessions_app.rules.charting import SignEntry
from sessions_app.rules.facts import SignEventKind
from tests.factories import (
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    booked,
    checked_in,
    cleared,
    entry,
    full_check,
    make_cast,
    make_device,
    minutes,
    ready_to_leave,
)
from tests.race import Runners
from tests.sessions_app.gates.model import leaving
from tests.sessions_app.gates.of_rows import Rows, known_of
from tests.sessions_app.gates.watch import everything_is_in_its_chain, nobody_shares_a_chair
from tests.sessions_app.test_races import check_in

pytestmark = pytest.mark.django_db(transaction=True)
Calls = list[Callable[[], Any]]
PEOPLE = 6
BEFORE_IT_IS_LONG = 40  # rounds on one session


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def runners() -> Iterator[Runners]:
    with Runners(PEOPLE) as together:
        yield together


def refused(outcomes: list[Any]) -> list[ActionRefused]:
    """A lock waited for in vain is a refusal too; a deadlock, or anything else, is a fault."""
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    waited = [error for error in errors if isinstance(error, OperationalError) and "lock timeout" in str(error)]
    said = [error for error in errors if isinstance(error, ActionRefused)]
    assert len(waited) + len(said) == len(errors), errors
    return said


# --- the release ------------------------------------------------------------------------------------------------


class Leaving:
    """One patient who is ready to leave, again and again."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.walk, self.now = cast, ready_to_leave(cast), STAY_ENDS

    def ready_again(self) -> None:
        """Back, well, and looked at, a minute later."""
        self.now += minutes(2)
        if self.walk.refresh().state == "DISCHARGED":
            self.walk.reopen(self.now)
        self.does(monitoring.record_sign, "nora", code="sedation", kind=SignEventKind.RESOLUTION)()
        self.walk.check(self.now)
        self.walk.instruct(self.now)
        self.walk.assess(self.now)

    def does(self, action: Any, by: str, **fields: Any) -> Callable[[], Any]:
        said = {"dosing_session": self.walk.dosing_session, "entry": entry(), "by": getattr(self.cast, by)}
        return partial(action, **{**said, "now": self.now, **fields})

    def calls(self, random: Random) -> Calls:
        """Two who release, and four of those who stand in their way."""
        final = Check.objects.filter(dosing_session=self.walk.dosing_session).order_by("order").last()
        assert final is not None
        high, form = full_check(170, 80), entry()
        release = partial(self.does, discharge.discharge_patient, handed_over_to="Basil Tamarack")
        others = [
            self.does(monitoring.record_check, "nils", check=high),
            self.does(monitoring.record_check, "paul", check=full_check(spo2=85)),
            self.does(monitoring.record_check, "nils", check=full_check(sedation=SignEntry(True, 3))),
            self.does(monitoring.record_sign, "paul", code="sedation", kind=SignEventKind.ONSET),
            self.does(replacement.correct_check, "nils", check_id=final.pk, check=high, reason="It was high."),
            self.does(replacement.correct_check, "paul", check_id=final.pk, check=full_check(), reason="It was 82."),
            partial(self.walk.void, final, self.now),
            partial(self.walk.reopen, self.now),
            self.does(discharge.assess_readiness, "paul"),
            release("nora", entry=form),
            release("nils"),
        ]
        return [release("nora", entry=form), release("paul"), *random.sample(others, PEOPLE - 2)]

    def no_release_passed_anything_over(self) -> int:
        """By the page of the gates, of what was committed before it and nothing else. How many there were."""
        session = self.walk.refresh()
        releases = list(Discharge.objects.filter(dosing_session=session).order_by("order"))
        for row in releases:
            known = known_of(session, row.occurred_at, before=row.order)
            assert leaving(known, row.occurred_at) == set(), row.order
        line = list(Transition.objects.filter(dosing_session=session).order_by("order"))
        assert [row.from_state for row in line][1:] == [row.to_state for row in line][:-1]
        assert len(releases) == sum(row.to_state == "DISCHARGED" for row in line)
        self._is_one_order()
        return len(releases)

    def _is_one_order(self) -> None:
        """Entry by entry without a gap, and in the chain in the same order."""
        entries = Entry.objects.filter(subject_id=self.walk.dosing_session.pk).order_by("order")
        by_order = list(entries.values_list("order", "entry_id"))
        assert [order for order, _id in by_order] == list(range(1, len(by_order) + 1))
        events = AuditEvent.objects.filter(subject_id=self.walk.dosing_session.pk).order_by("sequence")
        assert list(events.values_list("entry_id", flat=True)) == [key for _order, key in by_order]


def release_rounds(cast: Cast, runners: Runners, rounds: int) -> Counter[str]:
    told, random = Counter[str](), Random(6)
    while rounds > 0:
        leaving_now = Leaving(cast)
        for _round in range(min(rounds, BEFORE_IT_IS_LONG)):
            outcomes = runners.race(*leaving_now.calls(random))
            told.update(code for error in refused(outcomes) for code in {each.code for each in error.refusals})
            leaving_now.ready_again()
        told["released"] += leaving_now.no_release_passed_anything_over()
        everything_is_in_its_chain(cast)
        rounds -= BEFORE_IT_IS_LONG
        print(rounds, "to go", sorted(told.items()))  # noqa: T201
        leaving_now.walk.transfer(leaving_now.now)
    return told


# --- one device, one chair, one session -------------------------------------------------------------------------


def device_rounds(cast: Cast, runners: Runners, rounds: int) -> None:
    """One device, three patients in whom nothing was given yet; whoever had it gives it back by a void."""
    at = NINE + minutes(30)
    while rounds > 0:
        walks, device = [cleared(cast) for _patient in range(3)], make_device(cast)
        for _round in range(min(rounds, BEFORE_IT_IS_LONG)):
            hands = [partial(walk.give, at, device=device, outcome=None) for walk in (*walks, *walks)]
            assert len(refused(runners.race(*hands))) == len(hands) - 1
            (given,) = [row for walk in walks for row in Rows(walk.refresh()).of(DeviceAdministration)]
            walk = next(walk for walk in walks if walk.dosing_session.pk == given.dosing_session_id)
            walk.void(given, at)
        everything_is_in_its_chain(cast)
        for walk in walks:
            walk.end_not_dosed(at)
        rounds -= BEFORE_IT_IS_LONG


def chair_rounds(cast: Cast, runners: Runners, rounds: int) -> None:
    """One free chair, and everybody wants it."""
    walks, free = [checked_in(cast) for _patient in range(PEOPLE)], count(100)

    def move(walk: Walk, chair: str) -> Any:
        return floor.move_chair(to_chair=chair, **walk.envelope(NINE + minutes(5)))

    for _round in range(rounds):
        chair = str(next(free))
        assert len(refused(runners.race(*[partial(move, walk, chair) for walk in walks]))) == PEOPLE - 1
        nobody_shares_a_chair(cast)
    everything_is_in_its_chain(cast)


def check_in_rounds(cast: Cast, runners: Runners, rounds: int) -> None:
    """One patient with a booking, checked in by everybody at once, by it and without."""
    first = checked_in(cast)
    first.end_not_dosed(NINE)
    course = first.dosing_session.course
    for day in range(rounds):
        form = entry()
        booking = booked(cast, of_course=course, now=NINE + timedelta(days=day))
        outcomes = runners.race(
            *[check_in(booking, cast) for _click in range(2)],
            *[check_in(course, cast) for _click in range(2)],
            *[check_in(course, cast, form) for _click in range(2)],
        )
        refused(outcomes)
        opened = {outcome.pk for outcome in outcomes if not isinstance(outcome, Exception)}
        assert len(opened) == 1
        (session,) = [outcome for outcome in outcomes if not isinstance(outcome, Exception)][:1]
        Walk(cast, session).end_not_dosed(NINE)
    everything_is_in_its_chain(cast)


ROUNDS: dict[str, Any] = {"device": device_rounds, "chair": chair_rounds, "check-in": check_in_rounds}


class TestShort:
    def test_a_bad_reading_committed_before_a_release_always_stops_it(self, cast: Cast, runners: Runners) -> None:
        """One who comes back and goes again; hundreds of times from one moment: test_release_rounds.py."""
        assert release_rounds(cast, runners, 2)["released"] > 0

    @pytest.mark.parametrize("name", ROUNDS)
    def test_one_of_all_has_it(self, cast: Cast, runners: Runners, name: str) -> None:
        ROUNDS[name](cast, runners, 2)


@pytest.mark.slow
class TestLong:
    def test_a_bad_reading_committed_before_a_release_always_stops_it(self, cast: Cast, runners: Runners) -> None:
        told = release_rounds(cast, runners, 160)
        assert min(told[code] for code in ("released", "STATE", "BP", "SPO2", "SEDATION", "READINESS")) > 2, told

    @pytest.mark.parametrize("name", ROUNDS)
    def test_one_of_all_has_it(self, cast: Cast, runners: Runners, name: str) -> None:
        ROUNDS[name](cast, runners, 60)
