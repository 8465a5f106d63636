"""The book foots for any days, whenever what happened in them was entered, and whatever day was said of it."""

from collections import Counter
from datetime import date, timedelta
from itertools import accumulate, combinations_with_replacement
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clinic.actions import cabinet
from clinic.actions.delivery import Arrival
from clinic.models import Device
from clinic.models.cabinet import cabinets_of
from clinic.rules.book import ON_HAND, WENT, Period
from clinic.rules.cabinet import Place
from clinic.rules.refusals import ActionRefused
from sessions_app.actions.cabinet import correct_movement
from sessions_app.models.book import Book
from tests.clinic.actions.cabinet_attempts import a_supplier
from tests.factories import NINE, Cast, cleared, entry, make_cast, make_devices

pytestmark = pytest.mark.paperwork
DAYS = 5
ENTERED = NINE + timedelta(days=DAYS)
ANYTHING: dict[str, Any] = {"suppress_health_check": list(HealthCheck)}
OPS = ("waste", "return", "lose", "find", "correct", "give", "void")


class Shelf:
    """Three devices, what is done with them, and beside it a book kept by hand: for each device where it went, and on
    which day that was said to be."""

    def __init__(self, cast: Cast, came: list[int]) -> None:
        self.cast, self.walk = cast, cleared(cast)
        self.supplier, self.room = a_supplier(cast), cabinets_of(cast.facility).first()
        self.given: dict[Device, Any] = {}
        self.devices: list[Device] = []
        self.trail: dict[Device, list[tuple[Place, int]]] = {}
        for number, day in enumerate(came):
            at = {"entry": entry(NINE + timedelta(days=day)), "now": ENTERED}
            (device,) = make_devices(cast, number=f"B-{number}", lot="L-1", **at)
            self.devices.append(device)
            self.trail[device] = [(Place.CABINET, day)]

    def do(self, what: str, device: Device, day: int) -> None:
        at = NINE + timedelta(days=day, minutes=30)
        said: dict[str, Any] = {"facility": self.cast.facility, "entry": entry(at), "by": self.cast.nora}
        said |= {"now": ENTERED}
        several = {"devices": [device], **said}
        before = self.steps(device)
        try:
            match what:
                case "waste":
                    cabinet.waste_devices(reason="It fell.", **several)
                case "return":
                    cabinet.return_devices(delivery=Arrival(self.supplier, "R-1"), **several)
                case "lose":
                    cabinet.report_lost(reason="Not there.", **several)
                case "find":
                    cabinet.report_found(cabinet=self.room, reason="There.", **several)
                case "correct":
                    correct_movement(device=device, reason="Wrong.", **said)
                case "give":
                    form = {"form": entry(at), "exception_reason": "From paper."}
                    self.given[device] = self.walk.give(ENTERED, device=device, outcome=None, **form)
                case "void" if device in self.given:
                    self.walk.void(self.given.pop(device), ENTERED)
        except ActionRefused:
            return
        new = device.movements.filter(step__gt=before).order_by("step")
        zone = self.cast.facility.zone
        start = NINE.astimezone(zone).date()
        self.trail[device] += [
            (Place(row.to_place), (row.occurred_at.astimezone(zone).date() - start).days) for row in new
        ]

    def steps(self, device: Device) -> int:
        return device.movements.count()

    def counted(self, device: Device) -> list[tuple[Place, int]]:
        """Never after what followed."""
        places, days = zip(*self.trail[device], strict=True)
        return list(zip(places, reversed([*accumulate(reversed(days), min)]), strict=True))

    def at_start_of(self, day: int) -> Counter[Place]:
        """Where the devices were."""
        passed = ([place for place, of in self.counted(device) if of < day] for device in self.devices)
        return Counter(places[-1] if places else Place.SUPPLIER for places in passed)


def told(cast: Cast, first: int, last: int) -> Book:
    days = [NINE.date() + timedelta(days=day) for day in (first, last)]
    return Book(cast.facility, Period(*days))


@given(
    came=st.lists(st.integers(0, DAYS - 1), min_size=3, max_size=3),
    done=st.lists(st.tuples(st.sampled_from(OPS), st.integers(0, 2), st.integers(0, DAYS - 1)), max_size=9),
)
@settings(max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate], **ANYTHING)
def test_it_foots_between_any_two_days_whatever_day_was_said(
    cast_of_all: Cast, came: list[int], done: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        shelf = Shelf(cast_of_all, came)
        for what, which, day in done:
            shelf.do(what, shelf.devices[which], day)
        for first, last in combinations_with_replacement(range(DAYS + 1), 2):
            start, end, book = shelf.at_start_of(first), shelf.at_start_of(last + 1), told(cast_of_all, first, last)
            (balance,) = book.balances(by=lambda _thing: "all") or (None,)
            if balance is None:
                assert start == end
                assert not ON_HAND & {place for place, number in start.items() if number}
                continue
            assert balance.foots
            assert (balance.start, balance.end) == tuple(sum(at[place] for place in ON_HAND) for at in (start, end))
            assert balance.received == start[Place.SUPPLIER] - end[Place.SUPPLIER]
            assert dict(balance.went) == {place: end[place] - start[place] for place in WENT}
            # And so do the lists below it.
            assert sum(line.units for line in book.given) == balance.went[Place.ADMINISTERED]
            assert -sum(move.units for move in book.moved(Place.SUPPLIER)) == balance.received
            assert book.astray() == []
        transaction.set_rollback(True)


@pytest.fixture
def cast_of_all(db: None) -> Cast:
    return make_cast()


@pytest.mark.django_db(transaction=True)
def test_it_names_the_device_of_which_a_step_is_missing(owner_connection: Any) -> None:
    cast = make_cast()
    gone, stays = make_devices(cast, number="B-1", devices=2, lot="L-1", now=NINE)
    said = {"facility": cast.facility, "entry": entry(), "by": cast.nora, "now": NINE}
    cabinet.waste_devices(devices=[gone, stays], reason="It fell.", **said)
    with owner_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM clinic_stockmovement WHERE device_id = %s AND step = 1", [str(gone.pk)])
    owner_connection.commit()

    book = Book(cast.facility, Period(date(2026, 4, 14), date(2026, 4, 14)))
    (balance,) = book.balances(by=lambda _thing: "all")

    assert not balance.foots
    assert book.astray() == [gone.number]
