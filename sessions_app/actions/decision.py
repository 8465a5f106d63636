"""A prescriber decides, with a reason, bound to the very rows that were judged."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.actions.entry import Submission, refuse
from clinic.models import User
from clinic.rules.refusals import in_state
from clinic.rules.roles import Permission
from sessions_app.actions.session_entry import begin
from sessions_app.models import DosingSession, PrescriberDecision
from sessions_app.models.facts import session_facts
from sessions_app.rules.gates import decision_refusals, gate_refusals
from sessions_app.rules.states import AT_START_GATE, OPEN


@transaction.atomic
def decide(
    *,
    dosing_session: DosingSession,
    code: str,
    measure: str = "",
    bound_ids: Iterable[UUID],
    reason: str,
    examined: bool = False,
    entry: Submission,
    by: User,
    now: datetime,
) -> PrescriberDecision:
    """Answer one refusal of the gate that stands now. ``bound_ids`` are the rows the prescriber looked at: a newer
    reading makes the decision stale and it is refused. Raises ActionRefused."""
    opened = begin(dosing_session, action="decide", permission=Permission.PRESCRIBE, entry=entry, by=by, now=now)
    if first := opened.repeated(PrescriberDecision):
        return first
    refuse(*in_state(opened.dosing_session.state, *OPEN, wanted="decision"))
    facts = session_facts(opened.dosing_session, at=now, start=opened.dosing_session.state in AT_START_GATE)
    looked_at = frozenset(bound_ids)

    refuse(
        *decision_refusals(
            gate_refusals(facts, now=now),
            code=code,
            measure=measure,
            bound_ids=looked_at,
            examined=examined,
            reason=reason,
        )
    )

    decision = opened.add(
        PrescriberDecision,
        code=code,
        measure=measure,
        bound_ids=sorted(looked_at),
        reason=reason.strip(),
        examined=examined,
    )
    opened.write()
    return decision
