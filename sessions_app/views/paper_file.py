"""A paper is handed out as PDF, a list as CSV, and that it was is written down: in the audit, and where it stands who
saw what."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from clinic.actions.record_access import export_paper
from clinic.models import Facility, Patient
from clinic.rules.roles import Permission
from sessions_app.views.opened import roles_here

PDF, CSV = "application/pdf", "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Paper:
    """``name`` of the file: never a patient's; it is read by whoever sees it lie there."""

    what: str
    name: str
    content: bytes
    patients: Sequence[Patient]
    media_type: str = PDF
    permission: Permission = Permission.READ_CHART


def hand_out(request: HttpRequest, facility: Facility, paper: Paper, *, now: datetime) -> HttpResponse:
    if getattr(request, "glass", None):
        raise PermissionDenied("nothing is taken away through a broken glass")
    by: Any = request.user
    export_paper(
        facility=facility,
        patients=paper.patients,
        permission=paper.permission,
        what=paper.what,
        digest=hashlib.sha256(paper.content).hexdigest(),
        roles=roles_here(request, facility.pk, at=now),
        by=by,
        now=now,
    )
    # A PDF opens to be printed, and lies on no tablet afterwards.
    ends, is_kept = (".pdf", False) if paper.media_type == PDF else (".csv", True)
    disposition = content_disposition_header(is_kept, f"{paper.name}{ends}")
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return HttpResponse(paper.content, content_type=paper.media_type, headers=headers)
