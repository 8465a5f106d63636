"""Exceptions and deviations of a month: each by name, and how often each kind came."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.presenters.time import calendar_day
from sessions_app.models import GateException, LeftEarly
from sessions_app.models.exception import Excepted
from sessions_app.models.record import Record
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.presenters.sentences.alarm import alarm_words
from sessions_app.presenters.sentences.asked import asked_words
from sessions_app.presenters.timeline import LINES
from sessions_app.rules.alarms import AROUND
from sessions_app.rules.departure import IN_ERROR
from sessions_app.rules.paper import FROM_PAPER

HEAD: tuple[Text, ...] = (
    gettext_lazy("Day"),
    gettext_lazy("Time"),
    gettext_lazy("Kind"),
    gettext_lazy("What"),
    gettext_lazy("Name"),
    gettext_lazy("Born"),
    gettext_lazy("MRN"),
    gettext_lazy("By"),
)


def kinds_of(row: Excepted) -> list[str]:
    """By which it is counted: an exception by everything its gate asked for, a deviation by its own code."""
    return [f"exception-{code}" for code in row.codes] if isinstance(row, GateException) else [f"deviation-{row.code}"]


def kind_words(kind: str, record: Record, reader: Reader) -> str:
    sort, _dash, code = kind.partition("-")
    if sort == "exception":
        return _("Exception: %(what)s") % {"what": asked_words([code], reader)}
    if code.endswith("_GATE"):
        return _("Entered since, and would have closed a gate")
    if code in AROUND:
        return str(alarm_words(code, {}, record.dosing_session))
    words = {FROM_PAPER: _("From paper"), IN_ERROR: _("Entered in error")}
    return words.get(code) or _("Deviation: %(what)s") % {"what": asked_words([code], reader)}


def exceptions_part(
    found: list[tuple[Record, Excepted]], month: date, reader: Reader, *, chosen: str = ""
) -> dict[str, Any]:
    """Rows of ``left_early.html``, of one kind where one is ``chosen``; and the counts that open theirs."""
    counted, named = Counter[str](), dict[str, str]()
    for record, row in found:
        for kind in kinds_of(row):
            counted[kind] += 1
            named.setdefault(kind, kind_words(kind, record, _reads(record, reader)))
    shown = [(record, row) for record, row in found if not chosen or chosen in kinds_of(row)]
    return {
        "counts": [
            {"word": named[kind], "count": count, "url": _url(month, of=kind), "chosen": kind == chosen}
            for kind, count in sorted(counted.items(), key=lambda pair: (-pair[1], named[pair[0]]))
        ],
        "all_url": _url(month) if chosen else "",
        "exceptions": [_row(record, row, _reads(record, reader)) for record, row in shown],
        "exceptions_count": len(shown),
        "csv_url": f"{reverse('sessions_app:left-early-csv')}?{urlencode({'month': f'{month:%Y-%m}'})}",
    }


def _url(month: date, **asked: str) -> str:
    return f"{reverse('sessions_app:left-early')}?{urlencode({'month': f'{month:%Y-%m}', **asked})}#exceptions"


def _reads(record: Record, reader: Reader) -> Reader:
    """In the words of the programme the session was checked in under."""
    policy = record.dosing_session.policy
    return Reader(reader.zone, reader.now, policy.program if policy else None)


def _row(record: Record, row: Excepted, reader: Reader) -> dict[str, str]:
    session = record.dosing_session
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "name": session.patient.full_name,
        "born": calendar_day(session.patient.birth_date),
        "mrn": session.patient.mrn,
        "day": calendar_day(row.occurred_at.astimezone(reader.zone).date()),
        "time": reader.clock(row.occurred_at),
        "what": LINES[type(row)](row, reader),
        "who": str(row.performed_by),
    }


def month_lines(
    left: Iterable[tuple[Record, LeftEarly]], found: Iterable[tuple[Record, Excepted]], reader: Reader
) -> list[tuple[object, ...]]:
    """Everything of the month for a spreadsheet, in order of time; a time as 2026-04-30 and 09:00-0400."""
    rows: list[tuple[Any, Record, str, str]] = [
        (row, record, _("left early"), _("prescriber: %(told)s") % {"told": row.prescriber_told})
        for record, row in left
    ]
    for record, row in found:
        sort = _("exception") if isinstance(row, GateException) else _("deviation")
        rows.append((row, record, sort, LINES[type(row)](row, _reads(record, reader))))
    lines = []
    for row, record, sort, what in rows:
        at = (row.found_gone_at if isinstance(row, LeftEarly) else row.occurred_at).astimezone(reader.zone)
        patient = record.dosing_session.patient
        whose = (patient.full_name, patient.birth_date.isoformat(), patient.mrn)
        lines.append((at.date().isoformat(), f"{at:%H:%M%z}", sort, what, *whose, str(row.performed_by)))
    return sorted(lines)
