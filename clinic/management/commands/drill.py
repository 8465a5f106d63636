"""The restore, rehearsed beside a clinic at work (docs/operations.md, 5): dump, restore into a server made for it,
verify, compare. The times are those of this machine and this much data."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction

from clinic import clock
from clinic.embedded_postgres import EmbeddedPostgres
from clinic.postgres_host import binaries
from clinic.restored import Fingerprint, differences, fingerprint
from clinic.seal import new_key, seal


class Command(BaseCommand):
    help = "Rehearses a restore: dumps this database, restores it into a server of its own, verifies and compares."

    def handle(self, *args: Any, **said: Any) -> None:
        with tempfile.TemporaryDirectory(prefix="vigil-drill-") as folder:
            self.rehearse(Path(folder))

    def rehearse(self, folder: Path) -> None:
        dump, sealed = folder / "vigil.dump", folder / "seal.json"
        private, public = new_key()
        began = perf_counter()
        with self.step("dumped"):
            written = self.dump(dump, sealed, private)
        with EmbeddedPostgres(folder / "restored") as server:
            addresses = server.addresses()
            self.variables = {"DATABASE_URL": addresses.application, "DATABASE_OWNER_URL": addresses.owner}
            self.variables |= {"DEBUG": "1", "SEALING_KEY": ""}
            with self.step(f"restored, {dump.stat().st_size / 1e6:.1f} MB"):
                restore = [str(binaries() / "pg_restore"), "--schema=public", "--no-owner", "--no-privileges"]
                self.run([*restore, "--exit-on-error", f"--dbname={addresses.owner}", str(dump)])
            with self.step("prepared: migrations, programmes, grants"):
                self.manage("prepare_database", "--verbosity=0")
            with self.step("verified"):
                self.stdout.write(self.manage("verify_audit", f"--seal={sealed}", f"--public-key={public}"), ending="")
            with self.step("compared"), closing(psycopg2.connect(addresses.application)) as opened:
                found = differences(written, fingerprint(opened.cursor()))
        if found:
            raise CommandError("What was restored is not what was dumped.\n" + "\n".join(found))
        rows, tables = sum(table.rows for table in written.tables.values()), len(written.tables)
        self.stdout.write(f"{rows} rows in {tables} tables are the same; {perf_counter() - began:.1f} s in all.")

    def dump(self, dump: Path, sealed: Path, key: str) -> Fingerprint:
        """What is dumped, sealed and compared is one moment of the record, however much is written meanwhile."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SELECT pg_export_snapshot()")
                command = [str(binaries() / "pg_dump"), "--format=custom", "--schema=public", f"--file={dump}"]
                self.variables = _login()
                self.run([*command, f"--snapshot={cursor.fetchone()[0]}"])
                sealed.write_text(seal(key=key, now=clock.now()))
                return fingerprint(cursor)
        except OperationalError as error:
            raise CommandError("The database does not answer: start the demo, or set DATABASE_URL.") from error

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self.stdout.write(f"{perf_counter() - began:6.1f} s  {what}")

    def manage(self, *command: str) -> str:
        return self.run([sys.executable, str(settings.BASE_DIR / "manage.py"), *command])

    def run(self, command: list[str]) -> str:
        """Raises CommandError with what it said."""
        variables = {**os.environ, **self.variables}
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CommandError(f"{Path(command[0]).name} failed.\n{done.stdout}{done.stderr}")
        return done.stdout


def _login() -> dict[str, str]:
    """For PostgreSQL's own programs: reading takes no more than the application's role. Not as arguments, which
    everybody on the machine can read."""
    said = connection.settings_dict
    names = {"PGDATABASE": "NAME", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGHOST": "HOST", "PGPORT": "PORT"}
    login = {name: said[key] for name, key in names.items()} | {"PGSSLMODE": said["OPTIONS"].get("sslmode")}
    return {name: str(value) for name, value in login.items() if value}
