"""The diary as a page: a day with its chairs as columns, a week, and when the clinic is open."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.presenters.time import calendar_day, clock_time
from clinic.rules.local_time import day_span
from clinic.rules.roles import Permission
from sessions_app.models import Closure, DiarySetting, DosingSession
from sessions_app.models.diary_days import DiaryDays
from sessions_app.presenters.diary_free import HOUR, PER_HOUR, folded, offer_free
from sessions_app.presenters.expected_departure import usual_words
from sessions_app.presenters.person import PHASES
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.diary import weekday_words
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.rules.diary import STEP, USUAL, Block, local_moment, most_at_once
from sessions_app.rules.expected_departure import ExpectedDeparture
from sessions_app.rules.states import State

Usual = Mapping[UUID, ExpectedDeparture]


def day_words(day: date) -> str:
    """``Tuesday 14 Apr 2026``."""
    return f"{weekday_words()[day.weekday()]} {calendar_day(day)}"


def _urls(name: str, day: date, step: timedelta) -> dict[str, str]:
    url = reverse(f"sessions_app:{name}")
    return {
        "earlier_url": f"{url}?day={(day - step).isoformat()}",
        "later_url": f"{url}?day={(day + step).isoformat()}",
        "today_url": url,
        "day_url": f"{reverse('sessions_app:diary')}?day={day.isoformat()}",
        "week_url": f"{reverse('sessions_app:diary-week')}?day={day.isoformat()}",
        "hours_url": reverse("sessions_app:diary-hours"),
    }


def day_page(days: DiaryDays, usual: Usual, reader: Reader, *, permissions: frozenset[Permission]) -> dict[str, Any]:
    """Context of ``sessions_app/diary.html``. ``usual``: when those who are monitored usually leave."""
    blocks = [(session, days.block_of(session)) for session in days.sessions]
    begins, ends = _span(days, blocks)
    desk = Permission.CHECK_IN in permissions
    return {
        "title": day_words(days.first),
        **_urls("diary", days.first, timedelta(days=1)),
        "hours_text": _hours_text(days, days.first),
        "closed": _closed(days, days.first),
        "columns": _columns(days, blocks),
        "rows": folded(_rows(days, blocks, begins, ends, usual, reader, desk=desk), days),
        "list": [_block(session, block, usual, reader) for session, block in blocks],
        "count_text": _counted(len(blocks)),
        "find_url": reverse("sessions_app:patients") if desk else "",
        "check_in_url": reverse("sessions_app:check-in") if desk else "",
        "waiting_url": reverse("sessions_app:waiting") if desk else "",
        "due_url": reverse("sessions_app:due") if Permission.REGISTER in permissions else "",
        "waiting": [],
    }


def _counted(count: int) -> str:
    if not count:
        return _("Nobody is booked")
    return ngettext("%(count)s patient", "%(count)s patients", count) % {"count": count}


def _hours_text(days: DiaryDays, day: date) -> str:
    hours = days.setting.hours
    if hours is None:
        return ""
    of_day = hours.of(day)
    return _("Open %(opens)s – %(closes)s") % _clocks(of_day) if of_day else _("Closed on this day of the week")


def _clocks(of_day: tuple[Any, Any]) -> dict[str, str]:
    return {name: f"{at.hour}:{at.minute:02}" for name, at in zip(("opens", "closes"), of_day, strict=True)}


def _closed(days: DiaryDays, day: date) -> dict[str, str] | None:
    closure = next((row for row in days.closures if row.first_date <= day <= row.last_date), None)
    if closure is None:
        return None
    text = _("Whoever is booked below is to be moved, or told.")
    return {"kind": "warning", "title": _("Closed: %(reason)s.") % {"reason": closure.reason}, "text": text}


def _span(days: DiaryDays, blocks: Sequence[tuple[DosingSession, Block]]) -> tuple[datetime, datetime]:
    """From the first full hour to the last that anything is shown of."""
    zone, day = days.facility.zone, days.first
    midnight, next_midnight = day_span(day, zone)
    hours = (days.setting.hours.of(day) if days.setting.hours else None) or USUAL
    opens, closes = (local_moment(day, clock, zone) or midnight for clock in hours)
    first = min([opens, *(block.begins for _session, block in blocks)])
    last = max([closes, *(block.ends for _session, block in blocks)])
    first, last = max(first, midnight), min(last, next_midnight)
    return midnight + (first - midnight) // HOUR * HOUR, midnight + -(-(last - midnight) // HOUR) * HOUR


def _columns(days: DiaryDays, blocks: Iterable[tuple[DosingSession, Block]]) -> list[dict[str, Any]]:
    """The room in its order, then chairs that are booked and not of the room, then whoever has none yet."""
    booked = {session.chair for session, _block in blocks}
    others = sorted(booked - {*days.chairs, ""})
    columns = [{"chair": chair, "word": _("Chair %(chair)s") % {"chair": chair}, "note": ""} for chair in days.chairs]
    note = _("not in the room") if days.chairs else ""
    columns += [{"chair": chair, "word": _("Chair %(chair)s") % {"chair": chair}, "note": note} for chair in others]
    if "" in booked or not columns:
        columns.append({"chair": "", "word": _("No chair yet"), "note": ""})
    return columns


def _rows(
    days: DiaryDays,
    blocks: Sequence[tuple[DosingSession, Block]],
    begins: datetime,
    ends: datetime,
    usual: Usual,
    reader: Reader,
    *,
    desk: bool,
) -> list[dict[str, Any]]:
    count = (ends - begins) // STEP
    columns = [_column(column["chair"], blocks, begins, count, usual, reader) for column in _columns(days, blocks)]
    if desk:
        for column, cells in zip(_columns(days, blocks), columns, strict=True):
            offer_free(cells, column["chair"], days, begins, reader)
    setting, rows = days.setting, []
    for number in range(count):
        at = begins + number * STEP
        full = number % PER_HOUR == 0
        rows.append(
            {
                "time": clock_time(at, reader.zone),
                "full": full,
                "at": at,
                "now": at <= reader.now < at + STEP,
                "cells": [column[number] for column in columns if column[number] is not None],
                "load": _load(setting, blocks, Block(at, at + HOUR)) if full else None,
            }
        )
    return rows


def _column(
    chair: str,
    blocks: Sequence[tuple[DosingSession, Block]],
    begins: datetime,
    count: int,
    usual: Usual,
    reader: Reader,
) -> list[dict[str, Any] | None]:
    """Of each line its cell; None where the one above reaches down to it. What overlaps stands in one cell."""
    groups: list[tuple[int, int, list[dict[str, Any]]]] = []
    for session, block in blocks:
        if session.chair != chair:
            continue
        first = min(max((block.begins - begins) // STEP, 0), count - 1)
        last = min(max((block.ends - begins) // STEP, first + 1), count)
        shown = _block(session, block, usual, reader)
        if groups and first < groups[-1][1]:
            start, end, together = groups.pop()
            groups.append((start, max(end, last), [*together, shown]))
        else:
            groups.append((first, last, [shown]))
    cells: list[dict[str, Any] | None] = [{"span": 1, "blocks": []} for _line in range(count)]
    for first, last, together in groups:
        cells[first] = {"span": last - first, "blocks": together}
        cells[first + 1 : last] = [None] * (last - first - 1)
    return cells


def _block(session: DosingSession, block: Block, usual: Usual, reader: Reader) -> dict[str, Any]:
    phase, word = PHASES.get(State(session.state), "done"), str(STATE_WORDS[session.state]).capitalize()
    if session.state == State.SCHEDULED:
        late = session.scheduled_at < reader.now
        phase, word = ("held", _("Not here yet")) if late else ("free", _("Booked"))
    said = {"begins": clock_time(block.begins, reader.zone), "ends": clock_time(block.ends, reader.zone)}
    leaves = usual_words(usual.get(session.pk), reader)
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "name": session.patient.full_name,
        "at": clock_time(session.checked_in_at or session.scheduled_at, reader.zone),
        "span": _("%(begins)s – %(ends)s") % said,
        "chair": session.chair,
        "phase": phase,
        "word": word,
        "usual": _("usually leaves %(when)s") % {"when": leaves} if leaves else "",
    }


def _load(setting: DiarySetting, blocks: Iterable[tuple[DosingSession, Block]], hour: Block) -> dict[str, Any]:
    """How many at once in this hour, and of how many that the clinic reckons with."""
    here = [block for _session, block in blocks if block.meets(hour)]
    inside = [Block(max(block.begins, hour.begins), block.ends) for block in here]
    peak = most_at_once(inside)
    lines = [
        _load_line(name, peak, capacity)
        for name, capacity in ((_("nurses"), setting.nurse_capacity), (_("prescribers"), setting.prescriber_capacity))
        if capacity is not None
    ]
    return {"span": PER_HOUR, "peak": peak, "lines": lines}


def _load_line(name: str, peak: int, capacity: int) -> dict[str, Any]:
    said = {"peak": peak, "capacity": capacity, "name": name}
    over = peak > capacity
    return {"text": _("%(name)s %(peak)s/%(capacity)s") % said, "over": over, "word": _("over") if over else ""}


def week_page(days: DiaryDays, reader: Reader) -> dict[str, Any]:
    """Context of ``sessions_app/diary_week.html``."""
    said = {"first": calendar_day(days.first), "last": calendar_day(days.last)}
    blocks = [(session, days.block_of(session)) for session in days.sessions]
    dates = [days.first + timedelta(days=number) for number in range((days.last - days.first).days + 1)]
    return {
        "title": _("%(first)s – %(last)s") % said,
        **_urls("diary-week", days.first, timedelta(days=7)),
        "days": [_of_week(day, days, blocks, reader) for day in dates],
    }


def _of_week(
    day: date, days: DiaryDays, blocks: Iterable[tuple[DosingSession, Block]], reader: Reader
) -> dict[str, Any]:
    begins, ends = day_span(day, days.facility.zone)
    here = [(session, block) for session, block in blocks if begins <= session.scheduled_at < ends]
    peak = most_at_once(block for _session, block in here)
    capacities = [each for each in (days.setting.nurse_capacity, days.setting.prescriber_capacity) if each is not None]
    closure = next((row for row in days.closures if row.first_date <= day <= row.last_date), None)
    return {
        "title": formats.date_format(day, "D j M"),
        "url": f"{reverse('sessions_app:diary')}?day={day.isoformat()}",
        "today": day == reader.now.astimezone(reader.zone).date(),
        "closed": closure.reason if closure else "",
        "hours": _hours_text(days, day),
        "count": len(here),
        "peak": _("%(count)s at once") % {"count": peak} if peak else "",
        "over": any(peak > capacity for capacity in capacities),
        "blocks": [_block(session, block, {}, reader) for session, block in here],
    }


def hours_page(
    setting: DiarySetting,
    closures: Iterable[Closure],
    chairs: Sequence[str],
    *,
    permissions: frozenset[Permission],
) -> dict[str, Any]:
    """Context of ``sessions_app/diary_hours.html``."""
    manages, at_site = Permission.MANAGE_FACILITY in permissions, Permission.MANAGE_SITE in permissions
    hours = setting.hours
    return {
        "hours": [_hours_row(number, word, setting) for number, word in enumerate(weekday_words())] if hours else [],
        "numbers": _numbers(setting),
        "closures": [_closure(row, at_site) for row in closures],
        "chairs": ", ".join(chairs),
        "set_url": reverse("sessions_app:set-diary") if manages else "",
        "close_url": reverse("sessions_app:close-days") if at_site else "",
        "chairs_url": reverse("sessions_app:set-chairs") if at_site else "",
    }


def _hours_row(number: int, word: Any, setting: DiarySetting) -> dict[str, Any]:
    opens, closes = setting.opens[number], setting.closes[number]
    if not opens or not closes:
        return {"label": word, "value": _("closed")}
    return {"label": word, "value": "{opens} – {closes}".format(**_clocks((opens, closes)))}


def _numbers(setting: DiarySetting) -> list[dict[str, Any]]:
    minutes, none = _("%(count)s min"), _("not said")
    nurses, prescribers = setting.nurse_capacity, setting.prescriber_capacity
    reminder = _("%(count)s h before") % {"count": setting.reminder_hours} if setting.reminder_hours else _("off")
    return [
        {"label": _("Preparation before the booked time"), "value": minutes % {"count": setting.preparation_minutes}},
        {"label": _("Margin after the minimum stay"), "value": minutes % {"count": setting.margin_minutes}},
        {"label": _("Patients at once, by nurses"), "value": nurses or none},
        {"label": _("Patients at once, by prescribers"), "value": prescribers or none},
        {"label": _("Reminder by e-mail"), "value": reminder},
    ]


def _closure(row: Closure, may: bool) -> dict[str, Any]:
    first, last = calendar_day(row.first_date), calendar_day(row.last_date)
    return {
        "days": first if first == last else f"{first} – {last}",
        "reason": row.reason,
        "who": str(row.performed_by),
        "url": reverse("sessions_app:withdraw-closure", args=[row.pk]) if may else "",
        "day_url": f"{reverse('sessions_app:diary')}?day={row.first_date.isoformat()}",
    }
