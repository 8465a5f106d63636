"""A nurse hands this tablet to the patient, to answer a questionnaire alone."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from clinic.actions.entry import Submission, refuse
from clinic.models import Tablet, User
from clinic.rules.refusals import ClearedBy, Refusal, field_refusal, in_state
from clinic.rules.roles import Permission
from sessions_app.actions.session_entry import begin
from sessions_app.models import DosingSession, TabletHandover
from sessions_app.models.score import instruments as known
from sessions_app.rules.instrument import Timing
from sessions_app.rules.states import OPEN


@transaction.atomic
def hand_over_tablet(
    *,
    dosing_session: DosingSession,
    instruments: Iterable[str],
    timing: Timing,
    tablet: Tablet | None,
    entry: Submission,
    by: User,
    now: datetime,
) -> TabletHandover:
    """On site only: on an enrolled tablet of this clinic, to somebody who sits here. Raises ActionRefused (STATE,
    NOT_A_TABLET, FIELD)."""
    opened = begin(dosing_session, action="hand_over_tablet", permission=Permission.CHART, entry=entry, by=by, now=now)
    if first := opened.repeated(TabletHandover):
        return first
    session, asked = opened.dosing_session, list(dict.fromkeys(instruments))

    refuse(*in_state(session.state, *OPEN, wanted="questionnaire"))
    if tablet is None or tablet.facility_id != session.facility_id:
        refuse(Refusal("NOT_A_TABLET", {}, None, (ClearedBy.OTHER,)))
    by_patients = {code for code, each in known().items() if each.by_patient}
    refuse(*(() if asked and by_patients.issuperset(asked) else (field_refusal("instruments", "unknown"),)))

    handover = opened.envelope(
        TabletHandover,
        course=session.course,
        dosing_session=session,
        tablet=tablet,
        instruments=asked,
        timing=timing.value,
    )
    opened.rows.append(handover)
    opened.write()
    return handover
