"""Which check stands at another chair because it was moved there."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clinic.models import Correction
from clinic.prepared import Prepared
from sessions_app.models.dosing_session import DosingSession, sessions_with_context
from sessions_app.models.monitoring import Check
from sessions_app.models.record import Record


def _came(checks: list[UUID], session_id: UUID) -> QuerySet[Correction, Any]:
    elsewhere = Correction.objects.filter(replacement_id__among=checks).exclude(subject_id=session_id)
    return elsewhere.values_list("replacement_id", "subject_id")


_CAME = Prepared(_came, checks=list, session_id=UUID)


def moves_of(record: Record) -> dict[UUID, DosingSession]:
    """By check: the session it was moved to from here, or came from."""
    own = {check.pk for check in record.all(Check)}
    gone = {
        row.replacement_id: row.row_id
        for row in record.corrections.values()
        if row.row_kind == "Check" and row.replacement_id and row.replacement_id not in own
    }
    to = dict(Check.objects.filter(pk__in=gone).values_list("pk", "dosing_session")) if gone else {}
    came = _CAME.rows(checks=list(own), session_id=record.dosing_session.pk)
    other: dict[UUID, UUID] = {gone[check_id]: session_id for check_id, session_id in to.items()}
    other |= dict(came)
    sessions = sessions_with_context().in_bulk(set(other.values())) if other else {}
    return {check_id: sessions[session_id] for check_id, session_id in other.items()}
