"""Devices, as they came: what became of each is told by its steps in the cabinet's ledger."""

from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Substr

from clinic.constraints import ProtectedForeignKey, both_or_neither, state_known
from clinic.models.entry import ClinicalRow
from clinic.models.facility import Facility
from clinic.models.patient import Patient
from clinic.rules.cabinet import Place
from clinic.rules.pack import PackCode
from clinic.rules.stock import StockKind, tidy_lot


class Device(ClinicalRow):
    """One single-use device under the clinic's own number. ``expires_date`` is its last day (a month-only expiry
    is the last day of that month); ``occurred_at`` is when it was received. ``gtin``: its pack's product; None where
    nobody knew. A pack that was scanned is known by its ``serial`` too, and each of its devices by its place."""

    number = models.CharField(max_length=20)
    program_code = models.CharField(max_length=40)
    lot = models.CharField(max_length=30)
    expires_date = models.DateField()
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in StockKind])
    patient = ProtectedForeignKey(Patient, null=True, related_name="+")
    gtin = models.CharField(max_length=14, null=True)
    serial = models.CharField(max_length=20, null=True)
    pack_place = models.PositiveSmallIntegerField(null=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("facility", "number"), name="device_number_once_in_facility"),
            models.UniqueConstraint(fields=("id", "facility"), name="device_of_facility"),
            state_known("kind", list(StockKind), name="device_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind="BULK", patient__isnull=True)
                | models.Q(kind="PATIENT_SPECIFIC", patient__isnull=False),
                name="device_patient_specific_has_patient",
            ),
            both_or_neither("serial", "pack_place", name="device_serial_with_place"),
            models.CheckConstraint(
                condition=models.Q(serial__isnull=True) | models.Q(gtin__isnull=False), name="device_serial_with_gtin"
            ),
            models.CheckConstraint(
                condition=models.Q(gtin__regex=r"^[0-9]{14}$") & ~models.Q(serial=""),
                name="device_gtin_and_serial_said",
            ),
            models.UniqueConstraint(
                fields=("facility", "gtin", "serial", "pack_place"), name="device_pack_received_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def is_of(self, code: PackCode) -> bool:
        """Whether this may be a device of a scanned pack: its own code, or none, and the same label."""
        same_label = (tidy_lot(self.lot), self.expires_date) == (tidy_lot(code.lot), code.expires_date)
        if self.serial is None:
            return same_label and self.gtin in (None, code.product_gtin)
        return same_label and (self.gtin, self.serial) == (code.gtin, code.serial)


def ndc_in(gtin: str) -> Substr:
    """As ``ndc_digits_of``, in a query; every product is a US drug's."""
    return Substr(gtin, 4, 10)


def received_pack(facility: Facility, code: PackCode) -> tuple[str, ...]:
    """The numbers under which the devices of this pack came in, in its order."""
    rows = kept(Device.objects.filter(facility=facility, gtin=code.gtin, serial=code.serial))
    return tuple(rows.order_by("pack_place").values_list("number", flat=True))


def places_of_pack(facility: Facility, code: PackCode) -> int:
    """How many of its places were ever said; those of a receipt that was taken back are not said again."""
    rows = Device.objects.filter(facility=facility, gtin=code.gtin, serial=code.serial)
    return rows.aggregate(last=models.Max("pack_place"))["last"] or 0


def kept(devices: models.QuerySet[Device]) -> models.QuerySet[Device]:
    """Without those whose receipt was taken back: from there nothing leads on."""
    return devices.exclude(movements__to_place=Place.SUPPLIER)


def numbers_in_use(facility: Facility, numbers: Iterable[str]) -> list[str]:
    """Those of these numbers that a device of this clinic has."""
    rows = Device.objects.filter(facility=facility, number__in=list(numbers))
    return list(rows.order_by("number").values_list("number", flat=True))
