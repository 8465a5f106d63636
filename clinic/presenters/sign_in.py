"""One's own sign-ins, as one recognises them: which browser, since when, from where."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from clinic.models import AtTheDoor
from clinic.presenters.time import calendar_day, clock_time_with_zone

# The first that is found in what a browser says of itself.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPad": "iPad",
    "iPhone": "iPhone",
    "Android": "Android",
    "CrOS": "Chromebook",
    "Windows": "Windows",
    "Mac": "Mac",
    "Linux": "Linux",
}


def browser_name(said: str) -> str:
    """``Chrome, Windows``: from the User-Agent header."""
    found = [next((name for word, name in known.items() if word in said), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found)) or _("Another browser")


def day_and_time(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """``14 Apr 2026, 9:05 EDT``; of today the time alone."""
    day, time = at.astimezone(zone).date(), clock_time_with_zone(at, zone)
    return time if day == now.astimezone(zone).date() else f"{calendar_day(day)}, {time}"


def shown_sign_in(
    session: dict[str, Any], *, which: str, current: bool, zone: ZoneInfo, now: datetime
) -> dict[str, Any]:
    """``session``: what is kept in it; ``which`` stands for it in the form that ends it."""
    said = session.get("sign_in", {})
    used = session.get("active_at")
    return {
        "which": which,
        "current": current,
        "browser": browser_name(said.get("browser", "")),
        "address": said.get("address", ""),
        "since": day_and_time(datetime.fromisoformat(said["at"]), zone, now) if said else "",
        "used": day_and_time(datetime.fromtimestamp(used, UTC), zone, now) if used else "",
        "tablet": session.get("second_factor") == "tablet",
    }


def shown_passage(row: AtTheDoor, *, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """One line of who came and went."""
    where = row.tablet.name if row.tablet else browser_name(row.browser)
    at = day_and_time(row.recorded_at, zone, now) if row.recorded_at else ""
    return {"what": row.get_passage_display(), "where": where, "at": at, "address": row.address}
