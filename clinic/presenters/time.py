"""Times as people read them: 24 h, in the facility's zone, with its abbreviation where it is first read."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """``9:05``; ``1:05 EST`` in the hour that comes twice when clocks go back."""
    return clock_time_with_zone(at, zone) if _comes_twice(at, zone) else _clock(at, zone)


def clock_time_to_the_second(at: datetime, zone: ZoneInfo) -> str:
    """``9:05:03``."""
    return f"{_clock(at, zone)}:{at.second:02}"


def _clock(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.hour}:{local.minute:02}"


def _comes_twice(at: datetime, zone: ZoneInfo) -> bool:
    local = at.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def zone_name(at: datetime, zone: ZoneInfo) -> str:
    """``EDT``."""
    return at.astimezone(zone).tzname() or str(zone)


def clock_time_with_zone(at: datetime, zone: ZoneInfo) -> str:
    return f"{_clock(at, zone)} {zone_name(at, zone)}"


def running_clock(now: datetime, zone: ZoneInfo) -> dict[str, str]:
    """What time it is, which script carries on."""
    return {"time": _clock(now, zone), "zone": zone_name(now, zone), "iso": now.astimezone(zone).isoformat()}


def calendar_day(day: date) -> str:
    """``14 Apr 2026``."""
    return formats.date_format(day, "j M Y")


def whole_minutes(span: timedelta) -> int:
    """Minutes begun: what is left of a span, rounded up."""
    return -int(-span.total_seconds() // 60)


def countdown(span: timedelta) -> str:
    """``06:12`` under an hour, ``1 h 23`` above."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 3600:
        return f"{seconds // 60:02}:{seconds % 60:02}"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02}"


def elapsed(span: timedelta) -> str:
    """``1:23``: hours and minutes, as inside a ring."""
    minutes = max(0, int(span.total_seconds()) // 60)
    return f"{minutes // 60}:{minutes % 60:02}"
