"""The book of a facility's cabinets for a period, read at a number of queries that does not grow with it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet, RowRange, Window

from clinic.models import Device, Facility, Patient, PatientContact, StockMovement
from clinic.models.cabinet import devices_at
from clinic.rules.book import ON_HAND, Balance, Flow, Held, Period, balances
from clinic.rules.cabinet import Place
from sessions_app.models.dosing import DeviceAdministration

# What of a device is kept apart in the book.
THING = ("device__program_code", "device__gtin", "device__lot", "device__expires_date", "device__kind")


@dataclass(frozen=True)
class Thing:
    """Devices that are alike."""

    program_code: str
    gtin: str
    lot: str
    expires_date: Any
    kind: str


def thing_of(device: Device) -> Thing:
    return Thing(device.program_code, device.gtin or "", device.lot, device.expires_date, device.kind)


def counted_steps(facility: Facility) -> QuerySet[Any]:
    """Every step with ``counted_at``: when it happened, and never after one that followed it. Which step of a device
    followed which is known for sure, when each of them was is what somebody said: a device that was given on Monday
    came on Monday at the latest, though its receipt says Tuesday. So it is in one place at every moment, and the book
    foots between any two. ``next_at``: until when the step was the device's last."""
    steps: dict[str, Any] = {"partition_by": "device", "order_by": "step"}
    return StockMovement.objects.filter(facility=facility).annotate(
        counted_at=Window(Min("occurred_at"), frame=RowRange(start=0), **steps),
        next_at=Window(Min("occurred_at"), frame=RowRange(start=1), **steps),
    )


def counted_at(step: StockMovement) -> datetime:
    return step.counted_at  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Given:
    """One device and one session: how many units that makes in the period, net of what was taken back in it; the last
    step says why it is none."""

    administration: DeviceAdministration
    steps: tuple[StockMovement, ...]

    @property
    def units(self) -> int:
        return sum(1 if step.to_place == Place.ADMINISTERED else -1 for step in self.steps)

    @property
    def first(self) -> StockMovement:
        return self.steps[0]

    @property
    def last(self) -> StockMovement:
        return self.steps[-1]


@dataclass(frozen=True)
class Moved:
    """Devices that came or went together: ``units`` below 0 where it was taken back."""

    steps: tuple[StockMovement, ...]
    units: int
    place: Place

    @property
    def first(self) -> StockMovement:
        return self.steps[0]

    @property
    def numbers(self) -> list[str]:
        return sorted(step.device.number for step in self.steps)


class Book:
    """What the ledger says of a period, in the order in which it happened."""

    def __init__(self, facility: Facility, period: Period) -> None:
        self.facility, self.period = facility, period
        self.begins, self.ends = period.span(facility.zone)

    def _here(self, at: datetime) -> QuerySet[Any]:
        """The step by which each device was here at that moment."""
        steps = counted_steps(self.facility).filter(Q(next_at=None) | Q(next_at__gte=at), counted_at__lt=at)
        return StockMovement.objects.filter(pk__in=steps.values("pk")).leading_to(*ON_HAND).order_by()

    def _held(self, at: datetime) -> dict[Thing, int]:
        rows = self._here(at).values_list(*THING).annotate(count=Count("pk"))
        return {Thing(code, gtin or "", *rest): count for code, gtin, *rest, count in rows}

    @cached_property
    def inventory(self) -> dict[Thing, tuple[int, int]]:
        """How many of each were here at the start and at the end, where there were any."""
        start, end = self._held(self.begins), self._held(self.ends)
        order = sorted(
            start.keys() | end.keys(), key=lambda thing: (thing.program_code, thing.gtin, thing.kind, thing.lot)
        )
        return {thing: (start.get(thing, 0), end.get(thing, 0)) for thing in order}

    @cached_property
    def _flows(self) -> Counter[tuple[Thing, Place, Place]]:
        return Counter((thing_of(step.device), Place(step.from_place), Place(step.to_place)) for step in self._steps)

    def balances(self, *, by: Callable[[Thing], str]) -> tuple[Balance, ...]:
        """``by``: what of a thing is told apart, as text."""
        held = [Held(by(thing), start, end) for thing, (start, end) in self.inventory.items()]
        return balances(
            held, [Flow(by(thing), start, end, count) for (thing, start, end), count in self._flows.items()]
        )

    @cached_property
    def _steps(self) -> list[StockMovement]:
        """What counts in the period."""
        rows = counted_steps(self.facility).filter(counted_at__gte=self.begins, counted_at__lt=self.ends)
        people = ("device", "delivery__supplier", "performed_by", "witness")
        return list(rows.select_related(*people).order_by("counted_at", "pk"))

    @cached_property
    def out_of_order(self) -> list[StockMovement]:
        """Steps that were said to be of the period or count in it, and count on an earlier day than was said."""
        rows = counted_steps(self.facility).filter(counted_at__lt=F("occurred_at")).select_related("device")
        zone = self.facility.zone
        return [
            step
            for step in rows.order_by("device__number", "step")
            if counted_at(step) < self.ends
            and step.occurred_at >= self.begins
            and counted_at(step).astimezone(zone).date() < step.occurred_at.astimezone(zone).date()
        ]

    def astray(self) -> list[str]:
        """The numbers of the devices by whose own steps the period does not foot: a step is missing."""
        change: Counter[str] = Counter(step.device.number for step in self._here(self.begins).select_related("device"))
        change.subtract(step.device.number for step in self._here(self.ends).select_related("device"))
        for step in self._steps:
            change[step.device.number] += (step.to_place in ON_HAND) - (step.from_place in ON_HAND)
        return sorted(number for number, left in change.items() if left)

    @cached_property
    def given(self) -> list[Given]:
        """What became of each device that was handed to somebody."""
        steps: dict[tuple[UUID, UUID], list[StockMovement]] = {}
        for step in self._steps:
            if Place.ADMINISTERED in (step.from_place, step.to_place) and step.from_place != step.to_place:
                session = step.to_id if step.to_place == Place.ADMINISTERED else step.from_id
                steps.setdefault((step.device_id, session), []).append(step)
        by_key = self._administrations(steps)
        return [Given(by_key[key], tuple(each)) for key, each in steps.items()]

    def _administrations(self, keys: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], DeviceAdministration]:
        keys = list(keys)
        rows = DeviceAdministration.objects.filter(
            facility=self.facility,
            device__in={device for device, _session in keys},
            dosing_session__in={session for _device, session in keys},
        )
        rows = rows.select_related("device", "dosing_session__patient", "performed_by").order_by("order")
        return {(row.device_id, row.dosing_session_id): row for row in rows}

    @property
    def patients(self) -> list[Patient]:
        """Whom the log names, each once."""
        return list({patient.pk: patient for patient in map(patient_of, self.given)}.values())

    @cached_property
    def addresses(self) -> dict[UUID, str]:
        """Where each patient of the log lives, by person: the newest that says it."""
        people = {line.administration.dosing_session.patient.person_id for line in self.given}
        of_person = Q(patient__in=people) | Q(patient__same_person_as__in=people)
        rows = PatientContact.objects.filter(of_person).exclude(address="").select_related("patient")
        return {row.patient.person_id: row.address for row in rows.order_by("occurred_at", "id")}

    def moved(self, *places: Place) -> list[Moved]:
        """What came from or went to one of these places, by entry; what was taken back with a sign of its own."""
        together: dict[tuple[Any, ...], list[StockMovement]] = {}
        for step in self._steps:
            for place in places:
                if (step.to_place == place) != (step.from_place == place):
                    label = (counted_at(step).astimezone(self.facility.zone).date(), step.device.lot, step.device.kind)
                    same = (step.entry_id, place, step.to_place == place, *label)
                    together.setdefault(same, []).append(step)
        return [
            Moved(tuple(steps), len(steps) if towards else -len(steps), place)
            for (_entry, place, towards, *_label), steps in together.items()
        ]

    def on_hand_now(self) -> int:
        return devices_at(*ON_HAND).filter(facility=self.facility).count()


def patient_of(line: Given) -> Patient:
    patient: Patient = line.administration.dosing_session.patient
    return patient
