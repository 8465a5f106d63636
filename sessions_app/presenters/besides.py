"""What the patient takes besides and what of it matters for the dose: shown to be confirmed, never an answer."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sessions_app.models import Treatment, TreatmentEnd
from sessions_app.models.record import Record
from sessions_app.presenters.course_words import FLAG_WORDS, KIND_WORDS
from sessions_app.rules.treatment import flag_of, goes_on


def flagged(rows: Iterable[Treatment]) -> list[dict[str, Any]]:
    """Value and badge of each that may add to sedation, breathing or blood pressure."""
    found = []
    for row in rows:
        if flag := flag_of(row.kind):
            said = ", ".join(part for part in (row.name, row.dose) if part)
            found.append({"value": said, "badge": {"word": FLAG_WORDS[flag], "kind": "held"}})
    return found


def besides_aside(record: Record, *, today: date) -> dict[str, Any]:
    """Beside the questions, the order and the clearing; nothing where the course's record names nothing."""
    ends = {row.treatment_id: row.to_date for row in record.course_rows(TreatmentEnd)}
    now = [
        row
        for row in record.course_rows(Treatment)
        if flag_of(row.kind) and goes_on(row.from_date, ends.get(row.pk, row.to_date), today)
    ]
    rows = [{"label": KIND_WORDS[row.kind], **line} for row, line in zip(now, flagged(now), strict=True)]
    return {"aside_title": _("On the course's record: confirm today"), "aside_rows": rows} if rows else {}
