"""The clock's own work, whether or not anybody looks at a screen: alarms are raised, told and cleared."""

import signal
import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from clinic import clock
from clinic.actions.staff import system_person
from sessions_app.actions.alarm import raise_alarms
from sessions_app.models.alarm_state import alarm_states, facilities_to_look_at, sessions_to_look_at

logger = structlog.get_logger(__name__)
# As long as a page is good for: what changes by time alone is known beforehand, whatever else is written down here.
AT_LEAST_EVERY = timedelta(minutes=5)


class Command(BaseCommand):
    help = "Raises alarms that are due, tells prescribers of those nobody has, and clears those whose cause is gone."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, default=5, help="seconds between two looks (5)")
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        every = options["every"]
        if not 1 <= every <= 60:
            raise CommandError("Between 1 and 60 seconds.")
        if options["once"]:
            look(clock.now(), Seen())
            return
        stop, seen = threading.Event(), Seen()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            look_again_after_trouble(clock.now(), seen)
            stop.wait(every)


class Seen:
    """What the last look at each facility is good for: until something is written there, or time alone may change
    something, and never for longer than five minutes."""

    def __init__(self) -> None:
        self._good: dict[UUID, tuple[int, datetime, datetime]] = {}

    def still_holds(self, facility_id: UUID, sequence: int, now: datetime) -> bool:
        written, since, until = self._good.get(facility_id, (-1, now, now))
        return written == sequence and since <= now < until

    def note(self, facility_id: UUID, sequence: int, now: datetime, until: datetime | None) -> None:
        longest = now + AT_LEAST_EVERY
        self._good[facility_id] = (sequence, now, min(until, longest) if until else longest)


def look_again_after_trouble(now: datetime, seen: Seen) -> None:
    """One look; a database that is away, or anything else that goes wrong, ends this look and not the next."""
    try:
        close_old_connections()
        look(now, seen)
    except Exception as error:
        # The kind of trouble alone: a database's message repeats rows.
        logger.warning("alarms_not_looked_at", trouble=type(error).__name__)
        if isinstance(error, DatabaseError | InterfaceError):
            connection.close()


def look(now: datetime, seen: Seen) -> None:
    """Every facility of which the last look no longer holds, at the same number of queries however many chairs; only
    where something is to be written is a session locked and read anew."""
    for facility_id, sequence in facilities_to_look_at():
        if not seen.still_holds(facility_id, sequence, now):
            seen.note(facility_id, sequence, now, _look_at(facility_id, now))


def _look_at(facility_id: UUID, now: datetime) -> datetime | None:
    """Until when it holds."""
    states, until = alarm_states(sessions_to_look_at(facility_id), at=now)
    for dosing_session, state in states:
        if not state.is_complete(now=now):
            try:
                raise_alarms(dosing_session=dosing_session, by=system_person(now=now), now=now)
            except DatabaseError as error:  # somebody writes on it for long: at the next look
                logger.warning("alarms_not_raised", facility=str(facility_id), trouble=type(error).__name__)
                if connection.connection is None or connection.connection.closed:
                    raise
                until = now
    return until
