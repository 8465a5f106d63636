"""Who watches a chair, what was handed over with it, and the way to the emergency button."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.identifiers import new_id
from clinic.presenters.time import clock_time
from sessions_app.models import Watch
from sessions_app.models.emergency_record import open_emergency
from sessions_app.models.record import Record
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import may_take


def people_bar(record: Record, reader: Reader, *, viewer: Any, permissions: frozenset[str]) -> dict[str, Any]:
    """Plain values of ``_people_bar.html``, for an open session."""
    session, watch = record.dosing_session, record.latest(Watch)
    mine = watch is not None and watch.watcher_id == viewer.pk

    def url(step: str) -> str:
        return reverse(f"sessions_app:{step}", args=[session.pk]) if may_take(step, permissions) else ""

    return {
        "watcher": watch_words(watch, reader),
        "mine": mine,
        "handed": handed_words(record, reader),
        "watch_url": "" if mine else url("take-watch"),
        "entry_id": new_id(),
        "hand_over_url": reverse("sessions_app:hand-over") if mine else "",
        "contact_url": url("contact-prescriber"),
        "emergency_url": "" if open_emergency(record) else url("raise-emergency"),
    }


def watch_words(watch: Watch | None, reader: Reader) -> str:
    if watch is None:
        return _("Nobody watches this chair yet")
    said = {"who": watch.watcher.printed_name, "at": clock_time(watch.occurred_at, reader.zone)}
    return _("%(who)s watches, since %(at)s") % said


def handed_words(record: Record, reader: Reader) -> dict[str, str] | None:
    """The newest written state; it stands for the rest of the session."""
    handed = [row for row in record.in_force(Watch) if row.handed_over_by is not None]
    if not handed:
        return None
    newest = max(handed, key=lambda row: row.order)
    by = newest.handed_over_by.printed_name if newest.handed_over_by else ""
    said = {"who": by, "to": newest.watcher.printed_name, "at": clock_time(newest.occurred_at, reader.zone)}
    return {"who": _("Handed over by %(who)s to %(to)s at %(at)s") % said, "state": newest.written_state}
