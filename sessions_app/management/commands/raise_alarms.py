"""The clock's own work, whether or not anybody looks at a screen: alarms are raised, told and cleared."""

import signal
import threading
from datetime import datetime
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from clinic import clock
from clinic.actions.staff import system_person
from clinic.models import Facility, User
from sessions_app.actions.alarm import raise_alarms
from sessions_app.models.alarm_state import alarm_states, facilities_to_look_at, sessions_to_look_at

logger = structlog.get_logger(__name__)


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
            look(clock.now())
            return
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            look_again_after_trouble(clock.now())
            stop.wait(every)


def look_again_after_trouble(now: datetime) -> None:
    """One look; a database that is away, or anything else that goes wrong, ends this look and not the next."""
    try:
        close_old_connections()
        look(now)
    except Exception as error:
        # The kind of trouble alone: a database's message repeats rows.
        logger.warning("alarms_not_looked_at", trouble=type(error).__name__)
        if isinstance(error, DatabaseError | InterfaceError):
            connection.close()


def look(now: datetime) -> None:
    """Every facility at the same number of queries however many chairs; only where something is to be written is a
    session locked and read anew."""
    for facility in facilities_to_look_at():
        _look_at(facility, system_person(now=now), now)


def _look_at(facility: Facility, by: User, now: datetime) -> None:
    for dosing_session, state in alarm_states(sessions_to_look_at(facility), at=now):
        if not state.is_complete(now=now):
            try:
                raise_alarms(dosing_session=dosing_session, by=by, now=now)
            except DatabaseError as error:  # somebody writes on it for long: at the next look
                logger.warning("alarms_not_raised", facility=str(facility.pk), trouble=type(error).__name__)
                if connection.connection is None or connection.connection.closed:
                    raise
