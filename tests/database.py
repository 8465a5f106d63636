"""The tests' database: made and migrated by the owner, used as the application role, flushed by the owner."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg2
from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test.utils import setup_databases, teardown_databases

from clinic import environment, grants
from clinic.embedded_postgres import DATABASE, OWNER, Addresses, EmbeddedPostgres
from tests.replay import LEDGER, listening

LOGIN_KEYS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


class TestServer:
    """The PostgreSQL named in the environment, or an embedded one thrown away after the run.

    One per run, not one per checkout: two people's runs in one checkout must not meet.
    """

    __test__ = False

    def __init__(self) -> None:
        self._embedded: EmbeddedPostgres | None = None
        self._addresses: Addresses | None = None

    def addresses(self) -> Addresses:
        if self._addresses is None:
            self._addresses = self._named_in_environment() or self._start_embedded()
        return self._addresses

    def stop(self) -> None:
        if self._embedded is not None:
            self._embedded.stop()
            shutil.rmtree(self._embedded.home, ignore_errors=True)
            self._embedded = None

    def _named_in_environment(self) -> Addresses | None:
        application, owner = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL")
        if not application and not owner:
            return None
        if not application or not owner:
            raise RuntimeError("Set both DATABASE_URL and DATABASE_OWNER_URL, or neither, to run the tests.")
        return Addresses(application=application, owner=owner)

    def _start_embedded(self) -> Addresses:
        home = Path(tempfile.mkdtemp(prefix="vigil-test-"))
        shutil.copytree(migrated_cluster(), home, dirs_exist_ok=True)
        self._embedded = EmbeddedPostgres(home, durable=False)
        addresses = self._embedded.start()
        with closing(self._embedded.connect_as_superuser()) as superuser, superuser.cursor() as cursor:
            cursor.execute(f"GRANT SET ON PARAMETER session_replication_role TO {OWNER}")
        return addresses

    @property
    def template(self) -> str | None:
        """The database that test databases are copied from; None where a server of one's own is named."""
        return DATABASE if self._embedded else None


# Whatever the tables of an empty database come from. Another content is another cluster.
SOURCES = ("*/migrations/*.py", "clinic/constraints.py", "sessions_app/programs/*.toml", "requirements.txt")


def migrated_cluster() -> Path:
    """A cluster whose database is migrated already, made once for what the migrations say: a run copies it and its
    test databases are copies of that one, instead of migrating from nothing each."""
    files = sorted(path for pattern in SOURCES for path in settings.BASE_DIR.glob(pattern))
    content = b"".join(str(path.relative_to(settings.BASE_DIR)).encode() + path.read_bytes() for path in files)
    made = settings.STATE_DIR / "test-clusters" / hashlib.sha256(content).hexdigest()[:16]
    if not made.exists():
        made.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        half_made = Path(tempfile.mkdtemp(prefix="half-made-", dir=made.parent))
        with EmbeddedPostgres(half_made, durable=False) as server:
            addresses = server.addresses()
            named = {"DATABASE_URL": addresses.application, "DATABASE_OWNER_URL": addresses.owner}
            command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "prepare_database", "--verbosity", "0"]
            subprocess.run(command, env={**os.environ, **named}, check=True)
        with suppress(OSError):  # somebody else's run made the same one meanwhile
            half_made.rename(made)
        for former in made.parent.iterdir():
            if former not in (made, half_made) and "half-made" not in former.name:
                shutil.rmtree(former, ignore_errors=True)
    return made


def login(url: str) -> dict[str, str]:
    os.environ["VIGIL_TEST_URL"] = url
    try:
        parsed = environment.database("VIGIL_TEST_URL")
    finally:
        del os.environ["VIGIL_TEST_URL"]
    return {key: parsed.get(key, "") for key in LOGIN_KEYS}


@contextmanager
def prepared_database(addresses: Addresses, *, template: str | None, verbosity: int, keepdb: bool) -> Iterator[None]:
    owner, application = login(addresses.owner), login(addresses.application)
    settings.APPLICATION_ROLE = application["USER"]
    connection.close()
    connection.settings_dict.update(owner, CONN_MAX_AGE=0)
    connection.settings_dict["TEST"]["TEMPLATE"] = template
    config = setup_databases(verbosity=max(verbosity, 0), interactive=False, keepdb=keepdb, serialized_aliases=set())
    if "load_programs" in get_commands():
        call_command("load_programs", verbosity=0)
    grants.apply_grants(connection)
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict.update(application, NAME=name)
    try:
        with flushed_by_owner({**owner, "NAME": name}):
            yield
    finally:
        connection.close()
        connection.settings_dict.update(owner, NAME=name)
        for role in (application, owner):
            _end_others({**role, "NAME": name})
        teardown_databases(config, verbosity=verbosity, keepdb=keepdb)


OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


def _end_others(login: dict[str, str]) -> None:
    """A thread that answered a browser may never let go of its connection, and a database in use is not dropped."""
    with closing(connect(login)) as opened, opened.cursor() as cursor:
        cursor.execute(OTHERS)


def connect(login: dict[str, str]) -> Any:
    """Plain psycopg2: the test guard watches Django's connections and knows only the one."""
    LEDGER.lose()
    opened = psycopg2.connect(
        dbname=login["NAME"],
        user=login["USER"],
        password=login["PASSWORD"],
        host=login["HOST"],
        port=login["PORT"] or None,
        options="-c lock_timeout=20000",
    )
    opened.autocommit = True
    return opened


MAY_EMPTY_ROW_BY_ROW = "SELECT has_parameter_privilege('session_replication_role', 'SET')"


@contextmanager
def flushed_by_owner(owner: dict[str, str]) -> Iterator[None]:
    """Django's flush needs TRUNCATE, which the application role must not have. It makes a new file for each of a
    hundred tables and of their indexes, so that a few rows are rather taken out one by one, past every trigger: where
    the owner may, and nineteen times of twenty, lest what was taken out heap up."""
    kept = tables_kept()
    flushes = count(1)

    def sql_flush(self: DatabaseOperations, style: Any, tables: Iterable[str], **options: Any) -> list[str]:
        # The cache's is no model's table: what was counted of a person would be counted of the same in the next test.
        emptied = [*(table for table in tables if table not in kept), settings.CACHES["default"]["LOCATION"]]
        return [self.quote_name(table) for table in emptied]

    def execute_sql_flush(self: DatabaseOperations, tables: list[str]) -> None:
        all_tables = ", ".join(tables)
        with closing(connect(owner)) as as_owner, as_owner.cursor() as cursor:
            cursor.execute(MAY_EMPTY_ROW_BY_ROW)
            if cursor.fetchone()[0] and next(flushes) % 20:
                deletes = "; ".join(f"DELETE FROM {table}" for table in tables)
                # As TRUNCATE does: whoever still writes is waited for.
                lock = f"LOCK TABLE {all_tables} IN SHARE ROW EXCLUSIVE MODE"
                cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {lock}; {deletes}; COMMIT")
            else:
                cursor.execute(f"TRUNCATE {all_tables}")
        LEDGER.emptied()

    # On the class: once a browser has started, its event loop gives this thread another connection object.
    with (
        mock.patch.object(DatabaseOperations, "sql_flush", sql_flush),
        mock.patch.object(DatabaseOperations, "execute_sql_flush", execute_sql_flush),
        listening(),
    ):
        yield


def tables_kept() -> set[str]:
    """What the owner loaded and the application cannot write: emptied, nobody could fill it again."""
    labels = (*grants.OWNER_ONLY, "auth.Permission", "contenttypes.ContentType")
    return {apps.get_model(label)._meta.db_table for label in labels}
