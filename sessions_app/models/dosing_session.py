"""One dosing session, and the transitions it went through."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, RowTrigger, both_or_neither, state_known
from clinic.models import ClinicalRow, Facility, Patient
from clinic.models.patient import records_of
from clinic.prepared import Prepared
from sessions_app.models.course import Course
from sessions_app.models.program import FacilityPolicy, ProgramVersion
from sessions_app.rules.charting import CHARTABLE
from sessions_app.rules.states import OPEN, TRANSITIONS, UNDER_WATCH, State


def _block() -> Func:
    """From the first minute of a booking's block to its last, which is another's already."""
    half_open = RangeBoundary(inclusive_lower=True, inclusive_upper=False)
    return Func("block_from", "block_until", half_open, function="TSTZRANGE", output_field=DateTimeRangeField())


class DosingSessionQuerySet(models.QuerySet["DosingSession"]):
    def for_facility(self, facility: Facility) -> "DosingSessionQuerySet":
        return self.filter(facility=facility)

    def open(self) -> "DosingSessionQuerySet":
        return self.filter(state__in=OPEN)

    def under_watch(self) -> "DosingSessionQuerySet":
        return self.filter(state__in=UNDER_WATCH)

    def of_patient(self, patient: Patient) -> "DosingSessionQuerySet":
        """Of this person, by whichever record."""
        return self.filter(patient__in=records_of([patient.person_id]))

    def alongside(self, dosing_session: "DosingSession") -> "DosingSessionQuerySet":
        """The other sessions of that programme and day at that clinic, by chair: where a check charted at the wrong
        chair may belong."""
        since = (dosing_session.checked_in_at or dosing_session.scheduled_at) - timedelta(hours=12)
        of_day = self.filter(state__in=CHARTABLE, checked_in_at__gte=since, checked_in_at__lt=since + timedelta(days=1))
        here = of_day.filter(facility=dosing_session.facility_id, program_code=dosing_session.program_code)
        return here.exclude(pk=dosing_session.pk).order_by("chair", "checked_in_at")

    def locked(self) -> "DosingSessionQuerySet":
        return self.select_for_update(of=("self",))


class DosingSession(ClinicalRow):
    """From booking to release. State is stored and equals its newest transition (two constraints say so). The
    programme version and policy in force at check-in are pinned, with the two numbers the database enforces.

    While it is booked it takes its chair and its patient from ``block_from`` to ``block_until``; bookings of before
    there was a diary have no block (docs/decisions/0040)."""

    patient = ProtectedForeignKey(Patient, related_name="dosing_sessions")
    course = ProtectedForeignKey(Course, db_constraint=False, related_name="dosing_sessions")
    program_code = models.CharField(max_length=40)
    scheduled_at = models.DateTimeField()
    chair = models.CharField(max_length=10, blank=True)
    block_from = models.DateTimeField(null=True)
    block_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=20)
    transition = ProtectedForeignKey("sessions_app.Transition", db_constraint=False, related_name="+")
    discharge = ProtectedForeignKey("sessions_app.Discharge", null=True, db_constraint=False, related_name="+")
    last_order = models.PositiveIntegerField(default=0)
    checked_in_at = models.DateTimeField(null=True)
    checked_in_by = ProtectedForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="+")
    program_version = ProtectedForeignKey(ProgramVersion, null=True, related_name="+")
    policy = ProtectedForeignKey(FacilityPolicy, null=True, db_constraint=False, related_name="+")
    minimum_stay_minutes = models.PositiveIntegerField(null=True)
    final_check_window_minutes = models.PositiveIntegerField(null=True)

    objects = DosingSessionQuerySet.as_manager()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("state", list(State), name="dosing_session_state_known"),
            both_or_neither("checked_in_at", "checked_in_by", name="dosing_session_checked_in_at_and_by"),
            models.UniqueConstraint(
                fields=("patient",), condition=Q(state__in=OPEN), name="dosing_session_one_open_per_patient"
            ),
            models.UniqueConstraint(
                fields=("facility", "chair"),
                condition=Q(state__in=OPEN) & ~Q(chair=""),
                name="dosing_session_one_open_per_chair",
            ),
            ExclusionConstraint(
                name="booking_one_per_chair",
                expressions=[
                    ("facility", RangeOperators.EQUAL),
                    ("chair", RangeOperators.EQUAL),
                    (_block(), RangeOperators.OVERLAPS),
                ],
                condition=Q(state=State.SCHEDULED, block_from__isnull=False) & ~Q(chair=""),
            ),
            ExclusionConstraint(
                name="booking_one_per_patient",
                expressions=[("patient", RangeOperators.EQUAL), (_block(), RangeOperators.OVERLAPS)],
                condition=Q(state=State.SCHEDULED, block_from__isnull=False),
            ),
            both_or_neither("block_from", "block_until", name="dosing_session_block_has_both_ends"),
            models.CheckConstraint(
                condition=Q(block_from__isnull=True)
                | Q(block_from__lte=F("scheduled_at"), block_until__gt=F("scheduled_at")),
                name="dosing_session_block_is_around_its_time",
            ),
            RowTrigger(
                function="vigil_booking_moves",
                name="dosing_session_moves_with_its_move",
                event="UPDATE OF scheduled_at",
                when="after",
            ),
            models.UniqueConstraint(fields=("id", "facility"), name="dosing_session_of_facility"),
            models.UniqueConstraint(
                fields=("id", "facility", "minimum_stay_minutes", "final_check_window_minutes"),
                name="dosing_session_numbers",
            ),
            CompositeForeignKey(
                fields=("course", "facility", "patient"),
                to="sessions_app.Course",
                to_fields=("id", "facility", "patient"),
                name="dosing_session_course_of_same_patient",
            ),
            CompositeForeignKey(
                fields=("policy", "facility", "minimum_stay_minutes", "final_check_window_minutes"),
                to="sessions_app.FacilityPolicy",
                to_fields=("id", "facility", "minimum_stay_minutes", "final_check_window_minutes"),
                name="dosing_session_policy_of_same_facility",
            ),
            CompositeForeignKey(
                fields=("transition", "id", "state"),
                to="sessions_app.Transition",
                to_fields=("id", "dosing_session", "to_state"),
                name="dosing_session_state_is_its_transition",
                deferred=True,
            ),
            RowTrigger(
                function="vigil_refuse_older_transition",
                name="dosing_session_at_newest_transition",
                event="UPDATE OF transition_id",
            ),
            RowTrigger(function="vigil_session_keeps", name="dosing_session_pinned_once", event="UPDATE", when="after"),
            RowTrigger(function="vigil_session_begins_booked", name="dosing_session_begins_booked", when="after"),
            RowTrigger(
                function="vigil_state_has_its_row",
                name="dosing_session_state_has_its_row",
                event="UPDATE OF state, transition_id, discharge_id",
                when="at the end",
            ),
            CompositeForeignKey(
                fields=("discharge", "id", "facility"),
                to="sessions_app.Discharge",
                to_fields=("id", "dosing_session", "facility"),
                name="dosing_session_discharge_is_its_own",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DISCHARGED) | Q(discharge__isnull=False),
                name="dosing_session_discharged_has_discharge",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(State.SCHEDULED, State.CANCELLED, State.ENTERED_IN_ERROR))
                | Q(
                    checked_in_at__isnull=False,
                    program_version__isnull=False,
                    policy__isnull=False,
                    minimum_stay_minutes__isnull=False,
                    final_check_window_minutes__isnull=False,
                ),
                name="dosing_session_checked_in_is_pinned",
            ),
        ]
        indexes = [
            models.Index(fields=("facility", "scheduled_at"), name="dosing_session_of_day"),
            models.Index(fields=("facility", "state"), condition=Q(state__in=OPEN), name="dosing_session_open"),
            models.Index(fields=("patient", "scheduled_at"), name="dosing_session_of_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} {self.scheduled_at:%Y-%m-%d}"


class SessionRow(ClinicalRow):
    """Base of everything charted on a dosing session: of its facility, and in order of entry."""

    dosing_session = ProtectedForeignKey(DosingSession, db_constraint=False, related_name="+")
    order = models.PositiveIntegerField()

    class Meta(ClinicalRow.Meta):
        abstract = True
        constraints = [
            *ClinicalRow.Meta.constraints,
            CompositeForeignKey(
                fields=("dosing_session", "facility"),
                to="sessions_app.DosingSession",
                to_fields=("id", "facility"),
                name="%(class)s_session_of_same_facility",
            ),
        ]
        indexes = [models.Index(fields=("dosing_session", "order"))]


def _legal_transition() -> Q:
    legal = Q(from_state="", to_state=State.SCHEDULED)
    for start, end in TRANSITIONS:
        legal |= Q(from_state=start, to_state=end)
    return legal


class Transition(SessionRow):
    """One change of state: from, to, who, when, why. Transitions of a session form one unforked line."""

    previous = ProtectedForeignKey("self", null=True, db_constraint=False, related_name="+")
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    second_person = ProtectedForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="+")

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.CheckConstraint(condition=_legal_transition(), name="transition_is_in_the_table"),
            models.UniqueConstraint(fields=("id", "dosing_session", "to_state"), name="transition_target"),
            models.UniqueConstraint(fields=("previous",), name="transition_line_unforked"),
            models.UniqueConstraint(
                fields=("dosing_session",), condition=Q(previous__isnull=True), name="transition_line_one_beginning"
            ),
            CompositeForeignKey(
                fields=("previous", "dosing_session", "from_state"),
                to="sessions_app.Transition",
                to_fields=("id", "dosing_session", "to_state"),
                name="transition_follows_previous",
            ),
            models.CheckConstraint(
                condition=~Q(to_state=State.ENTERED_IN_ERROR)
                | (Q(second_person__isnull=False) & ~Q(second_person=F("performed_by"))),
                name="transition_in_error_needs_two_people",
            ),
        ]


def sessions_with_context() -> DosingSessionQuerySet:
    """Sessions with what every page of theirs shows, in one query."""
    return with_context(DosingSession.objects.all())


def with_context(sessions: DosingSessionQuerySet) -> DosingSessionQuerySet:
    return sessions.select_related("facility", "patient__same_person_as", "course", "policy__program_version")


def _with_context(session_id: UUID) -> DosingSessionQuerySet:
    return sessions_with_context().filter(pk=session_id)


_WITH_CONTEXT = Prepared(_with_context, session_id=UUID)


def session_with_context(session_id: UUID) -> DosingSession | None:
    """One of them."""
    return next(_WITH_CONTEXT.instances(session_id=session_id), None)


def _locked(session_id: UUID) -> models.QuerySet[Any, Any]:
    return DosingSession.objects.filter(pk=session_id).locked().values_list("pk")


_LOCKED = Prepared(_locked, session_id=UUID)


def lock_session(session_id: UUID) -> None:
    """Nobody else writes to it until this transaction is over."""
    _LOCKED.rows(session_id=session_id)


def next_booking(dosing_session: DosingSession, *, at: datetime) -> DosingSession | None:
    """The next time this patient is expected at the same facility."""
    booked = DosingSession.objects.for_facility(dosing_session.facility).of_patient(dosing_session.patient)
    return booked.filter(state=State.SCHEDULED, scheduled_at__gt=at).order_by("scheduled_at").first()
