"""The cabinet's ledger: every device is in exactly one place, and each of its steps begins where the last one led."""

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, RowTrigger, state_known
from clinic.identifiers import new_id
from clinic.models.delivery import Delivery
from clinic.models.entry import ClinicalRow, Correction
from clinic.models.facility import Facility
from clinic.models.stock import Device
from clinic.rules.cabinet import REASONED, WAYS, WITNESSED, Move, Place, Step, steps_in_force

FIRST_CABINET = "Main cabinet"


class Cabinet(models.Model):
    """A locked cabinet of a facility, which is the registered location: nothing moves from one facility to another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = ProtectedForeignKey(Facility, related_name="cabinets")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="cabinet_has_name"),
            models.UniqueConstraint(fields=("facility", "name"), name="cabinet_name_in_facility"),
            models.UniqueConstraint(fields=("id", "facility"), name="cabinet_of_facility"),
        ]

    def __str__(self) -> str:
        return self.name


class CabinetPolicy(ClinicalRow):
    """For what this clinic asks a witness; the newest row counts, and without one nobody is asked for."""

    witnessed = ArrayField(models.CharField(max_length=12))
    reason = models.TextField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(witnessed__contained_by=[kind.value for kind in WITNESSED]),
                name="cabinet_policy_witness_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="cabinet_policy_has_reason"),
        ]


class StockMovementQuerySet(models.QuerySet["StockMovement"]):
    def newest(self) -> Self:
        """Where each device is now."""
        later = StockMovement.objects.filter(device=OuterRef("device"), previous=OuterRef("step"))
        return self.filter(~Exists(later))

    def leading_to(self, *places: Place) -> Self:
        return self.filter(to_place__in=[place.value for place in places])


def _known_way() -> Q:
    ways = Q(kind=Move.CORRECTED.value, undoes__isnull=False)
    for kind, (starts, end) in WAYS.items():
        begins = sorted(place.value for place in starts)
        ways |= Q(kind=kind.value, from_place__in=begins, to_place=end.value, undoes__isnull=True)
    return ways


def _end(side: str) -> tuple[str, str]:
    return f"{side}_place", f"{side}_id"


class StockMovement(ClinicalRow):
    """One step of one device: from where, to where. ``step`` counts from its receipt; ``previous`` is the step before,
    whose end is this one's beginning. ``from_id`` and ``to_id`` name the cabinet or the dosing session, and the
    facility where it has only one such place.

    ``given_as``: the administration that an ADMINISTERED step is. ``undoes``: the step that a CORRECTED one takes back.
    ``reason``: why; of a draw, that it happened although the start gate would have refused."""

    device = ProtectedForeignKey(Device, db_constraint=False, related_name="movements", db_index=False)
    step = models.PositiveSmallIntegerField()
    previous = models.PositiveSmallIntegerField(null=True)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Move])
    from_place = models.CharField(max_length=12)
    from_id = models.UUIDField()
    to_place = models.CharField(max_length=12)
    to_id = models.UUIDField()
    delivery = ProtectedForeignKey(Delivery, null=True, db_constraint=False, related_name="movements")
    given_as = models.UUIDField(null=True)
    undoes = models.PositiveSmallIntegerField(null=True)
    reason = models.TextField(blank=True)
    witness = ProtectedForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="+", db_index=False)

    objects = StockMovementQuerySet.as_manager()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("device", "step"), name="stock_movement_one_line"),
            models.UniqueConstraint(fields=("device", "step", *_end("to")), name="stock_movement_end"),
            models.UniqueConstraint(fields=("device", "step", *_end("from")), name="stock_movement_beginning"),
            models.UniqueConstraint(fields=("given_as", "device", "to_id"), name="stock_movement_given_as_once"),
            models.CheckConstraint(
                condition=Q(step=1, previous__isnull=True, kind=Move.RECEIVED.value)
                | (Q(step__gt=1, previous__isnull=False, previous=F("step") - 1) & ~Q(kind=Move.RECEIVED.value)),
                name="stock_movement_begins_with_receipt",
            ),
            CompositeForeignKey(
                fields=("device", "previous", *_end("from")),
                to="clinic.StockMovement",
                to_fields=("device", "step", *_end("to")),
                name="stock_movement_begins_where_the_last_led",
            ),
            CompositeForeignKey(
                fields=("device", "undoes", *_end("to")),
                to="clinic.StockMovement",
                to_fields=("device", "step", *_end("from")),
                name="stock_movement_undone_back",
            ),
            CompositeForeignKey(
                fields=("device", "undoes", *_end("from")),
                to="clinic.StockMovement",
                to_fields=("device", "step", *_end("to")),
                name="stock_movement_undone_from_its_end",
            ),
            CompositeForeignKey(
                fields=("device", "facility"),
                to="clinic.Device",
                to_fields=("id", "facility"),
                name="stock_movement_device_of_same_facility",
            ),
            CompositeForeignKey(
                fields=("delivery", "facility"),
                to="clinic.Delivery",
                to_fields=("id", "facility"),
                name="stock_movement_delivery_of_same_facility",
                deferred=True,
            ),
            state_known("to_place", list(Place), name="stock_movement_place_known"),
            models.CheckConstraint(condition=_known_way(), name="stock_movement_way_known"),
            models.CheckConstraint(
                condition=Q(to_place__in=["CABINET", "DRAWN"])
                | Q(to_place__in=["ADMINISTERED", "FAILED"], to_id=F("from_id"))
                | Q(to_place__in=["SUPPLIER", "WASTED", "RETURNED", "LOST"], to_id=F("facility_id"))
                | Q(undoes__isnull=False),
                name="stock_movement_to_its_place",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Move.MOVED.value) | ~Q(to_id=F("from_id")), name="stock_movement_moved_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(kind=Move.ADMINISTERED.value, given_as__isnull=False)
                | (~Q(kind=Move.ADMINISTERED.value) & Q(given_as__isnull=True)),
                name="stock_movement_given_as_said",
            ),
            models.CheckConstraint(
                condition=Q(delivery__isnull=True) | Q(kind__in=[Move.RECEIVED.value, Move.RETURNED.value]),
                name="stock_movement_delivered",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[kind.value for kind in REASONED]) | ~Q(reason=""),
                name="stock_movement_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(witness__isnull=True) | (~Q(witness=F("recorded_by")) & ~Q(witness=F("performed_by"))),
                name="stock_movement_witness_is_another",
            ),
            RowTrigger(function="vigil_stock_movement_fits", name="stock_movement_fits", when="after"),
            RowTrigger(function="vigil_stock_movement_as_charted", name="stock_movement_as_charted", when="at the end"),
        ]
        indexes = [models.Index(fields=("to_id", "to_place"), name="stock_movement_place")]

    @property
    def place(self) -> Place:
        """Where it led."""
        return Place(self.to_place)

    @property
    def as_step(self) -> Step:
        return Step(self.step, Move(self.kind), self.undoes)


# --- what the next row says, beside its envelope ---------------------------------------------------------------------


def first_step(device: Device, cabinet: Cabinet, *, delivery: Delivery | None) -> dict[str, Any]:
    return {
        "device": device,
        "step": 1,
        "kind": Move.RECEIVED.value,
        "from_place": Place.SUPPLIER.value,
        "from_id": device.facility_id,
        "to_place": Place.CABINET.value,
        "to_id": cabinet.pk,
        "delivery": delivery,
    }


def step_after(last: StockMovement, kind: Move, *, to: UUID | None = None, **fields: Any) -> dict[str, Any]:
    """On from where the device is; ``to``: which cabinet or session, where there are several such places."""
    return {
        **_after(last),
        "kind": kind.value,
        "to_place": WAYS[kind][1].value,
        "to_id": to or last.facility_id,
        **fields,
    }


def step_back(last: StockMovement, undone: StockMovement, *, reason: str) -> dict[str, Any]:
    """Back to where a step came from that led to where the device is."""
    back = {"to_place": undone.from_place, "to_id": undone.from_id, "undoes": undone.step}
    return {**_after(last), "kind": Move.CORRECTED.value, **back, "reason": reason}


def _after(last: StockMovement) -> dict[str, Any]:
    return {
        "device_id": last.device_id,
        "step": last.step + 1,
        "previous": last.step,
        "from_place": last.to_place,
        "from_id": last.to_id,
    }


# --- where things are ------------------------------------------------------------------------------------------------


def cabinets_of(facility: Facility | UUID) -> models.QuerySet[Cabinet]:
    """The first one made stands first."""
    return Cabinet.objects.filter(facility=facility).order_by("pk")


def cabinets_with_context() -> models.QuerySet[Cabinet]:
    return Cabinet.objects.select_related("facility")


def witnessed_at(facility: Facility) -> frozenset[Move]:
    """What asks for a witness here."""
    newest = CabinetPolicy.objects.filter(facility=facility).order_by("-pk").first()
    return frozenset(Move(kind) for kind in newest.witnessed) if newest else frozenset()


def newest_of(devices: Iterable[Device]) -> dict[UUID, StockMovement]:
    """The step that each of these devices took last."""
    rows = StockMovement.objects.newest().filter(device__in=[device.pk for device in devices])
    return {row.device_id: row for row in rows}


def story_of(device: Device) -> list[StockMovement]:
    """Every step of a device, its receipt first."""
    return list(StockMovement.objects.filter(device=device).order_by("step"))


def standing_of(story: Iterable[StockMovement]) -> list[StockMovement]:
    """The steps that nobody took back."""
    by_step = {row.step: row for row in story}
    return [by_step[step.number] for step in steps_in_force(row.as_step for row in by_step.values())]


def since_given(standing: Iterable[StockMovement], administration_id: UUID) -> list[StockMovement]:
    """The last first: what goes back where a device was not given after all, to before the entry that gave it."""
    rows = list(standing)
    given = next((row for row in rows if row.given_as == administration_id), None)
    if given is None:
        return []
    return [row for row in reversed(rows) if row.step >= given.step or row.entry_id == given.entry_id]


def given_to_nobody(standing: Iterable[StockMovement]) -> UUID | None:
    """An administration that was voided while its device was wasted, returned or lost."""
    given = next((row.given_as for row in standing if row.given_as), None)
    return given if given and Correction.objects.filter(row_id=given).exists() else None


def devices_at(*places: Place, where: UUID | None = None) -> models.QuerySet[Device]:
    """Devices that are there now; ``where``: in which cabinet, or with which session."""
    here = StockMovement.objects.newest().leading_to(*places).filter(device=OuterRef("pk"))
    return Device.objects.filter(Exists(here.filter(to_id=where) if where else here))
