"""The alarms of a session: those that hold now, and what was written about each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from clinic.models import Facility
from clinic.rules.certification import CertificationStatus
from sessions_app.models.alarm import Alarm, AlarmStep
from sessions_app.models.discharge import LeftEarly
from sessions_app.models.dosing_session import DosingSession, sessions_with_context
from sessions_app.models.facts import local_date, session_facts
from sessions_app.models.follow_up import FollowUpCall
from sessions_app.models.program import FacilityPolicy
from sessions_app.models.record import Batch, Record
from sessions_app.rules.alarms import (
    UNTIL_ACKNOWLEDGED,
    AlarmMinutes,
    Cause,
    Condition,
    Surroundings,
    alarm_conditions,
    escalates_at,
)
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.states import UNDER_WATCH, State

_CLEARED = AlarmStep.objects.filter(alarm=OuterRef("pk"), kind=AlarmStep.Kind.CLEARED)
_AGAIN = "#"


@dataclass
class Raised:
    """An alarm as written, with its steps."""

    alarm: Alarm
    steps: dict[str, AlarmStep] = field(default_factory=dict)

    @property
    def cause(self) -> str:
        """The key of the condition it was raised for: one that came back has a number behind it."""
        return self.alarm.key.partition(_AGAIN)[0] or str(self.alarm.pk)

    @property
    def acknowledged(self) -> AlarmStep | None:
        return self.steps.get(AlarmStep.Kind.ACKNOWLEDGED)

    @property
    def escalated(self) -> AlarmStep | None:
        return self.steps.get(AlarmStep.Kind.ESCALATED)

    @property
    def cleared(self) -> AlarmStep | None:
        return self.steps.get(AlarmStep.Kind.CLEARED)


@dataclass(frozen=True)
class AlarmState:
    """What holds now beside what was written."""

    minutes: AlarmMinutes
    holding: tuple[Condition, ...]
    raised: tuple[Raised, ...]
    ended_in_error: bool = False

    @property
    def open(self) -> list[Raised]:
        return [raised for raised in self.raised if raised.cleared is None]

    @property
    def gone(self) -> list[Raised]:
        """Open, and their cause is no more."""
        held = {condition.key for condition in self.holding}
        return [raised for raised in self.open if raised.cause not in held and not self._stays(raised)]

    def _stays(self, raised: Raised) -> bool:
        return raised.alarm.code in UNTIL_ACKNOWLEDGED and not self.ended_in_error

    @property
    def new(self) -> list[Condition]:
        """Holding, and not raised yet."""
        known = {raised.cause for raised in self.open}
        return [condition for condition in self.holding if condition.key not in known]

    def to_escalate(self, *, now: datetime) -> list[Raised]:
        """Nobody has it, and the clinic's minutes are over."""
        gone = [raised.alarm.pk for raised in self.gone]
        waiting = [raised for raised in self.open if not raised.acknowledged and not raised.escalated]
        return [
            raised
            for raised in waiting
            if raised.alarm.pk not in gone and (at := self.escalates_at(raised)) is not None and now >= at
        ]

    def escalates_at(self, raised: Raised) -> datetime | None:
        return escalates_at(raised.alarm.code, raised_at=raised.alarm.occurred_at, minutes=self.minutes)

    def of(self, cause: str) -> Raised | None:
        """The open alarm about this cause."""
        return next((raised for raised in self.open if raised.cause == cause), None)

    def key_for(self, condition: Condition) -> str:
        """Unique in its session: a cause that was gone and is back is another alarm."""
        before = sum(raised.cause == condition.key for raised in self.raised)
        return f"{condition.key}{_AGAIN}{before + 1}" if before else condition.key


def alarm_state(record: Record, *, at: datetime, facts: SessionFacts | None = None) -> AlarmState:
    """Of a session that was checked in. Raises ValueError for one that was not: no policy is pinned for it."""
    session = record.dosing_session
    if session.policy is None:
        raise ValueError("a session has alarms from its check-in on")
    minutes = alarm_minutes(session.policy)
    facts = facts or session_facts(session, at=at, record=record)
    around = _surroundings(record, at=at)
    steps: dict[str, dict[str, AlarmStep]] = {}
    for step in record.all(AlarmStep):
        steps.setdefault(str(step.alarm_id), {}).setdefault(step.kind, step)
    return AlarmState(
        minutes,
        alarm_conditions(facts, around, minutes, now=at),
        tuple(Raised(alarm, steps.get(str(alarm.pk), {})) for alarm in record.all(Alarm)),
        session.state == State.ENTERED_IN_ERROR,
    )


def alarm_minutes(policy: FacilityPolicy) -> AlarmMinutes:
    return AlarmMinutes(
        *(
            timedelta(minutes=minutes)
            for minutes in (policy.due_soon_minutes, policy.escalation_minutes, policy.follow_up_minutes)
        )
    )


def has_open_alarm(dosing_session: DosingSession) -> bool:
    return Alarm.objects.filter(~Exists(_CLEARED), dosing_session=dosing_session).exists()


def sessions_to_look_at(facility: Facility) -> list[DosingSession]:
    """Whoever is watched, has left early and was not reached yet, or has an alarm that nobody cleared."""
    reached = FollowUpCall.objects.filter(dosing_session=OuterRef("pk"), outcome=FollowUpCall.Outcome.REACHED)
    open_alarm = Alarm.objects.filter(~Exists(_CLEARED), dosing_session=OuterRef("pk"))
    wanted = Q(state__in=UNDER_WATCH) | (Q(state=State.LEFT_EARLY) & ~Exists(reached)) | Exists(open_alarm)
    return list(sessions_with_context().for_facility(facility).filter(wanted, policy__isnull=False).order_by("pk"))


def alarm_states(sessions: Iterable[DosingSession], *, at: datetime) -> list[tuple[DosingSession, AlarmState]]:
    """Of several sessions, at the same number of queries."""
    return [(record.dosing_session, alarm_state(record, at=at)) for record in Batch(sessions).records()]


def _surroundings(record: Record, *, at: datetime) -> Surroundings:
    session = record.dosing_session
    if session.state == State.LEFT_EARLY:
        return Surroundings(left=_left(record))
    if session.state not in UNDER_WATCH:
        return Surroundings()
    site = record.batch.site(session.facility, session.program_code, at=at)
    certification = site.certification
    enrolments = [row for row in record.batch.enrolments(session) if row.occurred_at <= at]
    withdrawn = enrolments[-1] if enrolments and enrolments[-1].status != "ENROLLED" else None
    today = str(local_date(session, at))
    since = session.checked_in_at or at
    stopped = certification is not None and certification.status != CertificationStatus.CERTIFIED

    def cause(row: Any) -> Cause:
        """Where no row of today says it, the day itself."""
        return Cause(str(row.pk), row.occurred_at) if row else Cause(today, since)

    return Surroundings(
        prescriber_gone=None if site.prescribers_on_site else cause(site.last_prescriber_gone),
        oximeter_gone=None if site.working_oximeters else cause(site.last_oximeter_gone),
        facility_stopped=cause(certification) if stopped else None,
        enrolment_withdrawn=cause(withdrawn) if withdrawn else None,
    )


def _left(record: Record) -> Cause | None:
    """The patient is alone until a call reached somebody; each call that did not begins the wait anew."""
    left = record.latest(LeftEarly)
    if left is None:
        return None
    calls = [call for call in record.in_force(FollowUpCall) if call.order > left.order]
    if any(call.outcome == FollowUpCall.Outcome.REACHED for call in calls):
        return None
    last = max(calls, key=lambda call: call.order, default=None)
    return Cause(str(last.pk), last.occurred_at) if last else Cause(str(left.pk), left.found_gone_at)
