"""A prescriber answers a safety alert with a plan, and signs it."""

from datetime import datetime

from django.db import transaction

from clinic.access import demand, roles_of
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Correction, User
from clinic.rules.refusals import Refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.alarm import raise_or_clear
from sessions_app.actions.session_entry import begin, lock_watched_elsewhere
from sessions_app.models import SafetyAlert, SafetyPlan
from sessions_app.models.score import session_answered
from sessions_app.rules.alarms import AlarmCode


@repeatable
@transaction.atomic
def answer_safety_alert(*, alert: SafetyAlert, plan: str, entry: Submission, by: User, now: datetime) -> SafetyPlan:
    """On the session of this person that is open where this prescriber works, else on the one where it arose, else
    between sessions. It may be answered again: a plan that came too early for a later entry does not stand (gate.md,
    "Safety"). Raises ActionRefused (NOTHING_TO_ANSWER, FIELD, SIGNATURE)."""
    action = "answer_safety_alert"
    session = session_answered(alert, entry.entry_id, facilities=roles_of(by, at=now))
    facility = session.facility if session else alert.facility
    demand(by, Permission.PRESCRIBE, facility.pk, at=now)
    opened = None
    if session:
        opened = begin(session, action=action, permission=Permission.PRESCRIBE, entry=entry, by=by, now=now)
    course = session.course if session else alert.course
    subject = session or course
    if first := first_result(SafetyPlan, facility=facility, entry=entry, action=action, by=by, subject=subject):
        return first

    taken_back = Correction.objects.filter(row_id=alert.pk).exists()
    refuse(*((Refusal("NOTHING_TO_ANSWER"),) if taken_back else ()), *reason_refusals(plan, name="plan"))

    elsewhere = lock_watched_elsewhere(course.patient, but=session)
    said = {"course": course, "alert": alert, "plan": plan.strip()}
    if opened:
        answer = opened.envelope(SafetyPlan, dosing_session=session, order=opened.order, **said)
        opened.rows.append(answer)
        opened.write()
    else:
        answer = row(SafetyPlan, facility=facility, entry=entry, by=by, now=now, **said)
        write(action=action, facility=facility, entry=entry, by=by, now=now, subject=course, rows=(answer,))
    raise_or_clear(watched=elsewhere, code=AlarmCode.SAFETY_ALERT, request_id=entry.request_id, by=by, now=now)
    return answer
