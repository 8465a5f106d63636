"""The clock's own work on forms: sessions dosed before Vigil kept filings get theirs, and every filing is brought to
where it stands by now."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.cache import cache
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from clinic import clock
from clinic.actions.staff import system_person
from sessions_app.actions.filing import keep_filing
from sessions_app.models.filing_keep import sessions_to_keep

logger = structlog.get_logger(__name__)
KEPT = "filings_kept"  # up to when everything that was recorded has been followed
STILL_WRITTEN = timedelta(minutes=10)  # a row may be seen that much later than it says it was recorded


class Command(BaseCommand):
    help = "Opens filings for sessions dosed before there were any, and brings each to where it stands. Run it hourly."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        looked_at = keep(clock.now())
        if options["verbosity"]:
            self.stdout.write(f"{looked_at} looked at")


def keep(now: datetime) -> int:
    """Session by session, each in its own transaction; one that cannot be written to now is left to the next run. What
    is forgotten of when that last was is no loss: then all are looked at."""
    began, looked_at, left = clock.database_now(), 0, 0
    for dosing_session in sessions_to_keep(since=cache.get(KEPT)):
        try:
            keep_filing(dosing_session=dosing_session, by=system_person(now=now), now=now)
            looked_at += 1
        except DatabaseError as error:
            left += 1
            logger.warning("filing_not_kept", facility=str(dosing_session.facility_id), trouble=type(error).__name__)
            if connection.connection is None or connection.connection.closed:
                raise
    if not left:
        cache.set(KEPT, began - STILL_WRITTEN, timeout=None)
    return looked_at
