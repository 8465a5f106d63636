"""Is the record as it was written? For whoever does not take our word: docs/verify.md has the format."""

import sys
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from clinic.models import AuditChain
from clinic.seal import NotASeal, broken_seals, read_seal
from clinic.verification import Checked, verify

# So many are named; after the first the rest follow from it more often than not.
NAMED = 20
EVERY = 10.0  # seconds


class Command(BaseCommand):
    help = "Checks every audit chain, and every row it covers; with --seal also that nothing sealed is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seal", type=Path, help="a file that seal_audit wrote, kept elsewhere since")
        parser.add_argument("--processes", type=int, default=1, help="how many chains are checked at once")
        parser.add_argument("--public-key", default="", help="the key it was sealed with, as kept elsewhere")

    def handle(self, *args: Any, **said: Any) -> None:
        try:
            AuditChain.objects.exists()
        except OperationalError as error:
            raise CommandError("The database does not answer: start the demo, or set DATABASE_URL.") from error
        events, rows, problems, started = 0, 0, [], perf_counter()
        for name, checked, found in all_checked(said["processes"]):
            events, rows = events + checked.events, rows + checked.rows
            problems += found
            self.stdout.write(f"{name}: {checked.events} events, {'as written' if not found else found[0]}")
        if said["seal"]:
            problems += self.sealed(said["seal"], said["public_key"])
        seconds = max(perf_counter() - started, 1e-6)
        self.stdout.write(f"{events} events, {rows} rows, {seconds:.1f} s, {events / seconds:.0f} events/s")
        if problems:
            more = f"\n... and {len(problems) - NAMED} more" if len(problems) > NAMED else ""
            raise CommandError("The record is not as it was written.\n" + "\n".join(problems[:NAMED]) + more)
        self.stdout.write("Every chain is unbroken, and every row stands as it was written.")

    def sealed(self, file: Path, public_key: str) -> list[str]:
        if not public_key:
            raise CommandError("--public-key is needed: whoever changed the record could change the seal's own.")
        try:
            heads = read_seal(file.read_text(), public_key=public_key)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except NotASeal:
            return [f"{file}: no seal of this key, or changed since"]
        wrong = broken_seals(heads)
        self.stdout.write(f"{file}: {len(heads)} chains sealed, {'all there' if not wrong else wrong[0]}")
        return wrong


class Telling(Checked):
    """A long chain says now and then how far it has come."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.told_at = name, perf_counter()

    def go_on(self) -> None:
        if perf_counter() - self.told_at >= EVERY:
            self.told_at = perf_counter()
            sys.stdout.write(f"{self.name}: {self.events} events so far\n")
            sys.stdout.flush()


Found = tuple[str, Checked, list[str]]


def all_checked(processes: int) -> Iterator[Found]:
    """Of each chain its name, how much was gone through and everything that is wrong, as it comes."""
    keys = list(AuditChain.objects.order_by("pk").values_list("pk", flat=True))
    if processes < 2:
        yield from map(checked, keys)
        return
    connection.close()  # each process opens its own
    with get_context("fork").Pool(processes) as pool:
        yield from pool.imap_unordered(checked, keys)
        pool.close()
        pool.join()  # before it is ended: whoever started us may hear that as being told to stop


def checked(key: UUID) -> Found:
    chain = AuditChain.objects.select_related("facility").get(pk=key)
    name = str(chain.facility or "the system")
    gone_through = Telling(name)
    return name, gone_through, [f"{name}, {problem}" for problem in verify(chain, gone_through)]
