"""Everything in one command: a PostgreSQL of its own, sample data, and the production server."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.utils import timezone

from clinic import environment, grants, serving
from clinic.embedded_postgres import EmbeddedPostgres
from clinic.postgres_host import EmbeddedPostgresError, end_with_parent, write_private

START_TIMEOUT, STOP_TIMEOUT = 120, 15


class Command(BaseCommand):
    help = "Runs Vigil on this machine with sample data (Ctrl-C ends it), or checks one whole session."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="walk one session in a throw-away database")
        parser.add_argument("--reset", action="store_true", help="forget the demo's data and start over")
        parser.add_argument("--port", type=int, help="where to serve (or PORT in the environment; 8000)")
        parser.add_argument("--history", type=int, default=30, help="sessions behind the longest course (30)")

    def handle(self, *args: Any, **options: Any) -> None:
        with stopped_by_signals():
            try:
                if options["check"]:
                    self.check_one_session()
                else:
                    port = options["port"] or environment.number("PORT", 8000, minimum=1, maximum=65535)
                    self.run_demo(port=port, reset=options["reset"], history=options["history"])
            except EmbeddedPostgresError as error:
                raise CommandError(str(error)) from None
            except Stopped:
                self.stdout.write("Stopped.")

    def check_one_session(self) -> None:
        home = Path(tempfile.mkdtemp(prefix="vigil-check-"))
        try:
            with EmbeddedPostgres(home, durable=False) as server:
                use(server)
                call_command("prepare_database", verbosity=0)
                become_application()
                from sessions_app.demo import walk

                walk.walk_one_session(out=self.stdout)
                close_connection()
        finally:
            shutil.rmtree(home, ignore_errors=True)

    def run_demo(self, *, port: int, reset: bool, history: int) -> None:
        refuse_taken_port(port)
        home = settings.STATE_DIR / "demo"
        server = EmbeddedPostgres(home)
        if reset:
            server.erase()
        self.say("Starting the database ...")
        with server:
            use(server)
            self.prepare()
            self.make_it_now(history)
            become_application()
            close_connection()
            with web_server(port, secret_key=kept_secret(home)) as process, alarm_command():
                wait_until_ready(process, port)
                self.introduce(port)
                wait_until_ended(process)

    def prepare(self) -> None:
        try:
            call_command("prepare_database", verbosity=0)
        except (DatabaseError, InconsistentMigrationHistory) as error:
            why = str(error).partition("\n")[0]
            raise CommandError(
                f"The demo's data does not fit this version of the program ({why}); start over: make demo RESET=1"
            ) from None

    def make_it_now(self, history: int) -> None:
        from clinic.models import Organisation
        from sessions_app.demo import roll, seed
        from sessions_app.demo.back_date import back_dated

        now = timezone.now()
        # All or nothing: a start that is interrupted makes the day at the next.
        with transaction.atomic(), back_dated():
            if not Organisation.objects.exists():
                self.say("Making the sample data: a clinic now, and what came before ...")
                seed.seed_demo(now=now, history=history)
            elif roll.is_fresh(now):
                self.say("Somebody was checked in within 50 minutes: the clinic is as you left it.")
            else:
                self.say(
                    "Nobody was checked in for 50 minutes: ending what is open and making a new day; nothing is lost."
                )
                roll.roll_forward(now=now)

    def introduce(self, port: int) -> None:
        from sessions_app.demo import look_at, seed

        self.say(f"\nVigil with sample data: http://127.0.0.1:{port}/\n\nSign in as")
        for username, password, role, facility in seed.SIGN_INS:
            self.say(f"  {username:<12} {password:<24} {role}, {facility}")
        self.say(f"\nOn a shared tablet (ada enrols it under Facility) Wrenfield's people have the PIN {seed.PIN}.")
        self.say(f"Passkeys want an address with a name: http://localhost:{port}/accounts/\n\nWhat to look at")
        for where, who, what in look_at.scenes():
            self.say(f"  {where:<28} {who:<20} {what}")
        close_connection()
        self.say("\nThe data stays; make demo RESET=1 starts over. Ctrl-C ends it.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal: the expected end, on the way out through every clean-up."""


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """The first signal starts the clean end; further ones must not interrupt it."""
    ends = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, frame: FrameType | None) -> None:
        for end in ends:
            signal.signal(end, signal.SIG_IGN)
        raise Stopped

    before = {end: signal.signal(end, stop) for end in ends}
    try:
        yield
    finally:
        for end, handler in before.items():
            signal.signal(end, handler)


def use(server: EmbeddedPostgres) -> None:
    addresses = server.addresses()
    os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = addresses.application, addresses.owner
    settings.APPLICATION_ROLE = environment.database("DATABASE_URL")["USER"]


def become_application() -> None:
    """The owner's address leaves the environment, and with it every process started from here on."""
    del os.environ["DATABASE_OWNER_URL"]
    grants.connect_as_application()


def close_connection() -> None:
    from django.db import connection

    connection.close()


def kept_secret(home: Path) -> str:
    """Made once for this demo, so that nobody is signed out by a restart."""
    path = home / "secret_key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(50))
    return path.read_text()


def refuse_taken_port(port: int) -> None:
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise CommandError(
                f"Port {port} is taken or not allowed; choose another, for example: make demo PORT={port % 60000 + 1}"
            ) from None


@contextlib.contextmanager
def web_server(
    port: int, *, secret_key: str, workers: int = serving.WORKERS, threads: int = serving.THREADS
) -> Iterator[subprocess.Popen[bytes]]:
    variables = {
        **os.environ,
        "VIGIL_DEMO": "1",
        "SECRET_KEY": secret_key,
        # Browsers keep cookies by host and not by port: two demos must not sign each other out.
        "SESSION_COOKIE_NAME": f"vigil_session_{port}",
    }
    with running(
        [*end_with_parent(), *serving.command(port=port, workers=workers, threads=threads)], variables
    ) as process:
        yield process


@contextlib.contextmanager
def alarm_command() -> Iterator[None]:
    """What raises alarms whether or not anybody has a page open."""
    command = [*end_with_parent(), sys.executable, "manage.py", "raise_alarms"]
    with running(command, {**os.environ, "VIGIL_DEMO": "1"}):
        yield


@contextlib.contextmanager
def running(command: list[str], variables: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    # Its own session: Ctrl-C reaches this process alone, which then ends the others and the database in order.
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=variables, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            # The address is our own, so no proxy of the environment may answer for it.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        time.sleep(0.1)
    raise CommandError("The web server did not start; its reason stands above.")


def wait_until_ended(process: subprocess.Popen[bytes]) -> None:
    process.wait()
    raise CommandError("The web server ended by itself; its reason stands above.")
