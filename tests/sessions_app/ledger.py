"""A nurse, a cabinet and two patients who are cleared, in any order: the machine of test_ledger.py."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Case, IntegerField, Sum, When
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from clinic.actions import cabinet
from clinic.actions.delivery import Arrival
from clinic.models import Correction, Device, Facility, StockMovement
from clinic.models.cabinet import cabinets_of
from clinic.rules.cabinet import Place
from clinic.rules.refusals import ActionRefused
from sessions_app.actions import cabinet as taking
from sessions_app.models import DeviceAdministration
from sessions_app.rules.facts import Outcome
from tests.clinic.actions.cabinet_attempts import a_supplier, one_more_cabinet
from tests.factories import NINE, Cast, Walk, cleared, entry, make_devices, minutes

NOW = NINE + minutes(30)
LOTS = ("L-1", "L-2")
WHICH = st.integers(0, 99)
AWAY = (Place.WASTED, Place.RETURNED, Place.LOST)


def balances(facility: Facility) -> dict[tuple[str, str], dict[str, int]]:
    """By programme and lot: how many devices were ever received, and where all of them are now."""
    counted = {
        place.value: Sum(Case(When(to_place=place.value, then=1), default=0, output_field=IntegerField()))
        for place in Place
    }
    newest = StockMovement.objects.newest().filter(facility=facility)
    rows: Any = newest.values("device__program_code", "device__lot").annotate(**counted).order_by()
    return {
        (row["device__program_code"], row["device__lot"]): {place.value: row[place.value] for place in Place}
        for row in rows
    }


class Cabinet(RuleBasedStateMachine):
    """What anybody may try with any device at any time; and beside it a book kept by hand: for each device the places
    it has been in, the last one where it is."""

    cast: Cast
    accepted: Counter[str]

    @initialize()
    def open_the_doors(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.walks = [cleared(self.cast), cleared(self.cast)]
        self.supplier, self.room = a_supplier(self.cast), one_more_cabinet(self.cast)
        self.book: dict[Device, list[Place]] = {}
        self.given: dict[Device, tuple[Walk, DeviceAdministration, int]] = {}
        self.voided: dict[Device, int] = {}
        self.taken_by: dict[Device, int] = {}
        self.numbers = iter(range(1, 1000))
        for lot in LOTS:
            self.receive(lot, 2)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def tried(self, name: str, action: Callable[..., Any], **said: Any) -> Any:
        """What came of it; None where it was refused, and then nothing is different."""
        try:
            done = action(**said)
        except ActionRefused:
            return None
        self.accepted[name] += 1
        return done

    def some(self, which: int, *likely: Place) -> Device:
        """Any device; half of the time one that is in a place of those, if any is: what is done with a lost device is
        tried with every other, and reached."""
        devices = sorted(self.book, key=lambda device: device.number)
        there = [device for device in devices if self.where(device) in likely]
        among = there if there and which % 2 else devices
        return among[which // 2 % len(among)]

    def of_facility(self) -> dict[str, Any]:
        return {"facility": self.cast.facility, "entry": entry(), "by": self.cast.nora, "now": NOW}

    # --- besides sessions ---------------------------------------------------------------------------------

    @rule(lot=st.sampled_from(LOTS), count=st.integers(1, 3))
    def receive(self, lot: str, count: int) -> None:
        number = f"{lot}-{next(self.numbers):03}0"
        for device in make_devices(self.cast, number=number, devices=count, lot=lot):
            self.book[device] = [Place.CABINET]

    @rule(which=WHICH, room=st.booleans())
    def move(self, which: int, room: bool) -> None:
        device = self.some(which, Place.CABINET)
        to = self.room if room else cabinets_of(self.cast.facility).first()
        if self.tried("move", cabinet.move_devices, devices=[device], cabinet=to, **self.of_facility()):
            self.goes(device, (Place.CABINET,), Place.CABINET)

    @rule(which=WHICH, how=st.sampled_from(AWAY))
    def leaves(self, which: int, how: Place) -> None:
        device, said = self.some(which, Place.CABINET, Place.FAILED), self.of_facility()
        action, more = {
            Place.WASTED: (cabinet.waste_devices, {"reason": "It fell."}),
            Place.LOST: (cabinet.report_lost, {"reason": "Not there."}),
            Place.RETURNED: (cabinet.return_devices, {"delivery": Arrival(self.supplier, "R-1")}),
        }[how]
        if self.tried(how.value, action, devices=[device], **more, **said):
            starts = {Place.CABINET, Place.FAILED} | ({Place.DRAWN} if how is not Place.RETURNED else set())
            self.goes(device, tuple(starts), how)

    @rule(which=WHICH)
    def is_found(self, which: int) -> None:
        device = self.some(which, Place.LOST)
        said = {"devices": [device], "cabinet": self.room, "reason": "Behind the drawer.", **self.of_facility()}
        if not self.tried("found", cabinet.report_found, **said):
            return
        if Place.ADMINISTERED in self.book[device]:
            self.goes_back(device)
            if self.where(device) is Place.DRAWN:
                self.book[device].append(Place.CABINET)
        else:
            self.goes(device, (Place.LOST,), Place.CABINET)

    @rule(which=WHICH)
    def is_put_right(self, which: int) -> None:
        device = self.some(which, *AWAY)
        if self.tried("correct", taking.correct_movement, device=device, reason="Wrong.", **self.of_facility()):
            was = self.goes_back(device)
            assert was in (Place.CABINET, *AWAY)
            assert self.book[device] or was is Place.CABINET

    def goes_back(self, device: Device) -> Place:
        """To where it was; and where it was given to nobody, as was said meanwhile, to before that."""
        was = self.book[device].pop()
        if device in self.voided:
            del self.book[device][self.voided.pop(device) :]
        return was

    def goes(self, device: Device, starts: tuple[Place, ...], to: Place) -> None:
        assert self.where(device) in starts
        self.book[device].append(to)

    def where(self, device: Device) -> Place:
        return self.book[device][-1] if self.book[device] else Place.SUPPLIER

    # --- by sessions --------------------------------------------------------------------------------------

    @rule(which=WHICH, walk=st.integers(0, 1))
    def is_taken(self, which: int, walk: int) -> None:
        device = self.some(which, Place.CABINET)
        if self.tried("take", taking.take_devices, devices=[device], **self.walks[walk].envelope(NOW)):
            self.goes(device, (Place.CABINET,), Place.DRAWN)
            self.taken_by[device] = walk

    @rule(which=WHICH, walk=st.integers(0, 1))
    def is_wasted_at_the_chair(self, which: int, walk: int) -> None:
        device, said = self.held(which, walk)
        if self.tried("waste", taking.waste_taken_devices, devices=[device], reason="It fell.", **said):
            self.goes(device, (Place.DRAWN,), Place.WASTED)

    @rule(which=WHICH, walk=st.integers(0, 1))
    def is_put_back(self, which: int, walk: int) -> None:
        device, said = self.held(which, walk)
        if self.tried("put back", taking.put_back_devices, devices=[device], **said):
            self.goes(device, (Place.DRAWN,), Place.CABINET)

    def held(self, which: int, walk: int) -> tuple[Device, dict[str, Any]]:
        """A device, and the session that took it; now and then another."""
        device = self.some(which, Place.DRAWN)
        return device, self.walks[self.taken_by.get(device, walk) if which % 2 else walk].envelope(NOW)

    @rule(which=WHICH, walk=st.integers(0, 1), outcome=st.sampled_from((None, Outcome.FULL, Outcome.FAILED)))
    def is_given(self, which: int, walk: int, outcome: Outcome | None) -> None:
        device, to = self.some(which, Place.CABINET), self.walks[walk]
        before = len(self.book[device])
        said = {"device": device, "outcome": None, "exception_reason": "As it happened."}
        given = self.tried("give", lambda **more: to.give(NOW, **more), **said)
        if given is None:
            return
        assert self.where(device) in (Place.CABINET, Place.DRAWN)
        self.book[device].append(Place.ADMINISTERED)
        self.given[device] = (to, given, before)
        if outcome:
            self.delivers(device, outcome)

    @rule(which=WHICH, outcome=st.sampled_from(Outcome))
    def is_charted(self, which: int, outcome: Outcome) -> None:
        device = self.some(which, Place.ADMINISTERED, Place.FAILED)
        if device in self.given:
            self.delivers(device, outcome)

    def delivers(self, device: Device, outcome: Outcome) -> None:
        walk, given, _ = self.given[device]
        by = walk.cast.nils
        if not self.tried("outcome", lambda: walk.outcome(given, outcome, NOW, by=by) or True):
            return
        place = self.where(device)
        if outcome is Outcome.FAILED and place is Place.ADMINISTERED:
            self.book[device].append(Place.FAILED)
        elif outcome is not Outcome.FAILED and place is Place.FAILED:
            self.book[device].pop()

    @rule(which=WHICH)
    def is_voided(self, which: int) -> None:
        device = self.some(which, Place.ADMINISTERED, Place.FAILED)
        if device not in self.given:
            return
        walk, given, before = self.given[device]
        if self.tried("void", lambda: walk.void(given, NOW)):
            del self.given[device]
            if self.where(device) in (Place.ADMINISTERED, Place.FAILED):
                del self.book[device][before:]
            else:
                self.voided[device] = before

    @rule(walk=st.integers(0, 1))
    def the_session_ends(self, walk: int) -> None:
        self.tried("end", lambda: self.walks[walk].transfer(NOW) or True)

    # --- and always ---------------------------------------------------------------------------------------

    @invariant()
    def the_book_is_the_ledger(self) -> None:
        """Per lot: received = in cabinets + taken + given + failed + wasted + returned + lost, of the same devices."""
        if not hasattr(self, "book"):
            return
        kept = Counter((device.lot, self.where(device).value) for device in self.book)
        said = balances(self.cast.facility)
        for lot in LOTS:
            held = said["esketamine", lot]
            assert {place: count for place, count in held.items() if count} == {
                place: count for (of, place), count in kept.items() if of == lot
            }
            assert sum(held.values()) == sum(device.lot == lot for device in self.book)

    @invariant()
    def nothing_was_given_twice(self) -> None:
        if not hasattr(self, "book"):
            return
        voided = Correction.objects.values("row_id")
        given = Counter(DeviceAdministration.objects.exclude(pk__in=voided).values_list("device", flat=True))
        assert given == Counter(device.pk for device in self.given)
        assert max(given.values(), default=1) == 1
