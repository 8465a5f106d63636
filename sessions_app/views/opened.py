"""Whose page was opened by whom, written down once an hour (docs/decisions/0030)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import OperationalError
from django.http import HttpRequest

from clinic.access import roles_of
from clinic.models import RecordAccess
from clinic.models.record_access import note_opened
from clinic.outbox import waited_of
from sessions_app.views.live import is_refresh

logger = structlog.get_logger(__name__)
# A page that a device fetches by itself: to be shown when it is asked for, perhaps (clinic/opened.js says when it was),
# or to see whether anybody answers.
BY_ITSELF = ("keep", "ahead", "refresh")


def note(request: HttpRequest, patient_ids: Iterable[UUID], facility_id: UUID, *, at: datetime) -> None:
    """This request shows something of these patients to whoever is signed in. A page that fetches itself anew was
    opened before and says so by its signed version; a form that waited on a tablet shows nothing."""
    if waited_of(request) or is_refresh(request):
        return
    by_itself = request.headers.get("X-Requested-With") in BY_ITSELF
    kind = RecordAccess.Kind.KEPT if by_itself else RecordAccess.Kind.OPENED
    write(request, patient_ids, facility_id, kind=kind, at=at)


def write(
    request: HttpRequest, patient_ids: Iterable[UUID], facility_id: UUID, *, kind: RecordAccess.Kind, at: datetime
) -> None:
    """A patient is treated even where this cannot be written, as on a full disk: then the server's log has it."""
    person: Any = request.user
    said = {"facility_id": facility_id, "person_id": person.pk, "patient_ids": list(patient_ids)}
    try:
        note_opened(**said, roles=roles_here(request, facility_id, at=at), kind=kind, at=at)
    except OperationalError:
        logger.exception("access_not_written", kind=kind.value, **{name: str(value) for name, value in said.items()})


def roles_here(request: HttpRequest, facility_id: UUID, *, at: datetime) -> str:
    """As what they look: their roles there, or through a broken glass."""
    if getattr(request, "glass", None):
        return "glass"
    return ",".join(sorted(roles_of(request.user, at=at).get(facility_id, ())))
