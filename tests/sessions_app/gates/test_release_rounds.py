"""The release and whatever stands in its way, at one moment and thousands of times: each round begins where a patient
may leave, every person with a connection of their own, and is taken back after it was judged. What was *committed
before* is what the order of the entries says (test_rounds.py)."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from random import Random
from time import sleep
from typing import Any

import pytest

from clinic.models import AuditEvent, Entry
from sessions_app.actions import discharge, dosing, monitoring, replacement
from sessions_app.models import Discharge, Transition
from sessions_app.rules.charting import SignEntry
from sessions_app.rules.facts import SignEventKind
from tests.factories import STAY_ENDS, Walk, entry, full_check, make_cast, make_device, minutes, ready_to_leave
from tests.race import Runners
from tests.sessions_app.gates.model import leaving
from tests.sessions_app.gates.of_rows import known_of
from tests.sessions_app.gates.rewind import Rewind
from tests.sessions_app.gates.test_rounds import refused
from tests.sessions_app.gates.watch import everything_is_in_its_chain

pytestmark = pytest.mark.django_db(transaction=True)
NOW = STAY_ENDS
CROWD = 6
PAUSES = (0, 0.002, 0.005, 0.01)
Call = Callable[[], Any]
# Whatever closes the gate, and by whom.
BAD = ("high", "oxygen", "sedated", "onset", "corrected", "voided", "longer", "serious", "device")


class Chair:
    """One patient who may leave; ``made``: in a database that knows nothing else yet."""

    def __init__(self, owner: Callable[[], Any]) -> None:
        self.cast = make_cast()
        self.walk: Walk = ready_to_leave(self.cast)
        self.device, self.final = make_device(self.cast), self.walk.rows("Check")[-1]
        self.order = self.walk.refresh().last_order
        self.rewind = Rewind(owner())
        self.told = Counter[str]()
        # What the page of the gates says after this one entry.
        self.after: dict[str, set[str]] = {}
        assert self.by_the_page() == set()

    @cached_property
    def calls(self) -> dict[str, Callable[[], Call]]:
        does, high = self.does, full_check(170, 80)
        given = {"device": self.device, "exception_reason": "He took one more by himself."}
        return {
            "high": does(monitoring.record_check, "nils", check=high),
            "oxygen": does(monitoring.record_check, "paul", check=full_check(spo2=85)),
            "sedated": does(monitoring.record_check, "nils", check=full_check(sedation=SignEntry(True, 3))),
            "onset": does(monitoring.record_sign, "paul", code="sedation", kind=SignEventKind.ONSET),
            "corrected": does(replacement.correct_check, "nils", check_id=self.final.pk, check=high, reason="Misread."),
            "voided": lambda: partial(self.walk.void, self.final, NOW),
            "longer": does(discharge.extend_stay, "paul", stay=minutes(300), reason="The liver."),
            "serious": does(monitoring.report_serious_event, "nils", what="Fainted."),
            "device": does(dosing.administer_device, "nils", **given),
            "well": does(monitoring.record_check, "paul", check=full_check()),
            "again": does(discharge.discharge_patient, "paul", handed_over_to="Basil Tamarack"),
            "back": lambda: partial(self.walk.reopen, NOW),
        }

    def does(self, action: Any, by: str, **said: Any) -> Callable[[], Call]:
        """Each time with a form of its own."""
        about = {"dosing_session": self.walk.dosing_session, "by": getattr(self.cast, by), "now": NOW, **said}
        return lambda: partial(action, entry=entry(), **about)

    def release(self, *, after: float = 0) -> Call:
        """``after`` so many seconds, while the others begin at once."""
        call = self.does(discharge.discharge_patient, "nora", handed_over_to="Basil Tamarack")()

        def act() -> Any:
            sleep(after)
            return call()

        return act

    def by_the_page(self, *, before: int | None = None) -> set[str]:
        """What stands in the way, of what was committed before the entry of that order."""
        session = self.walk.refresh()
        moved = Transition.objects.filter(dosing_session=session, **({"order__lt": before} if before else {}))
        state = moved.order_by("order").values_list("to_state", flat=True).last()
        return leaving(known_of(session, NOW, before=before), NOW) if state == "MONITORING" else {"STATE"}

    # --- rounds -----------------------------------------------------------------------------------------------

    def duel(self, runners: Runners, against: str, random: Random) -> None:
        """A release, and one other. If that came first, and closes the gate, it is what the release says."""
        release = self.release(after=random.choice(PAUSES))
        outcomes = runners.race(release, self.calls[against]())
        said = refused(outcomes)
        first = Discharge.objects.filter(dosing_session=self.walk.dosing_session).order_by("order").first()
        if said and said[0] is outcomes[0]:
            if against not in self.after:
                self.after[against] = self.by_the_page()
            assert {each.code for each in said[0].refusals} == self.after[against]
        if first and first.order > self.order + 1:
            assert self.by_the_page(before=first.order) == set(), against
            assert against not in BAD
        self._count(said, first is not None)
        self._in_one_order()
        self.rewind()

    def crowd(self, runners: Runners, random: Random) -> None:
        """Two releases and four others. Every release done was open, and every one refused says what was in its way
        at some moment of these."""
        others = random.sample([name for name in self.calls if name != "again"], CROWD - 2)
        releases = (self.release(), self.calls["again"]())
        outcomes = runners.race(*releases, *(self.calls[name]() for name in others))
        said = refused(outcomes)
        done = list(Discharge.objects.filter(dosing_session=self.walk.dosing_session).order_by("order"))
        known = {self.order + 1: set[str]()}

        def at(order: int) -> set[str]:
            if order not in known:
                known[order] = self.by_the_page(before=order)
            return known[order]

        for row in done:
            assert at(row.order) == set(), (row.order, others)
        last = self.walk.refresh().last_order
        for error in {*said} & {*outcomes[:2]}:
            codes = {each.code for each in error.refusals}
            assert any(at(order) == codes for order in range(last + 1, self.order, -1)), (codes, known, others)
        self._count(said, bool(done))
        self._in_one_order()
        self.rewind()

    def _count(self, said: list[Any], released: bool) -> None:
        self.told.update(code for error in said for code in {each.code for each in error.refusals})
        self.told.update({"rounds": 1, "released": released})

    def _in_one_order(self) -> None:
        """Without a gap, and in the chain as in the session; so are its states."""
        session = self.walk.dosing_session.pk
        entries = list(Entry.objects.filter(subject_id=session).order_by("order").values_list("order", "entry_id"))
        assert [order for order, _key in entries] == list(range(1, len(entries) + 1))
        events = AuditEvent.objects.filter(subject_id=session).order_by("sequence").values_list("entry_id", flat=True)
        assert list(events) == [key for _order, key in entries]
        line = list(Transition.objects.filter(dosing_session=session).order_by("order"))
        assert [row.from_state for row in line][1:] == [row.to_state for row in line][:-1]


@pytest.fixture
def chair(request: pytest.FixtureRequest, db: None) -> Chair:
    return Chair(lambda: request.getfixturevalue("owner_connection"))


@pytest.fixture
def runners() -> Iterator[Runners]:
    with Runners(CROWD) as together:
        yield together


def rounds(chair: Chair, runners: Runners, *, duels: int, crowds: int) -> Counter[str]:
    random = Random(6)
    names = list(chair.calls)
    for number in range(duels):
        chair.duel(runners, names[number % len(names)], random)
    for number in range(crowds):
        chair.crowd(runners, random)
        if number % 100 == 99:
            print(number + 1, sorted(chair.told.items()))  # noqa: T201
    chair.walk.check(NOW)
    everything_is_in_its_chain(chair.cast)
    return chair.told


def test_whatever_is_committed_before_a_release_stops_it(chair: Chair, runners: Runners) -> None:
    told = rounds(chair, runners, duels=200, crowds=2)
    assert 10 < told["released"] < 190, told


@pytest.mark.slow
def test_thousands_of_times(chair: Chair, runners: Runners) -> None:
    told = rounds(chair, runners, duels=1_000, crowds=1_600)
    assert min(told[code] for code in ("BP", "SPO2", "SEDATION", "READINESS", "MINIMUM_STAY", "STATE")) > 10, told
