"""The emergency under way in a session, with who was called."""

from dataclasses import dataclass
from datetime import datetime

from sessions_app.models.emergency import Emergency, EmergencyCall, EmergencyEnd
from sessions_app.models.record import Record


@dataclass(frozen=True)
class EmergencySoFar:
    """One emergency; ``end`` is None while it lasts."""

    emergency: Emergency
    calls: tuple[EmergencyCall, ...]
    end: EmergencyEnd | None


def emergencies(record: Record) -> list[EmergencySoFar]:
    """Every emergency of the session, in order of entry."""
    rows = sorted(record.in_force(Emergency), key=lambda row: row.order)
    if not rows:
        return []
    calls, ends = record.in_force(EmergencyCall), record.in_force(EmergencyEnd)
    return [
        EmergencySoFar(
            emergency,
            tuple(call for call in calls if call.emergency_id == emergency.pk),
            next((end for end in ends if end.emergency_id == emergency.pk), None),
        )
        for emergency in rows
    ]


def open_emergency(record: Record) -> EmergencySoFar | None:
    """The one that lasts; a session has one at a time."""
    return next((found for found in emergencies(record) if found.end is None), None)


def emergency_at(record: Record, at: datetime) -> EmergencySoFar | None:
    """The one that lasted at that moment: begun by then, and not over yet."""
    lasting = (
        found
        for found in emergencies(record)
        if found.emergency.occurred_at <= at and (found.end is None or found.end.occurred_at > at)
    )
    return next(lasting, None)
