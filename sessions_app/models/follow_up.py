"""After a patient left early: somebody calls until the patient is reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clinic.constraints import state_known
from clinic.models import Correction, Facility, Patient
from clinic.prepared import Prepared
from sessions_app.models.discharge import LeftEarly
from sessions_app.models.dosing_session import (
    DosingSession,
    DosingSessionQuerySet,
    SessionRow,
    sessions_with_context,
    with_context,
)
from sessions_app.models.intake import WayHomeArrangement
from sessions_app.models.record import Batch, Record
from sessions_app.rules.states import State


class FollowUpCall(SessionRow):
    """One call. The task of a session that ended LEFT_EARLY is open until a call reached somebody."""

    class Outcome(models.TextChoices):
        REACHED = "REACHED", _("reached")
        NOT_REACHED = "NOT_REACHED", _("not reached")

    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    spoke_to = models.CharField(max_length=120, blank=True)
    said = models.TextField(blank=True)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known("outcome", ("REACHED", "NOT_REACHED"), name="follow_up_call_outcome_known"),
            models.CheckConstraint(
                condition=~Q(outcome="REACHED") | (~Q(spoke_to="") & ~Q(said="")),
                name="follow_up_call_reached_somebody",
            ),
        ]


@dataclass(frozen=True)
class FollowUp:
    """A patient who left early and has not been reached: since when, when somebody calls at the latest, the calls
    tried so far (oldest first), and who else may be called."""

    dosing_session: DosingSession
    left: LeftEarly
    due_at: datetime
    calls: tuple[FollowUpCall, ...]
    way_home: WayHomeArrangement | None


def calls_since(record: Record) -> tuple[FollowUpCall, ...]:
    """The calls in force, oldest first, after the patient was last found gone: a patient who came back and left again
    is called again."""
    left = record.latest(LeftEarly)
    return tuple(call for call in record.in_force(FollowUpCall) if left is not None and call.order > left.order)


def reached(record: Record) -> bool:
    """One of these calls reached somebody, so that nobody needs to call any more."""
    return any(call.outcome == FollowUpCall.Outcome.REACHED for call in calls_since(record))


def follow_up_of(record: Record) -> FollowUp | None:
    """The open task of this session; None where it did not end LEFT_EARLY, or somebody was reached."""
    session, left = record.dosing_session, record.latest(LeftEarly)
    if session.state != State.LEFT_EARLY or left is None or session.policy is None or reached(record):
        return None
    due_at = left.found_gone_at + timedelta(minutes=session.policy.follow_up_minutes)
    return FollowUp(session, left, due_at, calls_since(record), record.latest(WayHomeArrangement))


def answered_calls() -> models.QuerySet[FollowUpCall]:
    """Of the session of an outer query: the calls in force that reached somebody since the patient last left."""
    taken_back = Correction.objects.filter(row_id=OuterRef("pk"))
    left_since = LeftEarly.objects.filter(
        ~Exists(taken_back), dosing_session=OuterRef("dosing_session"), order__gt=OuterRef("order")
    )
    reached_calls = FollowUpCall.objects.filter(outcome=FollowUpCall.Outcome.REACHED)
    return reached_calls.filter(~Exists(taken_back), ~Exists(left_since), dosing_session=OuterRef("pk"))


def not_reached(**here: Any) -> DosingSessionQuerySet:
    """Whoever left early and was reached by no call since."""
    left_early = LeftEarly.objects.filter(**here).values("dosing_session")
    return DosingSession.objects.filter(~Exists(answered_calls()), pk__in=left_early, state=State.LEFT_EARLY)


def _not_reached(facility_id: UUID) -> DosingSessionQuerySet:
    return with_context(not_reached(facility=facility_id))


_NOT_REACHED = Prepared(_not_reached, facility_id=UUID)


def open_follow_ups(facility: Facility, *, patient: Patient | None = None) -> list[FollowUp]:
    """Everybody who left early here, on whatever day, and was not reached yet; the longest due first. One query
    where there is nobody."""
    asked: Iterable[DosingSession] = _NOT_REACHED.instances(facility_id=facility.pk)
    if patient is not None:
        asked = _not_reached(facility.pk).of_patient(patient)
    batch = Batch(asked)
    found = [follow_up for record in batch.records() if (follow_up := follow_up_of(record))]
    return sorted(found, key=lambda each: (each.due_at, each.left.pk))


def left_early_between(facility: Facility, begins_at: datetime, ends_at: datetime) -> list[tuple[Record, LeftEarly]]:
    """Every session that ended LEFT_EARLY in this time, in order; who came back is not among them."""
    left_early = LeftEarly.objects.filter(facility=facility, found_gone_at__gte=begins_at, found_gone_at__lt=ends_at)
    sessions = sessions_with_context().filter(pk__in=left_early.values("dosing_session"), state=State.LEFT_EARLY)
    found = [
        (record, left)
        for record in Batch(sessions).records()
        if (left := record.latest(LeftEarly)) and begins_at <= left.found_gone_at < ends_at
    ]
    return sorted(found, key=lambda pair: (pair[1].found_gone_at, pair[1].pk))
