"""The alarms of a session: those that hold now, and what was written about each."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from clinic.models import AuditChain, Facility
from clinic.prepared import Prepared
from clinic.rules.certification import CONFIRMED
from sessions_app.models.alarm import Alarm, AlarmStep
from sessions_app.models.day import Day
from sessions_app.models.dosing_session import DosingSession, DosingSessionQuerySet, sessions_with_context
from sessions_app.models.facts import local_date, session_facts
from sessions_app.models.follow_up import follow_up_of, not_reached
from sessions_app.models.program import FacilityPolicy
from sessions_app.models.record import Batch, Record
from sessions_app.rules.alarms import (
    AROUND,
    UNTIL_ACKNOWLEDGED,
    AlarmMinutes,
    Cause,
    Condition,
    Surroundings,
    alarm_conditions,
    alarm_turns,
    around_conditions,
    escalates_at,
)
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.floor import next_turn, turning_points, turns_of_the_day
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
    turns: tuple[datetime, ...] = ()

    @property
    def open(self) -> list[Raised]:
        return [raised for raised in self.raised if raised.cleared is None]

    @property
    def gone(self) -> list[Raised]:
        """Open, and their cause is no more."""
        return [raised for raised in self.open if not self.holds(raised.cause)]

    def _stays(self, raised: Raised) -> bool:
        return raised.alarm.code in UNTIL_ACKNOWLEDGED and not self.ended_in_error

    @property
    def new(self) -> list[Condition]:
        """Holding, and not raised yet."""
        known = {raised.cause for raised in self.open}
        return [condition for condition in self.holding if condition.key not in known]

    def holds(self, cause: str) -> bool:
        """Whether this cause wants somebody now: it holds, or an alarm that stays is open for it."""
        raised = self.of(cause)
        return any(found.key == cause for found in self.holding) or (raised is not None and self._stays(raised))

    def to_escalate(self, *, now: datetime) -> list[Raised]:
        """Nobody has it, and the clinic's minutes are over."""
        waiting = [raised for raised in self.open if not raised.acknowledged and not raised.escalated]
        return [
            raised
            for raised in waiting
            if self.holds(raised.cause) and (at := self.escalates_at(raised)) is not None and now >= at
        ]

    def escalates_at(self, raised: Raised) -> datetime | None:
        return escalates_at(raised.alarm.code, raised_at=raised.alarm.occurred_at, minutes=self.minutes)

    def is_complete(self, *, now: datetime) -> bool:
        """Nothing is left to raise, to tell or to clear."""
        return not (self.new or self.gone or self.to_escalate(now=now))

    def of(self, cause: str) -> Raised | None:
        """The open alarm about this cause."""
        return next((raised for raised in self.open if raised.cause == cause), None)

    def key_for(self, condition: Condition) -> str:
        """Unique in its session: a cause that was gone and is back is another alarm."""
        before = sum(raised.cause == condition.key for raised in self.raised)
        return f"{condition.key}{_AGAIN}{before + 1}" if before else condition.key


NO_MINUTES = AlarmMinutes(timedelta(), timedelta(), timedelta())
NO_ALARMS = AlarmState(NO_MINUTES, (), ())


def alarm_state(record: Record, *, at: datetime, facts: SessionFacts | None = None) -> AlarmState:
    """Of one session; a booking has no alarms, since no policy is pinned for it yet."""
    session = record.dosing_session
    if session.policy is None:
        return NO_ALARMS
    facts, minutes = facts or session_facts(session, at=at, record=record), alarm_minutes(session.policy)
    around = _surroundings(record, at=at)
    turns = tuple(alarm_turns(facts, around, minutes, now=at))
    return replace(_state(record, alarm_conditions(facts, around, minutes, now=at)), turns=turns)


def around_state(record: Record, *, at: datetime) -> AlarmState:
    """The same of what stops around the chairs alone; nothing charted on the session is judged for it."""
    return _state(record, around_conditions(_surroundings(record, at=at)))


def _state(record: Record, holding: Iterable[Condition]) -> AlarmState:
    session = record.dosing_session
    steps = steps_by_alarm(record)
    raised = (Raised(alarm, {step.kind: step for step in steps.get(alarm.pk, ())}) for alarm in record.all(Alarm))
    minutes = alarm_minutes(session.policy) if session.policy else NO_MINUTES
    return AlarmState(minutes, tuple(holding), tuple(raised), session.state == State.ENTERED_IN_ERROR)


def steps_by_alarm(record: Record) -> dict[UUID, list[AlarmStep]]:
    """What came of each alarm, in order."""
    steps: dict[UUID, list[AlarmStep]] = {}
    for step in record.all(AlarmStep):
        steps.setdefault(step.alarm_id, []).append(step)
    return steps


def alarm_minutes(policy: FacilityPolicy) -> AlarmMinutes:
    minutes = {name.removesuffix("_minutes"): timedelta(minutes=count) for name, count in policy.alarms.items()}
    return AlarmMinutes(**minutes)


def _open_codes(session_id: UUID) -> QuerySet[Alarm, Any]:
    return Alarm.objects.filter(~Exists(_CLEARED), dosing_session=session_id).values_list("code")


_OPEN_CODES = Prepared(_open_codes, session_id=UUID)


def gone_alarms(dosing_session: DosingSession, *, at: datetime) -> list[Alarm]:
    """Open alarms whose cause is no more. One query where none is open, and no judging of what is charted where only
    the surroundings decide."""
    codes = {code for (code,) in _OPEN_CODES.rows(session_id=dosing_session.pk)} if dosing_session.policy_id else set()
    if not codes:
        return []
    record = Record(dosing_session)
    state = around_state(record, at=at) if codes <= set(AROUND) else alarm_state(record, at=at)
    return [raised.alarm for raised in state.gone]


def _to_look_at(facility: Facility | UUID | None = None) -> DosingSessionQuerySet:
    """Each part is found by its own few rows: asked of every session in turn, it would take longer with each."""
    here = {"facility": facility} if facility else {}
    watched = DosingSession.objects.filter(state__in=UNDER_WATCH, **here).values("pk")
    left = not_reached(**here).values("pk")
    alarmed = Alarm.objects.filter(~Exists(_CLEARED), **here).values("dosing_session")
    return sessions_with_context().filter(pk__in=watched.union(left, alarmed), policy__isnull=False)


def _here(facility_id: UUID) -> DosingSessionQuerySet:
    return _to_look_at(facility_id).order_by("pk")


def _chains() -> QuerySet[AuditChain, Any]:
    chains = AuditChain.objects.filter(facility__in=_to_look_at().values("facility"))
    return chains.order_by("facility").values_list("facility", "last_sequence")


_HERE, _CHAINS = Prepared(_here, facility_id=UUID), Prepared(_chains)


def sessions_to_look_at(facility_id: UUID) -> list[DosingSession]:
    """Whoever is watched, has left early and was not reached yet, or has an alarm that nobody cleared."""
    return list(_HERE.instances(facility_id=facility_id))


def facilities_to_look_at() -> list[tuple[UUID, int]]:
    """Those with any such session, each with the number of the last thing written there."""
    return _CHAINS.read()


def _over(facility_id: UUID) -> DosingSessionQuerySet:
    return _to_look_at(facility_id).exclude(state__in=UNDER_WATCH).order_by("pk")


_OVER = Prepared(_over, facility_id=UUID)


def alarms_of_day(day: Day) -> list[tuple[DosingSession, AlarmState]]:
    """Of every session on the floor that is watched, and of those that are over and still want somebody: one query
    where there is none."""
    watched = [record for record in day.open.records() if record.dosing_session.state in UNDER_WATCH]
    over = Batch(_OVER.instances(facility_id=day.facility.pk))
    return [(record.dosing_session, alarm_state(record, at=day.at)) for record in (*watched, *over.records())]


def alarm_states(
    sessions: Iterable[DosingSession], *, at: datetime
) -> tuple[list[tuple[DosingSession, AlarmState]], datetime | None]:
    """Of several sessions, at the same number of queries; and when time alone may change one of them next."""
    found, turns = [], list[datetime]()
    for record in Batch(sessions).records():
        session, facts = record.dosing_session, session_facts(record.dosing_session, at=at, record=record)
        state = alarm_state(record, at=at, facts=facts)
        found.append((session, state))
        turns += [*state.turns, *turning_points(facts, (), now=at), *turns_of_the_day(session.facility.zone, now=at)]
        turns += record.batch.site(session.facility, session.program_code, at=at).presence_turns
        turns += [told_at for raised in state.open if (told_at := state.escalates_at(raised))]
    return found, next_turn(turns, now=at)


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
    # A new representative, and a review that is due, stop what is new; they are no alarm for whoever is watched.
    stopped = certification is not None and certification.status not in CONFIRMED

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
    task = follow_up_of(record)
    if task is None:
        return None
    last = task.calls[-1] if task.calls else None
    return Cause(str(last.pk), last.occurred_at) if last else Cause(str(task.left.pk), task.left.found_gone_at)
