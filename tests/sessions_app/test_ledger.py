"""The cabinet's ledger in any order, and under many hands at once."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from clinic.actions import cabinet
from clinic.models import Cabinet, Device, StockMovement
from clinic.models.cabinet import newest_of, story_of
from clinic.rules.cabinet import Place
from clinic.rules.refusals import ActionRefused
from sessions_app.actions import cabinet as taking
from sessions_app.actions import dosing
from sessions_app.models import DeviceAdministration
from tests.clinic.actions.cabinet_attempts import one_more_cabinet
from tests.factories import NINE, Cast, cleared, entry, make_cast, make_devices, minutes
from tests.race import Runners
from tests.sessions_app.ledger import Cabinet as Machine
from tests.sessions_app.ledger import balances

pytestmark = pytest.mark.paperwork

NOW = NINE + minutes(30)
PEOPLE = 4
EVERYTHING = ("take", "put back", "waste", "give", "outcome", "void", "move", "WASTED", "LOST", "RETURNED", "found")
EVERYTHING += ("correct", "end")


def run(db_cast: Cast, *, examples: int, steps: int, always_same: bool = False) -> Counter[str]:
    class OfThisCast(Machine):
        cast, accepted = db_cast, Counter[str]()

    run_state_machine_as_test(
        OfThisCast,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=always_same,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return OfThisCast.accepted


def test_every_device_is_in_one_place_whatever_is_done(db: None) -> None:
    accepted = run(make_cast(), examples=8, steps=25, always_same=True)
    assert accepted["give"] > 0
    assert accepted["correct"] > 0


@pytest.mark.slow
def test_it_is_for_long(db: None) -> None:
    accepted = run(make_cast(), examples=150, steps=60)
    assert min(accepted[name] for name in EVERYTHING) > 0, accepted


class Hands:
    """Several people at the same three devices."""

    def __init__(self) -> None:
        self.cast = make_cast()
        self.walks = [cleared(self.cast), cleared(self.cast)]
        self.room, self.first = one_more_cabinet(self.cast), Cabinet.objects.earliest("pk")
        self.devices: list[Device] = []

    def more(self, round_: int) -> None:
        self.devices += make_devices(self.cast, number=f"R{round_}-10", devices=3, lot="L-9")

    def calls(self, random: Random) -> list[Callable[[], Any]]:
        """Different people, different ends; two of them sent twice."""
        some = partial(random.sample, self.devices[-3:], 2)
        of_facility = {"facility": self.cast.facility, "now": NOW}
        nora, nils = {"entry": entry(), "by": self.cast.nora}, {"entry": entry(), "by": self.cast.nils}

        def of(walk: int, who: dict[str, Any]) -> dict[str, Any]:
            return {"dosing_session": self.walks[walk].dosing_session, "now": NOW, **who, "entry": entry()}

        give = {"device": some()[0], "exception_reason": "As it happened."}
        calls = [
            partial(taking.take_devices, devices=some(), **of(0, nora)),
            partial(taking.take_devices, devices=some(), **of(1, nils)),
            partial(taking.put_back_devices, devices=some()[:1], **of(0, nils)),
            partial(dosing.administer_device, **give, **of(0, nora)),
            partial(dosing.administer_device, **give, **of(1, nils)),
            partial(cabinet.waste_devices, devices=some(), reason="It fell.", **of_facility, **nora),
            partial(cabinet.move_devices, devices=some(), cabinet=self.room, **of_facility, **nils),
            partial(
                cabinet.report_lost, devices=some()[:1], reason="Gone.", **of_facility, **{**nora, "entry": entry()}
            ),
        ]
        return random.sample(calls, PEOPLE)

    def hold(self) -> None:
        for device in self.devices[-3:]:
            story = story_of(device)
            assert [row.step for row in story] == list(range(1, len(story) + 1))
            for before, after in pairwise(story):
                assert (before.to_place, before.to_id) == (after.from_place, after.from_id)
        places = Counter(step.place for step in newest_of(self.devices).values())
        held = balances(self.cast.facility)["esketamine", "L-9"]
        assert sum(held.values()) == len(self.devices)
        assert {place: n for place, n in held.items() if n} == {place.value: n for place, n in places.items()}
        given = StockMovement.objects.filter(to_place=Place.ADMINISTERED).count()
        assert given == DeviceAdministration.objects.count()


@pytest.fixture
def runners() -> Iterator[Runners]:
    with Runners(PEOPLE) as together:
        yield together


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rounds", [4, pytest.param(150, marks=pytest.mark.slow)])
def test_many_hands_at_once_leave_each_device_in_one_place(runners: Runners, rounds: int) -> None:
    hands, random, met = Hands(), Random(7), Counter[str]()
    for round_ in range(rounds):
        hands.more(round_)
        outcomes = runners.race(*hands.calls(random))
        errors = [each for each in outcomes if isinstance(each, Exception)]
        fit = [each for each in errors if isinstance(each, ActionRefused) or "lock timeout" in str(each)]
        assert fit == errors, [each for each in errors if each not in fit]
        assert all(isinstance(each, ActionRefused | OperationalError) for each in errors)
        met.update(each.refusals[0].code for each in errors if isinstance(each, ActionRefused))
        hands.hold()
    assert met["MOVEMENT"] + met["DEVICE"] + met["FIELD"] > 0
