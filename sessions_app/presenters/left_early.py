"""Everybody who left early in a month, by name (gate.md, LEFT_EARLY)."""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Facility
from clinic.presenters.time import calendar_day, clock_time_with_zone
from sessions_app.models import Impairment, LeftEarly
from sessions_app.models.follow_up import calls_since, reached
from sessions_app.models.record import Record
from sessions_app.presenters.follow_up import call_rows
from sessions_app.presenters.sentences import Reader


def left_early_page(
    facility: Facility, month: date, found: list[tuple[Record, LeftEarly]], reader: Reader, *, printed_by: str
) -> dict[str, Any]:
    """Context of ``left_early.html``; ``month`` by its first day."""
    name, today = month_name(month), reader.now.astimezone(reader.zone).date()
    following = (month + timedelta(days=31)).replace(day=1)
    count = ngettext("%(count)s patient", "%(count)s patients", len(found)) % {"count": len(found)}
    return {
        "title": _("Left early and exceptions, %(month)s") % {"month": name},
        "count_text": count if found else "",
        "rows": [_row(record, left, reader) for record, left in found],
        "earlier": _link((month - timedelta(days=1)).replace(day=1)),
        "later": _link(following) if following <= today else None,
        "print_line": _print_line(facility, name, reader, printed_by),
    }


def month_name(month: date) -> str:
    return formats.date_format(month, "F Y")


def _link(month: date) -> dict[str, str]:
    return {"url": f"{reverse('sessions_app:left-early')}?month={month:%Y-%m}", "label": month_name(month)}


def _row(record: Record, left: LeftEarly, reader: Reader) -> dict[str, Any]:
    session = record.dosing_session
    done = reached(record)
    tried = bool(calls_since(record))
    badge = (
        {"word": _("Reached"), "kind": "ready"}
        if done
        else {"word": _("Not reached") if tried else _("No call yet"), "kind": "overdue"}
    )
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "name": session.patient.full_name,
        "born": calendar_day(session.patient.birth_date),
        "mrn": session.patient.mrn,
        "day": calendar_day(left.found_gone_at.astimezone(reader.zone).date()),
        "seen": reader.clock(left.last_seen_at),
        "gone": reader.clock(left.found_gone_at),
        "impaired": str(Impairment(left.impaired).label),
        "prescriber": left.prescriber_told,
        "contact": left.contact_told,
        "calls": call_rows(record, reader),
        "badge": badge,
    }


def _print_line(facility: Facility, month: str, reader: Reader, printed_by: str) -> str:
    """What stands on every printed page of a list."""
    return _("%(facility)s · left early and exceptions, %(month)s · printed %(day)s %(at)s by %(who)s") % {
        "facility": facility.name,
        "month": month,
        "day": calendar_day(reader.now.astimezone(reader.zone).date()),
        "at": clock_time_with_zone(reader.now, reader.zone),
        "who": printed_by,
    }
