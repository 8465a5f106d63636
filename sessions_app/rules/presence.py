"""Until when somebody who came counts as on site: until they leave, else until closing time or the end of the last
session, whichever is later. A session past midnight keeps its people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.rules.local_time import day_span

# Nobody counts as here for longer without having come again: a session that nobody closed holds no one for ever [D].
LONGEST = timedelta(hours=20)


@dataclass(frozen=True)
class Span:
    """A session, from check-in to its end (None: still open)."""

    began_at: datetime
    ended_at: datetime | None


def closes_at(arrived_at: datetime, *, closing: time | None, zone: ZoneInfo) -> datetime:
    """Closing time of the day of an arrival; its midnight where the facility has none, and for whoever came after it.
    Where the clock
    shows it twice, or never, the later moment."""
    day = arrived_at.astimezone(zone).date()
    midnight = day_span(day, zone)[1]
    if closing is None:
        return midnight
    wall = datetime.combine(day, closing, tzinfo=zone)
    closes = max(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return closes if arrived_at < closes else midnight


def on_site_until(
    arrived_at: datetime, *, closing: time | None, zone: ZoneInfo, sessions: Iterable[Span] = ()
) -> datetime:
    """The first moment at which an arrival without a departure no longer counts."""
    until, longest = closes_at(arrived_at, closing=closing, zone=zone), arrived_at + LONGEST
    for session in sorted(sessions, key=lambda span: span.began_at):
        if session.began_at < until:
            until = max(until, session.ended_at or longest)
    return min(until, longest)
