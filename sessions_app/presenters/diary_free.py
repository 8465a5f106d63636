"""Where nobody is booked: places to book, and hours that are folded."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time
from sessions_app.models.diary_days import DiaryDays
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.diary import STEP, USUAL, local_moment

HOUR = timedelta(hours=1)
PER_HOUR = HOUR // STEP
_TALL_ENOUGH = 3  # lines for a finger

Cell = dict[str, Any]


def open_span(days: DiaryDays) -> tuple[datetime, datetime] | None:
    """Of the first of these days, by its hours, or the usual ones where none are said; None where it is closed."""
    zone, day = days.facility.zone, days.first
    hours = days.setting.hours.of(day) if days.setting.hours else USUAL
    if hours is None or any(row.first_date <= day <= row.last_date for row in days.closures):
        return None
    opens, closes = (local_moment(day, clock, zone) for clock in hours)
    return (opens, closes) if opens and closes else None


def offer_free(cells: list[Cell | None], chair: str, days: DiaryDays, begins: datetime, reader: Reader) -> None:
    """What is free within an hour becomes one cell, which leads to booking there; the patient is ready for it after
    the preparation."""
    span = open_span(days)
    if span is None:
        return

    def free(number: int) -> bool:
        cell, at = cells[number], begins + number * STEP
        return cell is not None and not cell["blocks"] and span[0] <= at < span[1] and at >= reader.now

    for (is_free, _hour), numbers in groupby(range(len(cells)), key=lambda number: (free(number), number // PER_HOUR)):
        first, *more = numbers
        if is_free and len(more) + 1 >= _TALL_ENOUGH:
            at = begins + first * STEP + timedelta(minutes=days.setting.preparation_minutes)
            cells[first] = {"span": len(more) + 1, "blocks": [], "free": _offer(at, chair, reader)}
            cells[more[0] : more[-1] + 1] = [None] * len(more)


def _offer(at: datetime, chair: str, reader: Reader) -> dict[str, str]:
    said = {"at": clock_time(at, reader.zone), "chair": chair}
    words = _("Book %(at)s, chair %(chair)s") if chair else _("Book %(at)s")
    query = urlencode({"at": f"{at.astimezone(reader.zone):%Y-%m-%dT%H:%M}", "chair": chair})
    return {"url": f"{reverse('sessions_app:patients')}?{query}", "label": words % said, "text": said["at"]}


def folded(rows: list[dict[str, Any]], days: DiaryDays) -> list[dict[str, Any]]:
    """Two hours and more in which the clinic is closed and nobody is here stand as one line."""
    span = open_span(days)

    def empty(hour: list[dict[str, Any]]) -> bool:
        return all(cell["span"] == 1 and not cell["blocks"] for row in hour for cell in row["cells"])

    def closed(hour: list[dict[str, Any]]) -> bool:
        return span is None or not span[0] < hour[0]["at"] + HOUR or hour[0]["at"] >= span[1]

    width = len(rows[0]["cells"]) if rows else 0
    hours = [rows[number : number + PER_HOUR] for number in range(0, len(rows), PER_HOUR)]
    found: list[dict[str, Any]] = []
    for is_night, group in groupby(hours, key=lambda hour: _whole(hour, width) and empty(hour) and closed(hour)):
        part = list(group)
        if is_night and len(part) > 1:
            found.append({"folded": part[0][0]["time"], "to": clock_time(part[-1][0]["at"] + HOUR, days.facility.zone)})
        else:
            found += [row for hour in part for row in hour]
    return found


def _whole(hour: list[dict[str, Any]], width: int) -> bool:
    """No cell reaches into it from above."""
    return all(len(row["cells"]) == width for row in hour)
