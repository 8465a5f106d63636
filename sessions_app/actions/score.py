"""A score is entered, with the alert that its answers open, or taken back, and so is a plan for such an alert."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, whole_minute, write
from clinic.models import Correction, User
from clinic.rules.refusals import Refusal, field_refusal, in_state, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.alarm import raise_or_clear
from sessions_app.actions.rejudge import rejudge_ended, rejudge_released
from sessions_app.actions.session_entry import (
    begin,
    lock,
    lock_person,
    lock_released_since,
    lock_watched_elsewhere,
)
from sessions_app.models import Course, DosingSession, SafetyAlert, SafetyPlan, Score, TabletHandover
from sessions_app.models.score import alerts_with_context
from sessions_app.rules.alarms import AlarmCode
from sessions_app.rules.charting import CHARTABLE
from sessions_app.rules.instrument import AnsweredBy, Instrument, Timing, score_refusals


@transaction.atomic
def record_score(
    *,
    dosing_session: DosingSession,
    instrument: Instrument,
    items: Sequence[int | None] = (),
    total: int | None = None,
    timing: Timing,
    handover: TabletHandover | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Score:
    """On a session, after its end too. Under its lock, so that a release sees the alert or comes first and is judged
    again. With ``handover`` the patient answered. Raises ActionRefused (STATE, FIELD)."""
    lock_person(dosing_session.patient)
    opened = begin(dosing_session, action="record_score", permission=Permission.CHART, entry=entry, by=by, now=now)
    if first := opened.repeated(Score):
        return first
    session = opened.dosing_session
    refuse(*in_state(session.state, *CHARTABLE, wanted="score"))

    refuse(*score_refusals(instrument, items, total))

    elsewhere = lock_watched_elsewhere(session.patient, but=session)
    released = lock_released_since(session.patient, since=opened.occurred_at, but=session)
    score, *alerts = _rows(
        opened.envelope, session.course, session, opened.order, instrument, items, total, timing, handover
    )
    opened.rows += [score, *alerts]
    opened.write()
    rejudge_ended(opened)
    _tell(elsewhere, entry, by, now)
    rejudge_released(released, caused_by=opened.action, request_id=entry.request_id, by=by, now=now)
    return score


def _tell(elsewhere: list[DosingSession], entry: Submission, by: User, now: datetime) -> None:
    """An alert concerns whoever watches this person now, of whichever course and at whichever facility: their release
    waited for this entry, and their floor says so at once."""
    raise_or_clear(watched=elsewhere, code=AlarmCode.SAFETY_ALERT, request_id=entry.request_id, by=by, now=now)


@repeatable
@transaction.atomic
def record_score_between(
    *,
    course: Course,
    instrument: Instrument,
    items: Sequence[int | None] = (),
    total: int | None = None,
    timing: Timing,
    handover: TabletHandover | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Score:
    """Of a course, while no session of it is open. Raises ActionRefused (SCORED_IN_SESSION, FIELD)."""
    demand(by, Permission.CHART, course.facility_id, at=now)
    lock_person(course.patient)
    action, facility = "record_score_between", course.facility
    if first := first_result(Score, facility=facility, entry=entry, action=action, by=by, subject=course):
        return first
    at_work = DosingSession.objects.open().filter(course=course).exists()

    refuse(*((Refusal("SCORED_IN_SESSION"),) if at_work else ()))
    future = entry.occurred_at is not None and entry.occurred_at > now
    refuse(*((field_refusal("occurred_time", "future_day"),) if future else ()))
    refuse(*score_refusals(instrument, items, total))

    elsewhere = lock_watched_elsewhere(course.patient, but=None)
    released = lock_released_since(course.patient, since=whole_minute(entry.occurred_at or now), but=None)

    def envelope(model: Any, **fields: Any) -> Any:
        return row(model, facility=facility, entry=entry, by=by, now=now, **fields)

    rows = _rows(envelope, course, None, None, instrument, items, total, timing, handover)
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=course, rows=rows)
    _tell(elsewhere, entry, by, now)
    rejudge_released(released, caused_by=action, request_id=entry.request_id, by=by, now=now)
    score: Score = rows[0]
    return score


def _rows(
    envelope: Callable[..., Any],
    course: Course,
    session: DosingSession | None,
    order: int | None,
    instrument: Instrument,
    items: Sequence[int | None],
    total: int | None,
    timing: Timing,
    handover: TabletHandover | None,
) -> list[Any]:
    """The score, and the alert that its answers open."""
    risk = instrument.risk(items)
    score = envelope(
        Score,
        course=course,
        dosing_session=session,
        instrument=instrument.code,
        version=instrument.version,
        timing=timing.value,
        answered_by=(AnsweredBy.PATIENT if handover else AnsweredBy.STAFF).value,
        handover=handover,
        items=list(items),
        total=instrument.total(items) if items else total,
        risk=risk.value if risk else "",
    )
    cause = instrument.alert(items)
    if cause is None:
        return [score]
    alert = envelope(SafetyAlert, course=course, score=score, dosing_session=session, order=order, cause=cause.value)
    return [score, alert]


@repeatable
@transaction.atomic
def void_score(*, score: Score, reason: str, entry: Submission, by: User, now: datetime) -> Correction:
    """Take a score out of force, and its alert with it: one that opened an alert is taken back by a prescriber, who
    signs for it. Raises ActionRefused (ALREADY_VOIDED, FIELD, SIGNATURE)."""
    alert = alerts_with_context().filter(score=score).first()
    demand(by, Permission.PRESCRIBE if alert else Permission.CORRECT, score.facility_id, at=now)
    rows = (score, alert) if alert else (score,)
    return _take_back(*rows, action="void_score", reason=reason, entry=entry, by=by, now=now)


@repeatable
@transaction.atomic
def void_plan(*, plan: SafetyPlan, reason: str, entry: Submission, by: User, now: datetime) -> Correction:
    """Take a plan out of force as any decision; a release that rested on it is judged again. Raises ActionRefused
    (ALREADY_VOIDED, FIELD)."""
    demand(by, Permission.CORRECT, plan.facility_id, at=now)
    return _take_back(plan, action="void_plan", reason=reason, entry=entry, by=by, now=now)


def _take_back(
    first: Score | SafetyPlan,
    *with_it: SafetyAlert,
    action: str,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Correction:
    """On its session, or between sessions; whoever watches this person now is told."""
    course, session, facility = first.course, first.dosing_session, first.facility
    lock_person(course.patient)
    opened = lock(session, action=action, entry=entry, by=by, now=now) if session else None
    if done := first_result(
        Correction, facility=facility, entry=entry, action=action, by=by, subject=session or course
    ):
        return done

    voided = Correction.objects.filter(row_id=first.pk).exists()
    refuse(*((Refusal("ALREADY_VOIDED"),) if voided else ()), *reason_refusals(reason))

    elsewhere = lock_watched_elsewhere(course.patient, but=session)
    released = []
    if isinstance(first, SafetyPlan):  # what rested on it
        released = lock_released_since(course.patient, since=first.occurred_at, but=session)
    taken_back = [
        row(
            Correction,
            facility=facility,
            entry=entry,
            by=by,
            now=now,
            row_kind=type(each).__name__,
            row_id=each.pk,
            subject_id=course.pk,
            reason=reason.strip(),
        )
        for each in (first, *with_it)
    ]
    if opened:
        opened.rows += taken_back
        opened.write()
        rejudge_ended(opened)
    else:
        write(action=action, facility=facility, entry=entry, by=by, now=now, subject=course, rows=taken_back)
    _tell(elsewhere, entry, by, now)
    rejudge_released(released, caused_by=action, request_id=entry.request_id, by=by, now=now)
    return taken_back[0]
