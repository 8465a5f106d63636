"""After a patient left early: the call that asks how the patient is."""

from datetime import datetime

from django.db import transaction

from clinic.actions.entry import Submission, refuse
from clinic.models import User
from clinic.rules.refusals import in_state
from clinic.rules.roles import Permission
from sessions_app.actions.session_entry import begin
from sessions_app.models import DosingSession, FollowUpCall, LeftEarly
from sessions_app.models.record import Record
from sessions_app.rules.departure import follow_up_refusals
from sessions_app.rules.states import State


@transaction.atomic
def record_follow_up_call(
    *,
    dosing_session: DosingSession,
    outcome: FollowUpCall.Outcome,
    spoke_to: str = "",
    said: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> FollowUpCall:
    """One call after a patient who left early. A call that reached somebody says whom, and what was said; it ends
    the task. Raises ActionRefused (STATE, FIELD)."""
    opened = begin(
        dosing_session, action="record_follow_up_call", permission=Permission.CHART, entry=entry, by=by, now=now
    )
    if first := opened.repeated(FollowUpCall):
        return first
    session = opened.dosing_session
    refuse(*in_state(session.state, State.LEFT_EARLY, wanted="follow_up"))
    left = Record(session).latest(LeftEarly)

    refuse(
        *follow_up_refusals(
            reached=outcome == FollowUpCall.Outcome.REACHED,
            spoke_to=spoke_to,
            said=said,
            at=opened.occurred_at,
            last_seen_at=left.last_seen_at if left else None,
        )
    )

    call = opened.add(FollowUpCall, outcome=outcome, spoke_to=spoke_to.strip(), said=said.strip())
    opened.write()
    return call
