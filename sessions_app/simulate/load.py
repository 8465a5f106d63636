"""A made-up registry into the database: by COPY, as its owner, one clinic in one transaction. docs/decisions/0043."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from clinic.models import AuditChain
from sessions_app.demo.back_date import back_dated
from sessions_app.simulate.calendar import fill
from sessions_app.simulate.clinic import open_place, open_registry
from sessions_app.simulate.ledger import Ledger
from sessions_app.simulate.place import Place
from sessions_app.simulate.proof import offenders
from sessions_app.simulate.registry import Clinic

PATIENTS_OF_CLINIC = 400
DAYS = 1767  # 58 months, as the published analysis
FLUSHED_AFTER = 250  # sessions

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
    *("sessions_app.LeftEarly", "sessions_app.Transfer", "sessions_app.Filing", "sessions_app.FilingStep"),
    *("sessions_app.FilingAnswer", "sessions_app.FilingVersion", "sessions_app.FilingOutcome", "clinic.Signature"),
    "clinic.AuditEvent",
)


class NotAsWritten(Exception):
    """What was copied does not hold to a rule that a trigger would have kept; nothing of it stays."""


@dataclass(frozen=True)
class Registry:
    """``patients`` made with ``seed``; everything happened by ``until``."""

    patients: int
    seed: int
    until: date

    @property
    def first_day(self) -> date:
        return self.until - timedelta(days=DAYS)

    @property
    def clinics(self) -> int:
        return -(-self.patients // PATIENTS_OF_CLINIC)

    def numbers(self, clinic: int) -> range:
        first = clinic * PATIENTS_OF_CLINIC
        return range(first + 1, min(first + PATIENTS_OF_CLINIC, self.patients) + 1)


def load(registry: Registry, *, tell: Callable[[Place, int], None]) -> int:
    """How many sessions there are; all of it, or nothing. ``tell`` hears of each clinic when it is in. Raises
    NotAsWritten."""
    opened = datetime.combine(registry.first_day - timedelta(days=20), time(12), tzinfo=UTC)
    total = 0
    with transaction.atomic(), connection.cursor() as cursor:
        with back_dated():
            organisation, administrator = open_registry(opened=opened)
            numbers = range(registry.clinics)
            places = [open_place(organisation, administrator, number, opened=opened) for number in numbers]
        with copied(cursor):
            for number, place in enumerate(places):
                total += load_clinic(cursor, registry, place, number)
                tell(place, total)
            cursor.execute("ANALYZE")
            if found := [each for place in places for each in offenders(cursor, place.facility_id)]:
                raise NotAsWritten("; ".join(found))
    return total


def load_clinic(cursor: Any, registry: Registry, place: Place, number: int) -> int:
    random = Random(f"{registry.seed} {number}")  # noqa: S311  (repeated by the seed)
    appointments = fill(random, registry.numbers(number), first_day=registry.first_day, days=DAYS, zone=place.zone)
    chain = AuditChain.objects.get(facility=UUID(place.facility_id))
    ledger = Ledger(random, place.facility_id, str(chain.pk), chain.last_sequence, chain.last_link)
    clinic = Clinic(place, ledger, appointments, random)
    written = 0
    for sessions in clinic.days():
        if sessions - written >= FLUSHED_AFTER:
            flush(cursor, clinic)
            written = sessions
    flush(cursor, clinic)
    ends = [ledger.sequence, ledger.link, ledger.chain_id]
    cursor.execute("UPDATE clinic_auditchain SET last_sequence = %s, last_link = %s WHERE id = %s", ends)
    return clinic.sessions


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
    tables = [*(_table(label) for label in TABLES), "clinic_auditchain"]
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


def _table(label: str) -> str:
    return label.replace(".", "_").lower()


def flush(cursor: Any, clinic: Clinic) -> None:
    """What is written so far, and where the sessions and filings of earlier days stand by now."""
    tables = clinic.ledger.tables
    for label in TABLES:
        if label in tables and tables[label].lines:
            columns = ", ".join(f'"{name}"' for name in tables[label].columns)
            cursor.copy_expert(
                f"COPY {tables[label].name} ({columns}) FROM STDIN", StringIO("".join(tables[label].taken()))
            )
    if unknown := [label for label, table in tables.items() if table.lines]:
        raise ValueError(f"nobody copies {unknown}")
    moved, clinic.moved = {each.row["id"]: each for each in clinic.moved}, []
    if moved:
        cursor.execute(
            "UPDATE sessions_app_dosingsession s SET last_order = m.o FROM unnest(%s::uuid[], %s::int[]) AS m(id, o)"
            " WHERE s.id = m.id",
            [list(moved), [each.row["last_order"] for each in moved.values()]],
        )
        filings = [each.filing for each in moved.values()]
        cursor.execute(
            "UPDATE sessions_app_filing f SET state = m.state, step_id = m.step"
            " FROM unnest(%s::uuid[], %s::text[], %s::uuid[]) AS m(id, state, step) WHERE f.id = m.id",
            [[row[name] for row in filings] for name in ("id", "state", "step_id")],
        )
