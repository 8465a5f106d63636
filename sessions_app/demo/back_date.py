"""Sample data that looks as if the day had really passed.

``recorded_at`` is stamped by a trigger that no statement of the application gets around. While the sample data is
made, and inside that one transaction, the database's owner lets the trigger stamp each row with the time its action
was done; otherwise every line of the demo would say that it was entered at the minute of the first start.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_STAMP = """
CREATE OR REPLACE FUNCTION vigil_stamp_recorded_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.recorded_at := {stamp};
    RETURN NEW;
END $$
"""
_AS_IT_HAPPENED = "coalesce((to_jsonb(NEW) ->> 'occurred_at')::timestamptz, clock_timestamp())"


@contextmanager
def back_dated() -> Iterator[None]:
    """Only the owner can do this, and only in a transaction: whatever fails puts the real stamp back."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP.format(stamp=_AS_IT_HAPPENED))
        yield
        cursor.execute(_STAMP.format(stamp="clock_timestamp()"))
