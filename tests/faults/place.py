"""A clinic's machine: PostgreSQL, the server of pages and the alarm command, as the demo runs them, each of which a
test can kill and start again."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
from django.conf import settings

from clinic.embedded_postgres import EmbeddedPostgres
from sessions_app.management.commands import demo
from tests.database import migrated_cluster
from tests.sessions_app.test_demo import free_port

SECRET_KEY = "of-a-clinic-that-is-made-to-break-0123456789-0123456789"
PATIENCE = 60


class Place:
    """In ``home``. ``variables`` are given to every process of Vigil's, ``clock`` to those that run on."""

    def __init__(self, home: Path) -> None:
        shutil.copytree(migrated_cluster(), home, dirs_exist_ok=True)
        # What is acknowledged has to be there: nothing of PostgreSQL's caution is switched off.
        self.database = EmbeddedPostgres(home, durable=True)
        self.port = free_port()
        self._running = contextlib.ExitStack()
        self.variables: dict[str, str] = {}
        self.clock: dict[str, str] = {}
        # Where the pages' server finds its database's socket.
        self.pages_connect_at = self.database.socket_folder

    def open(self, *asked: str) -> None:
        self.database.start()
        made = json.loads(self.manage_by("-m", "tests.faults.seed", *asked).stdout)
        self.watched, self.booked, self.ready = made["watched"], made["booked"], made.get("ready", [])
        self.serve()
        every_second = [sys.executable, "manage.py", "raise_alarms", "--every", "1"]
        self.alarms = self._running.enter_context(demo.running(every_second, self.environment("alarms")))

    def close(self) -> None:
        self._running.close()
        self.database.stop()

    def environment(self, name: str) -> dict[str, str]:
        """``name`` is how the database sees this process."""
        url = f"{self.database.addresses().application}&application_name={name}"
        if name == "pages":
            url = url.replace(
                quote(str(self.database.socket_folder), safe=""), quote(str(self.pages_connect_at), safe="")
            )
        kept = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE")}
        said = {**self.variables, **(self.clock if name in ("pages", "alarms") else {})}
        return {**kept, "VIGIL_DEMO": "1", "DATABASE_URL": url, "SECRET_KEY": SECRET_KEY, **said}

    def manage_by(self, *command: str, expected: int = 0) -> subprocess.CompletedProcess[str]:
        """A command of its own process, and how it has to end."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=self.environment("command"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expected, done.stdout + done.stderr
        return done

    def serve(self) -> None:
        with environment_of(self.environment("pages")):
            self.pages = self._running.enter_context(demo.web_server(self.port, secret_key=SECRET_KEY))
        demo.wait_until_ready(self.pages, self.port)

    @property
    def session_path(self) -> str:
        return f"/dosing-sessions/{self.watched[0]}/"

    # --- the faults ---------------------------------------------------------------------------------------

    def kill_pages(self) -> None:
        """Workers and parent, without a word."""
        kill(psutil.Process(self.pages.pid))
        self.pages.wait(PATIENCE)

    def kill_database(self) -> None:
        """The postmaster and every backend."""
        kill(psutil.Process(self.postmaster()))

    def postmaster(self) -> int:
        return int((self.database.data / "postmaster.pid").read_text().split()[0])

    def start_database(self) -> float:
        """Again, over whatever was left behind; the seconds that took."""
        began = time.monotonic()
        self.database.stop()
        self.database.start()
        return time.monotonic() - began

    # --- what is in the record ----------------------------------------------------------------------------

    def ask(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        with contextlib.closing(self.database.connect_as_superuser("vigil")) as connection:
            cursor = connection.cursor()
            cursor.execute(question, values)
            return list(cursor.fetchall())

    def now(self) -> Any:
        """By the database's clock."""
        return self.ask("SELECT clock_timestamp()")[0][0]

    def verify_audit(self) -> str:
        return self.manage_by("manage.py", "verify_audit").stdout

    def alarms_look_again(self, since: Any) -> bool:
        """The alarm command still runs, and has asked this database since."""
        seen = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'alarms' AND query_start > %s"
        deadline = time.monotonic() + PATIENCE
        while self.alarms.poll() is None and time.monotonic() < deadline:
            if self.ask(seen, since):
                return True
            time.sleep(0.1)
        return False


def kill(parent: psutil.Process) -> None:
    family = [*parent.children(recursive=True), parent]
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, PATIENCE)


@contextlib.contextmanager
def environment_of(variables: dict[str, str]) -> Iterator[None]:
    """The demo hands its own environment on."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
