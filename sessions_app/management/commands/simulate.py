"""A made-up registry: as many patients as wanted, whose courses look like those that were published."""

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from clinic.embedded_postgres import EmbeddedPostgres
from clinic.grants import connect_as_owner
from clinic.models import Organisation
from sessions_app.management.commands.demo import close_connection, stopped_by_signals, use
from sessions_app.rules.published import TO
from sessions_app.simulate import room


class Command(BaseCommand):
    help = (
        "Fills an empty database with made-up patients (DATABASE_OWNER_URL), or compares some with what was published."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True, help="the same seed makes the same registry")
        parser.add_argument("--until", type=date.fromisoformat, default=TO, help=f"the last day ({TO})")
        parser.add_argument("--check", action="store_true", help="in a throw-away database, beside what was published")

    def handle(self, *args: Any, **said: Any) -> None:
        if said["patients"] < 1:
            raise CommandError("At least one patient is needed.")
        with stopped_by_signals():
            if said["check"]:
                self.compare(said)
            else:
                connect_as_owner()
                with connection.cursor() as cursor:
                    self.ask_for_room(said["patients"], room.folder_of(cursor))
                self.load(said)

    def ask_for_room(self, patients: int, folder: Path | None) -> None:
        """Says how much of the disk it will take, and refuses where that is not free."""
        needed = room.needed(patients) / 1e9
        self.stdout.write(f"{patients} patients take some {needed:.0f} GB of the database's disk.")
        if folder is None:
            self.stdout.write("Whether they are free there cannot be seen from here; if not, nothing of it stays.")
        elif missing := room.missing(patients, folder):
            raise CommandError(f"{missing / 1e9:.0f} GB of them are not free on the disk of {folder}.")

    def load(self, said: dict[str, Any], *, throw_away: bool = False) -> None:
        from sessions_app.simulate.load import load
        from sessions_app.simulate.writing import Batch, Registry

        if Organisation.objects.exists():
            raise CommandError("There is a clinic in this database; made-up patients go into an empty one.")
        began = perf_counter()
        registry = Registry(said["patients"], said["seed"], said["until"])
        place = ""

        def tell(batch: Batch) -> None:
            nonlocal place
            if batch.place.name != place:
                place = batch.place.name
                self.stdout.write(f"{place} ({perf_counter() - began:.0f} s)")
                self.stdout.flush()

        sessions = load(registry, tell=tell, throw_away=throw_away)
        seconds = perf_counter() - began
        bytes_each = database_bytes() / max(sessions, 1)
        self.stdout.write(
            f"{registry.patients} patients, {sessions} sessions, {seconds:.1f} s, {sessions / seconds:.0f} sessions/s,"
            f" {bytes_each / 1000:.0f} kB of disk each"
        )

    def compare(self, said: dict[str, Any]) -> None:
        from sessions_app.simulate.check import compare

        home = Path(tempfile.mkdtemp(prefix="vigil-simulate-"))
        try:
            self.ask_for_room(said["patients"], home)
            with EmbeddedPostgres(home, durable=False) as server:
                use(server)
                call_command("prepare_database", verbosity=0)
                self.load(said, throw_away=True)
                outside = compare(out=self.stdout)
                call_command("verify_audit", processes=os.cpu_count() or 1, stdout=self.stdout)
                close_connection()
        finally:
            shutil.rmtree(home, ignore_errors=True)
        if outside:
            raise CommandError(f"Outside its tolerance: {', '.join(outside)}.")


def database_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
