"""Who waits for a place, and who could come on a day."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day, clock_time
from sessions_app.models import Waiting
from sessions_app.presenters.sentences.diary import weekday_words
from sessions_app.rules.diary import Slot


def wish_words(waiting: Waiting) -> str:
    """``14 Apr 2026 – 12 May 2026, Tuesday, Thursday, 9:00 – 12:00``."""
    wish, names = waiting.wish, weekday_words()
    parts = [f"{calendar_day(wish.first)} – {calendar_day(wish.last)}"]
    parts += [str(names[number]) for number in sorted(wish.weekdays)]
    earliest, latest = _clock(wish.earliest), _clock(wish.latest)
    if earliest and latest:
        parts.append(f"{earliest} – {latest}")
    elif earliest:
        parts.append(_("not before %(at)s") % {"at": earliest})
    elif latest:
        parts.append(_("not after %(at)s") % {"at": latest})
    return ", ".join(parts)


def _clock(at: time | None) -> str:
    return f"{at.hour}:{at.minute:02}" if at else ""


def could_come(found: Iterable[tuple[Waiting, Slot]], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Each with the first free place of the day."""
    return [{**_line(waiting), **_offer(waiting, slot, zone)} for waiting, slot in found]


def _offer(waiting: Waiting, slot: Slot, zone: ZoneInfo) -> dict[str, str]:
    at = clock_time(slot.scheduled_at, zone)
    query = urlencode({"at": f"{slot.scheduled_at.astimezone(zone):%Y-%m-%dT%H:%M}", "chair": slot.chair})
    place = _("%(at)s, chair %(chair)s") % {"at": at, "chair": slot.chair} if slot.chair else at
    return {"place": place, "url": f"{reverse('sessions_app:take-place', args=[waiting.pk])}?{query}"}


def _line(waiting: Waiting) -> dict[str, Any]:
    patient = waiting.course.patient
    return {
        "name": patient.full_name,
        "phone": patient.phone,
        "patient_url": reverse("sessions_app:patient-page", args=[patient.person_id]),
        "wish": wish_words(waiting),
        "note": waiting.note,
    }


def waiting_page(waits: Iterable[Waiting], *, today: date) -> dict[str, Any]:
    """Context of ``sessions_app/waiting.html``."""
    return {
        "rows": [
            {
                **_line(waiting),
                "over": waiting.last_date < today,
                "take_url": reverse("sessions_app:take-place", args=[waiting.pk]),
                "end_url": reverse("sessions_app:end-waiting", args=[waiting.pk]),
            }
            for waiting in waits
        ],
    }
