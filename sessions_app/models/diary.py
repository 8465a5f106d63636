"""The diary of a facility: when it is open, what a booking takes, and what becomes of a booking."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from clinic.constraints import CompositeForeignKey
from clinic.models import ClinicalRow, Consent, Facility, Patient
from clinic.models.patient import records_of
from clinic.models.patient_record import consents_of, contact_of
from sessions_app.models.dosing_session import DosingSession, SessionRow
from sessions_app.rules.diary import MOST_MINUTES, ClosedDays, OpeningHours
from sessions_app.rules.states import State

_WEEK = 7


class DiarySetting(ClinicalRow):
    """Opening hours by day of the week, Monday first, and the diary's numbers, all the clinic's own [D]; the newest
    counts. A ratio is a load to be looked at, never a lock. ``reminder_hours``: so long before a booking its patient
    has a reminder by e-mail; none where nobody said."""

    opens = ArrayField(models.TimeField(null=True), size=_WEEK)
    closes = ArrayField(models.TimeField(null=True), size=_WEEK)
    preparation_minutes = models.PositiveSmallIntegerField(default=15)
    margin_minutes = models.PositiveSmallIntegerField(default=15)
    nurses = models.PositiveSmallIntegerField(null=True)
    patients_per_nurse = models.PositiveSmallIntegerField(null=True)
    prescribers = models.PositiveSmallIntegerField(null=True)
    patients_per_prescriber = models.PositiveSmallIntegerField(null=True)
    reminder_hours = models.PositiveSmallIntegerField(null=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(preparation_minutes__lte=MOST_MINUTES, margin_minutes__lte=MOST_MINUTES),
                name="diary_setting_minutes_possible",
            ),
            models.CheckConstraint(
                condition=Q(opens__len=_WEEK, closes__len=_WEEK), name="diary_setting_has_every_weekday"
            ),
        ]
        indexes = [models.Index(fields=("facility", "occurred_at"), name="diary_setting_latest")]

    @property
    def hours(self) -> OpeningHours | None:
        """None where nobody said any."""
        return OpeningHours(tuple(self.opens), tuple(self.closes)) if any(self.opens) else None

    @property
    def nurse_capacity(self) -> int | None:
        """How many patients the nurses of a day watch at once."""
        return self.nurses * self.patients_per_nurse if self.nurses and self.patients_per_nurse else None

    @property
    def prescriber_capacity(self) -> int | None:
        known = self.prescribers and self.patients_per_prescriber
        return self.prescribers * self.patients_per_prescriber if known else None  # type: ignore[operator]


class Closure(ClinicalRow):
    """The clinic is closed on these days, the last one included. Walk-ins are checked in all the same."""

    first_date = models.DateField()
    last_date = models.DateField()
    reason = models.CharField(max_length=120)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="closure_has_reason"),
            models.CheckConstraint(
                condition=Q(last_date__gte=models.F("first_date")), name="closure_ends_after_it_begins"
            ),
            models.UniqueConstraint(fields=("id", "facility"), name="closure_of_facility"),
        ]
        indexes = [models.Index(fields=("facility", "last_date"), name="closure_to_come")]


class ClosureWithdrawal(ClinicalRow):
    """The clinic is open on those days after all."""

    closure = models.OneToOneField(Closure, models.PROTECT, db_constraint=False, related_name="withdrawal")
    reason = models.TextField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="closure_withdrawal_has_reason"),
            CompositeForeignKey(
                fields=("closure", "facility"),
                to="sessions_app.Closure",
                to_fields=("id", "facility"),
                name="closure_withdrawal_of_same_facility",
            ),
        ]


class BookingMove(SessionRow):
    """A booking stands at another time or chair from now on; the session's own columns follow, and no other way."""

    moved_from = models.DateTimeField()
    moved_to = models.DateTimeField()
    from_chair = models.CharField(max_length=10, blank=True)
    to_chair = models.CharField(max_length=10, blank=True)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(moved_from=models.F("moved_to"), from_chair=models.F("to_chair")),
                name="booking_move_leads_elsewhere",
            ),
        ]


class NoShow(SessionRow):
    """The patient did not come: why the booking was cancelled."""

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.UniqueConstraint(fields=("dosing_session",), name="no_show_once"),
        ]


class AppointmentReminder(SessionRow):
    """The patient was written to about this booking at this time: once each."""

    scheduled_at = models.DateTimeField()
    email = models.EmailField()

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.UniqueConstraint(fields=("dosing_session", "scheduled_at"), name="appointment_reminder_once"),
        ]


def to_remind(facility: Facility, *, at: datetime) -> list[DosingSession]:
    """Who is booked within the hours that the clinic chose, and was not written to about that very time."""
    hours = setting_of(facility).reminder_hours
    if not hours:
        return []
    told = AppointmentReminder.objects.filter(dosing_session=OuterRef("pk"), scheduled_at=OuterRef("scheduled_at"))
    soon = {"scheduled_at__gt": at, "scheduled_at__lte": at + timedelta(hours=hours)}
    booked = DosingSession.objects.filter(~Exists(told), facility=facility, state=State.SCHEDULED, **soon)
    return list(booked.select_related("facility", "patient").order_by("scheduled_at", "pk"))


def no_shows_of(patient: Patient) -> set[UUID]:
    """The bookings that this person did not come to, on whichever record and at whichever facility."""
    rows = NoShow.objects.filter(dosing_session__patient__in=records_of([patient.person_id]))
    return set(rows.values_list("dosing_session", flat=True))


def reminder_address(patient: Patient) -> str:
    """The patient's own e-mail, as long as their newest word about reminders is a yes; else none."""
    consent = next((row for row in consents_of(patient) if row.kind == Consent.Kind.REMINDERS), None)
    contact = contact_of(patient) if consent and consent.given else None
    return contact.email if contact else ""


def setting_of(facility: Facility) -> DiarySetting:
    """The newest; the numbers Vigil begins with, and no hours, where the clinic has said nothing yet."""
    newest = DiarySetting.objects.filter(facility=facility).order_by("-occurred_at", "-id").first()
    return newest or DiarySetting(opens=[None] * _WEEK, closes=[None] * _WEEK)


def closures_with_context() -> models.QuerySet[Closure]:
    return Closure.objects.select_related("facility", "performed_by", "withdrawal")


def closures_of(facility: Facility) -> models.QuerySet[Closure]:
    """Those that stand."""
    return closures_with_context().filter(facility=facility, withdrawal=None).order_by("first_date", "id")


def closed_days(closures: Iterable[Closure]) -> tuple[ClosedDays, ...]:
    return tuple(ClosedDays(row.first_date, row.last_date, row.reason) for row in closures)
