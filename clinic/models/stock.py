"""Devices in the cabinet. The ledger of the cabinet comes later; here a device is received, and given once."""

from django.db import models

from clinic.constraints import ProtectedForeignKey, state_known
from clinic.models.entry import ClinicalRow
from clinic.models.patient import Patient
from clinic.rules.stock import StockKind


class Device(ClinicalRow):
    """One single-use device under the clinic's own number. ``expires_date`` is its last day (a month-only expiry
    is the last day of that month); ``occurred_at`` is when it was received."""

    number = models.CharField(max_length=20)
    program_code = models.CharField(max_length=40)
    lot = models.CharField(max_length=30)
    expires_date = models.DateField()
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in StockKind])
    patient = ProtectedForeignKey(Patient, null=True, related_name="+")

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
        ]

    def __str__(self) -> str:
        return self.number
