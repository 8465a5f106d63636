"""An emergency at a chair: raised by whoever is nearest, who was called, and back in monitoring. Every other end of
the session ends it too (``SessionEntry.move``)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from clinic.actions.entry import Submission, refuse, whole_minute
from clinic.models import User
from clinic.rules.roles import Permission
from sessions_app.actions.session_entry import SessionEntry, begin
from sessions_app.models import DosingSession, Emergency, EmergencyCall, EmergencyEnd, SeriousEvent
from sessions_app.models.emergency_record import emergencies, open_emergency
from sessions_app.models.record import Record
from sessions_app.rules.emergency import call_refusals, end_refusals, raise_refusals


def _begin(
    dosing_session: DosingSession, action: str, permission: Permission, entry: Submission, by: User, now: datetime
) -> SessionEntry:
    return begin(dosing_session, action=action, permission=permission, entry=entry, by=by, now=now)


@transaction.atomic
def raise_emergency(
    *,
    dosing_session: DosingSession,
    kind: Emergency.Kind,
    what: str = "",
    calls: Mapping[EmergencyCall.Whom, str] | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Emergency:
    """Something is happening now; ``calls`` are who was called, with a name where known. It is a serious event too,
    so that nobody is released before a prescriber has disposed of it. Raises ActionRefused (STATE, EMERGENCY_OPEN,
    FIELD)."""
    opened = _begin(dosing_session, "raise_emergency", Permission.DOCUMENT, entry, by, now)
    if event := opened.repeated(SeriousEvent):
        return Emergency.objects.get(serious_event=event)
    under_way = open_emergency(Record(opened.dosing_session))

    refuse(
        *raise_refusals(
            opened.dosing_session.state,
            under_way_since=under_way.emergency.occurred_at if under_way else None,
            says_what=kind != Emergency.Kind.OTHER,
            what=what,
        )
    )

    # Typed a minute ahead of the clock, it holds the first device from now on all the same.
    opened.entry = replace(opened.entry, occurred_at=min(opened.occurred_at, whole_minute(now)))
    what = what.strip()
    said = [str(Emergency.Kind(kind).label)] if kind != Emergency.Kind.OTHER else []
    event = opened.add(SeriousEvent, what=". ".join([*said, *([what] if what else [])]))
    emergency = opened.add(Emergency, kind=kind, what=what, serious_event=event)
    for whom, name in (calls or {}).items():
        opened.add(EmergencyCall, emergency=emergency, whom=whom, name=name.strip())
    opened.write()
    return emergency


@transaction.atomic
def record_emergency_call(
    *,
    dosing_session: DosingSession,
    whom: EmergencyCall.Whom,
    name: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> EmergencyCall:
    """Somebody was called, in the newest emergency of the session. Raises ActionRefused (STATE, NO_EMERGENCY)."""
    opened = _begin(dosing_session, "record_emergency_call", Permission.DOCUMENT, entry, by, now)
    if first := opened.repeated(EmergencyCall):
        return first
    found = emergencies(Record(opened.dosing_session))

    refuse(*call_refusals(opened.dosing_session.state, any_emergency=bool(found)))

    call = opened.add(EmergencyCall, emergency=found[-1].emergency, whom=whom, name=name.strip())
    opened.write()
    return call


@transaction.atomic
def end_emergency(
    *, dosing_session: DosingSession, note: str, entry: Submission, by: User, now: datetime
) -> EmergencyEnd:
    """It is over and the patient is still here; ``note`` says how the patient is. The serious event stays, for the
    prescriber. Raises ActionRefused (STATE, NO_EMERGENCY, FIELD)."""
    opened = _begin(dosing_session, "end_emergency", Permission.CHART, entry, by, now)
    if first := opened.repeated(EmergencyEnd):
        return first
    under_way = open_emergency(Record(opened.dosing_session))

    refuse(*end_refusals(opened.dosing_session.state, under_way=under_way is not None, note=note))

    end = opened.add(
        EmergencyEnd,
        emergency=under_way.emergency,  # type: ignore[union-attr]
        how=EmergencyEnd.How.MONITORING,
        note=note.strip(),
    )
    opened.write()
    return end
