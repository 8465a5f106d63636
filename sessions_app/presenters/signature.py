"""What a reader of a session must know of signatures that do not hold."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.models import SignedRow
from clinic.presenters.signature import signature_note
from sessions_app import models
from sessions_app.models.record import Record
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.timeline import LINES


def broken_signatures(record: Record, reader: Reader) -> list[dict[str, Any]]:
    """One loud notice per row that a gate takes as if it were not there."""
    rows: list[Any] = [row for model in LINES if issubclass(model, SignedRow) for row in record.in_force(model)]
    said: list[tuple[str, Any]] = [(LINES[type(row)](row, reader), row) for row in rows]
    for model, words in (
        (models.OffLabelJustification, _("Off-label rationale")),
        (models.Antidepressant, _("Antidepressant")),
    ):
        said += [(words, row) for row in record.course_rows(model)]
    found = []
    for words, row in said:
        note = signature_note(record.signatures, row, reader.zone)
        if note and note["broken"]:
            found.append({"kind": "danger", "icon": "shield-exclamation", "title": f"{words}.", "text": note["text"]})
    return found
