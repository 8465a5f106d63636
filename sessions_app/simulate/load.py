"""A made-up registry into the database: by COPY, as its owner, in one transaction. docs/decisions/0043."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction

from clinic.models import AuditChain
from sessions_app.demo.back_date import back_dated
from sessions_app.simulate.clinic import open_place, open_registry
from sessions_app.simulate.place import Place
from sessions_app.simulate.proof import offenders
from sessions_app.simulate.tables import NULL
from sessions_app.simulate.writing import Batch, Head, Registry, written

# In the order in which one refers to another.
TABLES = (
    *("clinic.Entry", "clinic.Patient", "clinic.Enrolment", "clinic.Counselling", "clinic.Delivery", "clinic.Device"),
    *("sessions_app.Course", "sessions_app.DosingSession", "sessions_app.Transition"),
    *("sessions_app.IntakeReport", "sessions_app.Answer", "sessions_app.EnrolmentVerification"),
    *(
        "sessions_app.WayHomeArrangement",
        "sessions_app.Check",
        "sessions_app.SignObservation",
        "sessions_app.SignEvent",
    ),
    *("sessions_app.DoseOrder", "sessions_app.Clearance", "sessions_app.DeviceAdministration", "clinic.StockMovement"),
    *("sessions_app.DeviceOutcome", "sessions_app.Deviation", "sessions_app.SeriousEvent"),
    *("sessions_app.InstructionsGiven", "sessions_app.ReadinessAssessment", "sessions_app.Discharge"),
    *("sessions_app.LeftEarly", "sessions_app.FollowUpCall", "sessions_app.Transfer"),
    *("sessions_app.Filing", "sessions_app.FilingStep"),
    *("sessions_app.FilingAnswer", "sessions_app.FilingVersion", "sessions_app.FilingOutcome", "clinic.Signature"),
    "clinic.AuditEvent",
)


AT_ONCE = 1 << 18  # bytes of COPY's text


class NotAsWritten(Exception):
    """What was copied does not hold to a rule that a trigger would have kept; nothing of it stays."""


def load(registry: Registry, *, tell: Callable[[Batch], None], throw_away: bool = False) -> int:
    """How many sessions there are; all of it, or nothing. ``tell`` hears of each batch when it is in. ``throw_away``:
    into a database that was made for this, in which nobody wrote yet. Raises NotAsWritten."""
    opened = datetime.combine(registry.first_day - timedelta(days=20), time(12), tzinfo=UTC)
    sessions: dict[str, int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        if throw_away:
            # PostgreSQL keeps no journal of what is copied into a table of the same transaction.
            cursor.execute("TRUNCATE clinic_entry, clinic_auditevent CASCADE")
        with back_dated():
            organisation, administrator = open_registry(opened=opened)
            numbers = range(registry.clinics)
            places = [open_place(organisation, administrator, number, opened=opened) for number in numbers]
            clinics = [(place, head_of(place)) for place in places]
        with copied(cursor):
            for batch in written(registry, clinics):
                take(cursor, batch)
                tell(batch)
                sessions[batch.place.facility_id] = batch.so_far
            cursor.execute("ANALYZE")
            if found := [each for place in places for each in offenders(cursor, place.facility_id)]:
                raise NotAsWritten("; ".join(found))
    return sum(sessions.values())


def head_of(place: Place) -> Head:
    chain = AuditChain.objects.get(facility=UUID(place.facility_id))
    return Head(str(chain.pk), chain.last_sequence, chain.last_link)


FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
WHERE contype = 'f' AND conenforced AND conrelid = ANY(%s::regclass[]) ORDER BY 1, 2
"""


@contextmanager
def copied(cursor: Any) -> Iterator[None]:
    """Checks and unique keys hold as ever. Foreign keys are held by the database itself, of all rows at once, when
    this ends. Row triggers rest, since what they watch are steps, and here everything comes as it stands in the end;
    what each keeps is asked at the end too (proof.py)."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table is not altered while its own rows wait for the end
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    tables = [*(table_of(label) for label in TABLES), "clinic_auditchain"]
    cursor.execute(FOREIGN_KEYS, [tables])
    keys = [f"ALTER TABLE {table} ALTER CONSTRAINT {name}" for table, name in cursor.fetchall()]
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for key in keys:
        cursor.execute(f"{key} NOT ENFORCED")
    yield
    for key in keys:
        cursor.execute(f"{key} ENFORCED")
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def table_of(label: str) -> str:
    return apps.get_model(label)._meta.db_table


def take(cursor: Any, batch: Batch) -> None:
    """What was written, and where the sessions and filings of earlier days and the chain stand by now."""
    if unknown := batch.texts.keys() - set(TABLES):
        raise ValueError(f"nobody copies {sorted(unknown)}")
    for label in TABLES:
        if label in batch.texts:
            columns, text = batch.texts[label]
            names = ", ".join(f'"{name}"' for name in columns)
            copy = f"COPY {table_of(label)} ({names}) FROM STDIN (NULL '{NULL}')"
            cursor.copy_expert(copy, BytesIO(text), AT_ONCE)
    if batch.sessions:
        cursor.execute(
            "UPDATE sessions_app_dosingsession s SET last_order = m.o FROM unnest(%s::uuid[], %s::int[]) AS m(id, o)"
            " WHERE s.id = m.id",
            [list(column) for column in zip(*batch.sessions, strict=True)],
        )
        cursor.execute(
            "UPDATE sessions_app_filing f SET state = m.state, step_id = m.step"
            " FROM unnest(%s::uuid[], %s::text[], %s::uuid[]) AS m(id, state, step) WHERE f.id = m.id",
            [list(column) for column in zip(*batch.filings, strict=True)],
        )
    head = [batch.head.sequence, batch.head.link, batch.head.chain_id]
    cursor.execute("UPDATE clinic_auditchain SET last_sequence = %s, last_link = %s WHERE id = %s", head)
