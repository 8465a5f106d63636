"""A typed clock time becomes a moment: in the facility's zone, with the two hours a year that are not plain."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.rules.refusals import Refusal, field_refusal


def is_missing(day: date, clock: time, zone: ZoneInfo) -> bool:
    """Clocks went forward over this time: no clock on the wall ever showed it."""
    local = datetime.combine(day, clock, tzinfo=zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None)


def is_ambiguous(day: date, clock: time, zone: ZoneInfo) -> bool:
    """Clocks went back over this time: it came twice, and the form asks which."""
    first = datetime.combine(day, clock, tzinfo=zone)
    return first.utcoffset() != first.replace(fold=1).utcoffset() and not is_missing(day, clock, zone)


def moment(
    clock: time, *, day: date, zone: ZoneInfo, second_time: bool | None, name: str
) -> tuple[datetime | None, tuple[Refusal, ...]]:
    """The moment in UTC, or why it needs another look. ``second_time`` answers an ambiguous hour: False is the
    first pass of the clock (summer time), True the second, None not asked yet."""
    if is_missing(day, clock, zone):
        return None, (field_refusal(name, "missing_hour", clock=clock),)
    if is_ambiguous(day, clock, zone) and second_time is None:
        return None, (field_refusal(name, "ambiguous_hour", clock=clock),)
    local = datetime.combine(day, clock, tzinfo=zone).replace(fold=1 if second_time else 0)
    return local.astimezone(UTC), ()


def likely_day(clock: time, *, now: datetime, zone: ZoneInfo, since: datetime | None, looks_back: bool) -> date:
    """The day a typed time belongs to: today; or yesterday, in a session that began before midnight, when today it
    would still be to come. ``looks_back``: asked of what lies behind ("last meal"), a time more than 12 hours ahead
    is yesterday's."""
    today = now.astimezone(zone).date()
    yesterday = today - timedelta(days=1)
    # In real time, by the first pass of an hour that came twice: 1:50 lies behind at 1:10 of the second.
    ahead = datetime.combine(today, clock, tzinfo=zone).astimezone(UTC) - now
    if looks_back and ahead > timedelta(hours=12):
        return yesterday
    began_before = since is not None and since.astimezone(zone).date() < today
    return yesterday if began_before and ahead > timedelta(minutes=2) else today


def day_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments at which a calendar day begins and ends in this zone."""
    begins, ends = (datetime.combine(each, time.min, tzinfo=zone) for each in (day, day + timedelta(days=1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)
