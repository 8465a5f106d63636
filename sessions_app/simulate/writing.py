"""What is copied is written by a process of its own: one writes while the database takes in what came before."""

import gc
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import Random

from sessions_app.simulate.calendar import fill
from sessions_app.simulate.ledger import Ledger
from sessions_app.simulate.place import Place
from sessions_app.simulate.registry import Clinic

PATIENTS_OF_CLINIC = 400
DAYS = 1767  # 58 months, as the published analysis
AT_ONCE = 250  # sessions


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


@dataclass(frozen=True)
class Head:
    """Where the chain of a clinic stands."""

    chain_id: str
    sequence: int
    link: str


@dataclass(frozen=True)
class Batch:
    """Of one clinic. ``texts``: COPY's, by table; ``sessions``, ``filings``: those of earlier batches, as they stand by
    now; ``so_far``: its sessions until here."""

    place: Place
    so_far: int
    head: Head
    texts: dict[str, tuple[tuple[str, ...], bytes]] = field(default_factory=dict)
    sessions: list[tuple[str, int]] = field(default_factory=list)
    filings: list[tuple[str, str, str]] = field(default_factory=list)


def written(registry: Registry, clinics: list[tuple[Place, Head]]) -> Iterator[Batch]:
    """One clinic after the other, each in the order of time; the next batch is written while one is looked at. Raises
    what went wrong over there."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_write, args=(there, here, registry, clinics), daemon=True)
    process.start()
    there.close()
    try:
        while (batch := here.recv()) is not None:
            if isinstance(batch, BaseException):
                raise batch
            yield batch
    finally:
        process.kill()
        process.join()


def _write(there: Connection, here: Connection, registry: Registry, clinics: list[tuple[Place, Head]]) -> None:
    """In the other process, which has no use for the database and ends with the first."""
    here.close()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)
    gc.disable()  # nothing here refers to itself, and what is kept to the end was looked through again and again
    try:
        for number, (place, head) in enumerate(clinics):
            for batch in _of_clinic(registry, number, place, head):
                there.send(batch)
        there.send(None)
    except BrokenPipeError:
        pass
    except Exception as problem:
        there.send(problem)


def _of_clinic(registry: Registry, number: int, place: Place, head: Head) -> Iterator[Batch]:
    random = Random(f"{registry.seed} {number}")  # noqa: S311  (repeated by the seed)
    appointments = fill(random, registry.numbers(number), first_day=registry.first_day, days=DAYS, zone=place.zone)
    ledger = Ledger(random, place.facility_id, head.chain_id, head.sequence, head.link)
    clinic = Clinic(place, ledger, appointments, random)
    sent = 0
    for sessions in clinic.days():
        if sessions - sent >= AT_ONCE:
            yield _batch(clinic)
            sent = sessions
    yield _batch(clinic)


def _batch(clinic: Clinic) -> Batch:
    ledger = clinic.ledger
    texts = {label: (table.columns, table.taken()) for label, table in ledger.tables.items() if table.lines}
    moved, clinic.moved = {each.row["id"]: each for each in clinic.moved}, []
    return Batch(
        clinic.place,
        clinic.sessions,
        Head(ledger.chain_id, ledger.sequence, ledger.link),
        texts,
        [(key, each.row["last_order"]) for key, each in moved.items()],
        [(each.filing["id"], each.filing["state"], each.filing["step_id"]) for each in moved.values()],
    )
