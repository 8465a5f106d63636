"""What came from paper and waits for its second person, and sessions that nobody ended."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day, clock_time
from sessions_app.models import DosingSession
from sessions_app.models.paper import sheets_of, sheets_to_compare
from sessions_app.models.record import Record
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.presenters.steps import may_take
from sessions_app.rules.states import OPEN


def _line(session: DosingSession, zone: ZoneInfo, *, step: str, label: str) -> dict[str, Any]:
    began = session.checked_in_at or session.scheduled_at
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "name": session.patient.full_name,
        "mrn": session.patient.mrn,
        "began": f"{calendar_day(began.astimezone(zone).date())}, {clock_time(began, zone)}",
        "state": str(STATE_WORDS[session.state]).capitalize(),
        "action_url": reverse(f"sessions_app:{step}", args=[session.pk]) if step else "",
        "action_label": label,
    }


def paper_page(
    to_compare: Iterable[DosingSession],
    forgotten: Iterable[DosingSession],
    *,
    zone: ZoneInfo,
    permissions: frozenset[str],
) -> dict[str, Any]:
    """Context of ``from_paper.html``."""
    compare = "confirm-paper" if may_take("confirm-paper", permissions) else ""
    enter = "enter-paper" if may_take("enter-paper", permissions) else ""
    return {
        "to_compare": [_line(session, zone, step=compare, label=_("Compare")) for session in to_compare],
        "forgotten": [_line(session, zone, step=enter, label=_("How it ended")) for session in forgotten],
    }


def waiting_lines(*, to_compare: int, forgotten: int) -> list[dict[str, Any]]:
    """What the floor says of both, with the way to their list."""
    url = reverse("sessions_app:from-paper")
    said = (
        (forgotten, "overdue", _("Still open from an earlier day: %(n)s")),
        (to_compare, "held", _("From paper, not yet compared: %(n)s")),
    )
    return [{"url": url, "phase": phase, "text": words % {"n": count}} for count, phase, words in said if count]


def notices(record: Record, *, now: datetime, permissions: frozenset[str], in_error: bool) -> list[dict[str, Any]]:
    """What a reader of this session must know before anything else."""
    session, found = record.dosing_session, []

    def step(name: str, label: str) -> dict[str, str]:
        url = reverse(f"sessions_app:{name}", args=[session.pk])
        return {"url": url, "label": label} if may_take(name, permissions) else {}

    waiting = sheets_to_compare(record)
    if waiting:
        who = ", ".join(sorted({sheet.recorded_by.printed_name for sheet in waiting}))
        text = _("Typed by %(who)s; a second licensed person compares it with the paper.") % {"who": who}
        found.append(
            {
                "kind": "warning",
                "icon": "file-earmark-text-fill",
                "title": _("From paper, not yet compared."),
                "text": text,
                **step("confirm-paper", _("Compare")),
            }
        )
    elif sheets_of(record):
        found.append({"kind": "info", "title": _("From paper, compared."), "text": ""})
    if session.state in OPEN and session.checked_in_at and _day(session, session.checked_in_at) < _day(session, now):
        day = calendar_day(_day(session, session.checked_in_at))
        found.append(
            {
                "kind": "danger",
                "title": _("Still open since %(day)s.") % {"day": day},
                "text": _("Nobody said how it ended. Enter it with its own times: released, left early, transferred."),
                **step("enter-paper", _("How it ended")),
            }
        )
    if in_error:
        found.append(
            {
                "kind": "warning",
                "title": _("Said to be entered in error."),
                "text": _("Every device is voided first; then a second licensed person agrees."),
                **step("enter-in-error", _("I agree")),
            }
        )
    return found


def _day(session: DosingSession, at: datetime) -> Any:
    return at.astimezone(session.facility.zone).date()
