"""The one place where a view reads the time.

Nothing moves it in a served process: no setting, header, cookie or variable is looked at. Tests and
``demo --check`` replace these two functions inside their own process.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from clinic.rules.refusals import ClearedBy, Refusal

TOLERANCE = timedelta(seconds=5)


def now() -> datetime:
    """The server's clock, aware UTC."""
    return timezone.now()


def database_now() -> datetime:
    """The database's clock, aware UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def clock_refusals(at: datetime) -> tuple[Refusal, ...]:
    """CLOCK when a view's ``now`` is more than 5 s off the database's clock: no gate is judged by a clock that
    one of the two machines has wrong."""
    off_by = abs(at - database_now())
    if off_by <= TOLERANCE:
        return ()
    return (Refusal("CLOCK", {"seconds": int(off_by.total_seconds())}, None, (ClearedBy.NOBODY,)),)
