"""Is the record as it was written? For whoever does not take our word: docs/verify.md has the format."""

from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from clinic.models import AuditChain
from clinic.seal import NotASeal, broken_seals, read_seal
from clinic.verification import Checked, verify

# So many are named; after the first the rest follow from it more often than not.
NAMED = 20


class Command(BaseCommand):
    help = "Checks every audit chain, and every row it covers; with --seal also that nothing sealed is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seal", type=Path, help="a file that seal_audit wrote, kept elsewhere since")
        parser.add_argument("--public-key", default="", help="the key it was sealed with, as kept elsewhere")

    def handle(self, *args: Any, **said: Any) -> None:
        try:
            AuditChain.objects.exists()
        except OperationalError as error:
            raise CommandError("The database does not answer: start the demo, or set DATABASE_URL.") from error
        checked, problems, started = Checked(), [], perf_counter()
        for chain in AuditChain.objects.select_related("facility").order_by("pk"):
            name, before = str(chain.facility or "the system"), checked.events
            found = [f"{name}, {problem}" for problem in verify(chain, checked)]
            problems += found
            self.stdout.write(f"{name}: {checked.events - before} events, {'as written' if not found else found[0]}")
        if said["seal"]:
            problems += self.sealed(said["seal"], said["public_key"])
        seconds = max(perf_counter() - started, 1e-6)
        self.stdout.write(
            f"{checked.events} events, {checked.rows} rows, {seconds:.1f} s, {checked.events / seconds:.0f} events/s"
        )
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
