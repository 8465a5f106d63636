"""Files are kept, and each time one is opened it is written down by whom."""

from datetime import datetime

from django.db import transaction

from clinic import audit
from clinic.access import demand
from clinic.actions.entry import Submission, first_result, repeatable, row, write
from clinic.inspection import CheckedFile
from clinic.models import Document, DocumentContent, Facility, User
from clinic.rules.roles import Permission


def document_rows(
    *,
    facility: Facility,
    file: CheckedFile,
    entry: Submission,
    by: User,
    now: datetime,
    opened_with: Permission = Permission.VIEW,
) -> tuple[Document, DocumentContent]:
    """A document and its bytes, not yet written: an action passes both to ``write`` behind its own row, which refers to
    the first. ``opened_with``: the permission that opens it at this facility."""
    what = {"digest": file.digest, "size_bytes": len(file.content)}
    content = DocumentContent(facility=facility, content=file.content, **what)
    document = row(
        Document,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        name=file.name,
        given_name=file.given_name,
        media_type=file.media_type.value,
        opened_with=opened_with.value,
        content=content,
        **what,
    )
    return document, content


@repeatable
@transaction.atomic
def keep_document(*, facility: Facility, file: CheckedFile, entry: Submission, by: User, now: datetime) -> Document:
    """A paper of the facility is kept, for itself."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    action = "keep_document"
    if first := first_result(Document, facility=facility, entry=entry, action=action, by=by):
        return first

    rows = document_rows(facility=facility, file=file, entry=entry, by=by, now=now)
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=facility, rows=rows)
    return rows[0]


@transaction.atomic
def open_document(*, document: Document, by: User, now: datetime) -> bytes:
    """The bytes, for somebody who may have them; that they had them is in the audit."""
    demand(by, document.permission, document.facility_id, at=now)

    audit.record(action="open_document", facility=document.facility, by=by, now=now, subject=document, rows=())
    return bytes(document.content.content)
