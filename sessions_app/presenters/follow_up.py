"""Patients who left early and were not reached yet: whom to call, by when, and what was tried."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.presenters.time import calendar_day, countdown
from sessions_app.models import DosingSession, FollowUpCall, LeftEarly, WayHomeArrangement
from sessions_app.models.follow_up import FollowUp, calls_since
from sessions_app.models.record import Record
from sessions_app.presenters.readings import short_name
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import may_take
from sessions_app.rules.states import State


def when(at: datetime, reader: Reader) -> str:
    """``10:05``, with its day where that is another than today."""
    day, today = (each.astimezone(reader.zone).date() for each in (at, reader.now))
    return reader.clock(at) if day == today else f"{calendar_day(day)}, {reader.clock(at)}"


def calls_to_make(
    follow_ups: Iterable[FollowUp], reader: Reader, *, permissions: frozenset[str]
) -> list[dict[str, Any]]:
    """Plain values of ``_calls.html``."""
    may = may_take("record-follow-up-call", permissions)
    return [_call(follow_up, reader, may) for follow_up in follow_ups]


def _call(follow_up: FollowUp, reader: Reader, may: bool) -> dict[str, Any]:
    session, due_at = follow_up.dosing_session, follow_up.due_at
    late = reader.now >= due_at
    span = abs(reader.now - due_at)
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "name": session.patient.full_name,
        "since": _("Gone since %(at)s") % {"at": when(follow_up.left.found_gone_at, reader)},
        "phones": phones(session, follow_up.way_home),
        "tried": _tried(follow_up.calls, reader),
        "kind": "overdue" if late else "held",
        "due_word": _("call late") if late else _("call within"),
        "days": ngettext("%(count)s day", "%(count)s days", span.days) % {"count": span.days} if span.days else "",
        "count_text": countdown(span),
        ("since_iso" if late else "due_iso"): due_at.isoformat(),
        "due": _("by %(at)s") % {"at": when(due_at, reader)},
        "action_url": reverse("sessions_app:record-follow-up-call", args=[session.pk]) if may else "",
    }


def call_bar(follow_up: FollowUp, reader: Reader, permissions: frozenset[str]) -> dict[str, Any]:
    """The open task as the session page's next step, in the shape of ``_next_bar.html``."""
    item = _call(follow_up, reader, may_take("record-follow-up-call", permissions))
    numbers = [f"{phone['who']} {phone['number']}" for phone in item["phones"]]
    return {
        "label": _("Left early"),
        "title": _("Call the patient"),
        "detail": ". ".join([", ".join(numbers) or _("No phone number is known"), item["tried"]]) + ".",
        "action_label": _("Record a call"),
        "action_url": item["action_url"],
        "blocked": "" if item["action_url"] else _("Somebody else's work; you may look."),
        "count_label": item["due_word"],
        "count_text": item["days"] or item["count_text"],
        **{name: item[name] for name in ("due_iso", "since_iso") if name in item and not item["days"]},
    }


def phones(session: DosingSession, way_home: WayHomeArrangement | None) -> list[dict[str, str]]:
    """Who can be called, the patient first."""
    known = [(_("Patient"), session.patient.phone)]
    if way_home:
        known.append((way_home.name, way_home.phone))
    return [{"who": who, "number": number} for who, number in known if number]


def _tried(calls: Iterable[FollowUpCall], reader: Reader) -> str:
    times = [when(call.occurred_at, reader) for call in calls]
    if not times:
        return _("Nobody has called yet")
    said = {"count": len(times), "times": ", ".join(times)}
    return (
        ngettext("%(count)s call, not reached: %(times)s", "%(count)s calls, not reached: %(times)s", len(times)) % said
    )


def call_rows(record: Record, reader: Reader) -> list[dict[str, str]]:
    """Every call since the patient last left, the oldest first."""
    return [
        {
            "label": when(call.occurred_at, reader),
            "value": f"{call_words(call)} ({short_name(call.performed_by.printed_name)})",
        }
        for call in calls_since(record)
    ]


def call_words(call: FollowUpCall) -> str:
    """What came of it."""
    if call.outcome == FollowUpCall.Outcome.NOT_REACHED:
        return f"{_('Not reached')}. {call.said}" if call.said else _("Not reached")
    return _("Spoke to %(who)s: %(said)s") % {"who": call.spoke_to, "said": call.said}


def call_aside(record: Record, reader: Reader) -> dict[str, Any]:
    """Beside the form: since when, whom to call, what was tried."""
    left = record.latest(LeftEarly) if record.dosing_session.state == State.LEFT_EARLY else None
    rows = [{"label": _("Found gone"), "value": when(left.found_gone_at, reader)}] if left else []
    numbers = phones(record.dosing_session, record.latest(WayHomeArrangement))
    rows += [{"label": item["who"], "value": item["number"]} for item in numbers]
    return {"aside_title": _("Whom to call"), "aside_rows": [*rows, *call_rows(record, reader)]}
