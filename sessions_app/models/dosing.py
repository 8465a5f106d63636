"""The order, the devices, and what the prescriber decided."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.models import Correction, Device, SignedRow
from clinic.rules.signature import Meaning
from sessions_app.models.dosing_session import DosingSession, SessionRow
from sessions_app.rules.facts import Outcome


class DoseOrder(SignedRow, SessionRow):
    """What the prescriber ordered for today. ``reason`` answers a dose off the table, too soon or off-label."""

    MEANING = Meaning.ORDERED

    mg = models.PositiveIntegerField()
    devices = models.PositiveIntegerField()
    reason = models.TextField(blank=True)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.CheckConstraint(condition=Q(mg__gt=0, devices__gt=0), name="dose_order_positive"),
        ]


class Clearance(SessionRow):
    """The start gate was open: the patient is cleared, with a prescriber on site named."""

    prescriber = ProtectedForeignKey(settings.AUTH_USER_MODEL, related_name="+")

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [*SessionRow.Meta.constraints]


class GateException(SessionRow):
    """Something happened that a gate would have refused: recorded by a licensed person with a reason. Every
    report counts these."""

    gate = models.CharField(max_length=20)
    codes = ArrayField(models.CharField(max_length=40))
    reason = models.TextField()

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="gate_exception_has_reason"),
        ]


class DeviceAdministration(SessionRow):
    """One device handed over; ``occurred_at`` is its typed time, ``counted_at`` the time the stay counts from.

    A device is given once, until that is voided: every administration is a step of its device in the cabinet's ledger
    (clinic/models/cabinet.py), which has one line and no fork."""

    device = ProtectedForeignKey(Device, db_constraint=False, related_name="administrations")
    counted_at = models.DateTimeField()

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            CompositeForeignKey(
                fields=("device", "facility"),
                to="clinic.Device",
                to_fields=("id", "facility"),
                name="device_administration_device_of_same_facility",
            ),
            models.UniqueConstraint(fields=("id", "dosing_session", "facility"), name="administration_of_session"),
            models.UniqueConstraint(fields=("id", "counted_at"), name="administration_counted_at"),
            models.UniqueConstraint(fields=("id", "occurred_at"), name="administration_occurred_at"),
            # Deferred: an administration comes first among its rows, as the result of its entry.
            CompositeForeignKey(
                fields=("id", "device", "dosing_session"),
                to="clinic.StockMovement",
                to_fields=("given_as", "device", "to_id"),
                name="administration_is_a_step_of_its_device",
                deferred=True,
            ),
            models.CheckConstraint(
                condition=Q(counted_at__gte=F("occurred_at")), name="administration_counted_not_before_occurred"
            ),
        ]


class AdministrationRow(SessionRow):
    """Base of rows about one administered device, of the same session."""

    administration = ProtectedForeignKey(DeviceAdministration, db_constraint=False, related_name="+")

    class Meta(SessionRow.Meta):
        abstract = True
        constraints = [
            *SessionRow.Meta.constraints,
            CompositeForeignKey(
                fields=("administration", "dosing_session", "facility"),
                to="sessions_app.DeviceAdministration",
                to_fields=("id", "dosing_session", "facility"),
                name="%(class)s_administration_of_session",
            ),
        ]


class DeviceOutcome(AdministrationRow):
    """What the device delivered: full, partial (one spray) or failed (none). The newest in force counts."""

    outcome = models.CharField(max_length=8, choices=[(value.value, value.value) for value in Outcome])

    class Meta(AdministrationRow.Meta):
        abstract = False
        constraints = [
            *AdministrationRow.Meta.constraints,
            state_known("outcome", list(Outcome), name="device_outcome_known"),
        ]


class DeviceTimeConfirmation(AdministrationRow):
    """A second licensed person confirms a device time typed late: the stay then counts from the typed time."""

    counted_at = models.DateTimeField()

    class Meta(AdministrationRow.Meta):
        abstract = False
        constraints = [
            *AdministrationRow.Meta.constraints,
            models.UniqueConstraint(fields=("id", "administration", "counted_at"), name="time_confirmation_counted_at"),
            CompositeForeignKey(
                fields=("administration", "counted_at"),
                to="sessions_app.DeviceAdministration",
                to_fields=("id", "occurred_at"),
                name="time_confirmation_confirms_the_typed_time",
            ),
        ]


class PrescriberDecision(SignedRow, SessionRow):
    """A prescriber's decision with reason on one refusal code, bound to the very rows it judged."""

    MEANING = Meaning.DECIDED

    code = models.CharField(max_length=40)
    measure = models.CharField(max_length=40, blank=True)
    bound_ids = ArrayField(models.UUIDField())
    reason = models.TextField()
    examined = models.BooleanField(default=False)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="prescriber_decision_has_reason"),
        ]


def administrations_of(dosing_session: DosingSession) -> models.QuerySet[DeviceAdministration]:
    """Devices handed over in this session and not voided."""
    voided = Correction.objects.filter(row_id=models.OuterRef("pk"))
    return DeviceAdministration.objects.filter(~models.Exists(voided), dosing_session=dosing_session)


def unconfirmed_administrations(dosing_session: DosingSession) -> list[DeviceAdministration]:
    """Devices whose late typed time waits for its second person."""
    voided = Correction.objects.filter(row_id=models.OuterRef("pk"))
    confirmed = DeviceTimeConfirmation.objects.filter(~models.Exists(voided), administration=models.OuterRef("pk"))
    late = administrations_of(dosing_session).filter(counted_at__gt=F("occurred_at"))
    return list(late.filter(~models.Exists(confirmed)).order_by("occurred_at"))


def orders_before(course_ids: Iterable[UUID]) -> dict[UUID, int]:
    """By course, how many devices were ordered last, as it stands."""
    voided = Correction.objects.filter(row_id=models.OuterRef("pk"))
    rows = DoseOrder.objects.filter(~models.Exists(voided), dosing_session__course__in=list(course_ids))
    rows = rows.order_by("occurred_at", "pk")
    return dict(rows.values_list("dosing_session__course", "devices"))
