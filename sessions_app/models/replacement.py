"""Which check stands at another chair because it was moved there."""

from uuid import UUID

from clinic.models import Correction
from sessions_app.models.dosing_session import DosingSession, sessions_with_context
from sessions_app.models.monitoring import Check
from sessions_app.models.record import Record


def moves_of(record: Record) -> dict[UUID, DosingSession]:
    """By check: the session it was moved to from here, or came from."""
    own = {check.pk for check in record.all(Check)}
    gone = {
        row.replacement_id: row.row_id
        for row in record.corrections.values()
        if row.row_kind == "Check" and row.replacement_id and row.replacement_id not in own
    }
    to = dict(Check.objects.filter(pk__in=gone).values_list("pk", "dosing_session")) if gone else {}
    came = Correction.objects.filter(replacement_id__in=own).exclude(subject_id=record.dosing_session.pk)
    other: dict[UUID, UUID] = {gone[check_id]: session_id for check_id, session_id in to.items()}
    other |= {row.replacement_id: row.subject_id for row in came if row.replacement_id}
    sessions = sessions_with_context().in_bulk(set(other.values())) if other else {}
    return {check_id: sessions[session_id] for check_id, session_id in other.items()}
