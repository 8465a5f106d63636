"""Alarms: raised for a cause that holds, had by somebody by name, told to the prescriber when nobody has them, and
cleared with their cause. Everything under the session's lock, each alarm and each step an audited row."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, refuse
from clinic.models import User
from clinic.models.staff import SYSTEM
from clinic.rules.refusals import Refusal
from clinic.rules.roles import Permission
from sessions_app.actions.session_entry import SessionEntry, begin, beside, lock, lock_all
from sessions_app.models import Alarm, AlarmStep, Deviation, DosingSession
from sessions_app.models.alarm_state import AlarmState, Raised, alarm_state, around_state
from sessions_app.models.record import Batch, Record
from sessions_app.rules.alarms import (
    AROUND,
    UNTIL_ACKNOWLEDGED,
    AlarmCode,
    Condition,
    acknowledgement_refusals,
)


@transaction.atomic
def raise_alarms(*, dosing_session: DosingSession, by: User, now: datetime) -> None:
    """What the clock brings about: alarms that hold and nobody raised, those nobody has told to the prescribers on
    site, and those whose cause is gone. However often and by however many it is called, each is written once. Raises
    PermissionDenied for anybody but the system's own person."""
    if by.username != SYSTEM:
        raise PermissionDenied("alarms are raised by the system")
    opened = lock(dosing_session, action="raise_alarms", entry=Submission(), by=by, now=now)
    record = Record(opened.dosing_session)
    state = alarm_state(record, at=now)

    _clear(opened, state.gone)
    _raise(opened, state, state.new)
    if late := state.to_escalate(now=now):
        site = record.batch.site(opened.dosing_session.facility, opened.dosing_session.program_code, at=now)
        told = [row.person.printed_name for row in site.prescribers_on_site]
        for raised in late:
            opened.add(AlarmStep, alarm=raised.alarm, kind=AlarmStep.Kind.ESCALATED, params={"told": told})
    if opened.rows:
        opened.insert()


@transaction.atomic
def acknowledge_alarm(
    *, dosing_session: DosingSession, cause: str, entry: Submission, by: User, now: datetime
) -> AlarmStep:
    """Somebody has it, by name: it sounds no more and is told to nobody else. What concerns every chair is had for
    all of them at once. Raises ActionRefused (ALARM_GONE, ALARM_TAKEN)."""
    demand(by, Permission.CHART, dosing_session.facility_id, at=now)
    everybody = DosingSession.objects.for_facility(dosing_session.facility)
    # This one among them in the order of the keys, though it may be over by now and under watch no more.
    concerned = everybody.under_watch() | everybody.filter(pk=dosing_session.pk)
    locked = lock_all(concerned) if cause.partition(":")[0] in AROUND else []
    opened = begin(dosing_session, action="acknowledge_alarm", permission=Permission.CHART, entry=entry, by=by, now=now)
    if first := opened.repeated(AlarmStep):
        return first
    state = alarm_state(Record(opened.dosing_session), at=now)

    refuse(*_refusals(state, cause))

    step = _acknowledge(opened, state, cause)
    for record in Batch(session for session in locked if session.pk != dosing_session.pk).records():
        state = alarm_state(record, at=now)
        if not _refusals(state, cause):
            _acknowledge(beside(record.dosing_session, "acknowledge_alarm", entry.request_id, by, now), state, cause)
    return step


def raise_or_clear(
    *, watched: Iterable[DosingSession], code: AlarmCode, request_id: str, by: User, now: datetime
) -> None:
    """Called by whatever changes something for these watched sessions and is not an entry on them, with the sessions
    locked and its own rows in: around the chairs, or about their patient elsewhere."""
    state_of = around_state if code in AROUND else alarm_state
    for record in Batch(watched).records():
        state = state_of(record, at=now)
        opened = beside(record.dosing_session, "raise_alarms", request_id, by, now)
        _clear(opened, [raised for raised in state.gone if raised.alarm.code == code])
        _raise(opened, state, [condition for condition in state.new if condition.code is code])
        if opened.rows:
            opened.insert()


def _clear(opened: SessionEntry, gone: Iterable[Raised]) -> None:
    for raised in gone:
        opened.add(AlarmStep, alarm=raised.alarm, kind=AlarmStep.Kind.CLEARED)


def _raise(opened: SessionEntry, state: AlarmState, conditions: Iterable[Condition]) -> list[Alarm]:
    """What stops around the chairs is a deviation too (gate.md): of every session that goes through it."""
    raised = []
    for condition in conditions:
        key = state.key_for(condition)
        raised.append(opened.add(Alarm, code=condition.code.value, key=key, params=condition.params))
        if condition.code in AROUND:
            opened.add(Deviation, code=condition.code.value, reason=condition.code.value)
    return raised


def _refusals(state: AlarmState, cause: str) -> tuple[Refusal, ...]:
    raised = state.of(cause)
    had = raised.acknowledged if raised else None
    return acknowledgement_refusals(
        holds=state.holds(cause),
        taken_by=had.performed_by.printed_name if had else "",
        taken_at=had.occurred_at if had else None,
    )


def _acknowledge(opened: SessionEntry, state: AlarmState, cause: str) -> AlarmStep:
    """The alarm is raised first where the clock's command has not come to it yet."""
    raised = state.of(cause)
    if raised:
        alarm = raised.alarm
    else:
        before = opened.following("raise_alarms")
        (alarm,) = _raise(before, state, [condition for condition in state.holding if condition.key == cause])
        before.insert()
        opened.order = before.order + 1
    step = opened.add(AlarmStep, alarm=alarm, kind=AlarmStep.Kind.ACKNOWLEDGED)
    if alarm.code in UNTIL_ACKNOWLEDGED:
        opened.add(AlarmStep, alarm=alarm, kind=AlarmStep.Kind.CLEARED)
    opened.insert()
    return step
