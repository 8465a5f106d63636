"""The embedded PostgreSQL, started for real in folders of its own."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest

from clinic import embedded_postgres, postgres_host
from clinic.embedded_postgres import EmbeddedPostgres
from clinic.postgres_host import EmbeddedPostgresError

AS_ROOT = os.geteuid() == 0
CHECKOUT = str(Path(__file__).parents[2])
START_AND_ASK = """
import sys, pathlib, psycopg2
sys.path.insert(0, sys.argv[2])
from clinic.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres(pathlib.Path(sys.argv[1]), durable=False) as server:
    cursor = psycopg2.connect(server.addresses().application).cursor()
    cursor.execute("SELECT current_user")
    print("answered", *cursor.fetchone(), flush=True)
    cursor.connection.close()
    if sys.argv[3:]:
        sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """For the tests that only look."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("server") / "home", durable=False) as running:
        yield running


def ask(url: str, question: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        row = cursor.fetchone()
    return row and row[0]


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestRunning:
    def test_it_offers_two_roles_and_neither_is_a_superuser(self, server: EmbeddedPostgres) -> None:
        urls = server.addresses()
        mine = "SELECT rolname || ' ' || rolsuper || ' ' || rolcreatedb FROM pg_roles WHERE rolname = current_user"
        assert ask(urls.application, mine) == "vigil_app false false"
        assert ask(urls.owner, mine) == "vigil_owner false true"

    def test_it_has_the_extensions_also_in_databases_made_later(self, server: EmbeddedPostgres) -> None:
        for database in ("vigil", "template1"):
            url = server.addresses().owner.replace("/vigil?", f"/{database}?")
            found = ask(url, "SELECT array_agg(extname::text) FROM pg_extension")
            assert isinstance(found, list)
            assert {"btree_gist", "pg_trgm"} <= set(found)

    def test_it_keeps_its_data_over_a_restart(self, home: Path) -> None:
        for answer in ("first", "second"):
            with EmbeddedPostgres(home, durable=True) as server:
                owner = server.addresses().owner
                if answer == "first":
                    with closing(psycopg2.connect(owner)) as connection, connection, connection.cursor() as cursor:
                        cursor.execute("CREATE TABLE kept AS SELECT 41 AS number")
                else:
                    assert ask(owner, "SELECT number + 1 FROM kept") == 42

    def test_it_ends_and_leaves_no_process_and_no_socket(self, home: Path) -> None:
        server = EmbeddedPostgres(home, durable=False)
        server.start()
        pid = int((home / "data" / "postmaster.pid").read_text().split()[0])
        server.stop()
        assert not psutil.pid_exists(pid)
        assert not server.socket_folder.exists()
        assert not (home / "application.url").exists()
        server.stop()  # a second time is nothing

    def test_it_works_in_a_path_with_a_space_a_quote_and_a_comma(self, tmp_path: Path) -> None:
        for name in ('a "quoted" place', "one, two", "Zürich"):
            with EmbeddedPostgres(tmp_path / name, durable=False) as server:
                assert ask(server.addresses().application, "SELECT 1") == 1

    def test_it_works_where_the_path_is_too_long_for_a_socket(self, tmp_path: Path) -> None:
        with EmbeddedPostgres(tmp_path / ("long" * 30), durable=False) as server:
            assert len(str(server.socket_folder)) < 100
            assert permissions(server.socket_folder) == 0o700
            assert ask(server.addresses().application, "SELECT 1") == 1

    def test_it_runs_twice_at_once_in_two_folders(self, server: EmbeddedPostgres, tmp_path: Path) -> None:
        with EmbeddedPostgres(tmp_path / "other", durable=False) as other:
            assert server.socket_folder != other.socket_folder
            # The other's password opens nothing here.
            mixed = other.addresses().owner.split("@")[0] + "@" + server.addresses().owner.split("@")[1]
            with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
                ask(mixed, "SELECT 1")


class TestGuarded:
    @pytest.mark.parametrize("role", ["postgres", "vigil_owner", "vigil_app"])
    def test_it_refuses_a_wrong_password_and_none(self, server: EmbeddedPostgres, role: str) -> None:
        for password in ("wrong", ""):
            with pytest.raises(psycopg2.OperationalError, match="password"):
                psycopg2.connect(
                    dbname="vigil", user=role, password=password, host=str(server.socket_folder), passfile="/dev/null"
                )

    def test_it_listens_on_no_port(self, server: EmbeddedPostgres) -> None:
        assert ask(server.addresses().application, "SHOW listen_addresses") == ""
        pid = int((server.data / "postmaster.pid").read_text().split()[0])
        listening = [c for c in psutil.Process(pid).net_connections() if c.family != socket.AF_UNIX]
        assert listening == []

    def test_it_keeps_folders_and_secrets_to_itself(self, server: EmbeddedPostgres) -> None:
        assert permissions(server.home) == 0o700
        assert permissions(server.data) == 0o700
        assert permissions(server.socket_folder) == 0o700
        assert permissions(server.home / "passwords.json") == 0o600
        assert permissions(server.home / "application.url") == 0o600
        assert "vigil_owner" not in (server.home / "application.url").read_text()

    def test_it_writes_no_row_into_its_log(self, server: EmbeddedPostgres) -> None:
        owner = server.addresses().owner
        with closing(psycopg2.connect(owner)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("CREATE TABLE people (name text UNIQUE)")
            cursor.execute("INSERT INTO people VALUES ('Maria Sample')")
            for statement in ("INSERT INTO people VALUES ('Maria Sample')", "SELECT 'Maria Sample'::date"):
                with pytest.raises((psycopg2.IntegrityError, psycopg2.DataError)):
                    cursor.execute(statement)
        assert "ready to accept" in (log := server.log.read_text())
        assert "Maria" not in log

    def test_it_refuses_a_folder_in_use_in_one_sentence(self, server: EmbeddedPostgres) -> None:
        with pytest.raises(EmbeddedPostgresError, match=r"already in use by another run \(process \d+\); stop"):
            EmbeddedPostgres(server.home).start()
        assert ask(server.addresses().application, "SELECT 1") == 1

    def test_it_refuses_data_of_another_version(self, home: Path) -> None:
        with EmbeddedPostgres(home, durable=False):
            pass
        (home / "data" / "PG_VERSION").write_text("9\n")
        with pytest.raises(EmbeddedPostgresError, match=r"is of PostgreSQL 9 .* start over with RESET=1"):
            EmbeddedPostgres(home).start()

    def test_it_refuses_a_full_disk(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(embedded_postgres, "ROOM_NEEDED", 2**60)
        with pytest.raises(EmbeddedPostgresError, match="not enough room on the disk"):
            EmbeddedPostgres(home).start()

    def test_it_refuses_a_platform_without_the_wheel(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(postgres_host, "find_spec", lambda name: None)
        postgres_host.binaries.cache_clear()
        with pytest.raises(EmbeddedPostgresError, match=r"not installed.* set DATABASE_URL"):
            EmbeddedPostgres(home).start()
        postgres_host.binaries.cache_clear()

    def test_it_ignores_the_postgresql_settings_around_it(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("PGDATA", "PGHOST", "PGUSER", "PGDATABASE"):
            monkeypatch.setenv(name, "/nowhere")
        with EmbeddedPostgres(home, durable=False) as server:
            assert ask(server.addresses().application, "SELECT current_user::text") == "vigil_app"


class TestAfterAnAccident:
    @pytest.mark.parametrize("pid", [2**22 + 1, os.getpid()], ids=["nobody's", "somebody else's"])
    def test_it_starts_over_a_stale_pid_file(self, home: Path, pid: int) -> None:
        with EmbeddedPostgres(home, durable=False):
            pass
        (home / "data" / "postmaster.pid").write_text(f"{pid}\n{home}/data\n0\n5432\n\n\n")
        with EmbeddedPostgres(home, durable=False) as server:
            assert ask(server.addresses().application, "SELECT 1") == 1

    def test_it_starts_after_its_process_was_killed(self, home: Path) -> None:
        with run_in_another_process(home) as process:
            pid = int((home / "data" / "postmaster.pid").read_text().split()[0])
            process.kill()
        with EmbeddedPostgres(home, durable=False) as server:
            assert ask(server.addresses().application, "SELECT 1") == 1
            assert int((home / "data" / "postmaster.pid").read_text().split()[0]) != pid
        assert not psutil.pid_exists(pid)

    def test_it_ends_a_server_left_behind(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As on a system where a killed parent does not take the server along."""
        left = EmbeddedPostgres(home, durable=False)
        monkeypatch.setattr(embedded_postgres, "end_with_parent", lambda: ())
        left.start()
        assert left._lock is not None
        left._lock.close()
        with EmbeddedPostgres(home, durable=False) as server:
            assert ask(server.addresses().application, "SELECT 1") == 1
            assert left._process is not None
            assert left._process.wait(10) == 0

    def test_it_completes_a_first_start_cut_short(self, home: Path) -> None:
        (home / "data.new").mkdir(parents=True)
        (home / "data.new" / "half").touch()
        with EmbeddedPostgres(home, durable=False) as server:
            assert ask(server.addresses().application, "SELECT 1") == 1

    def test_it_ends_with_a_killed_process(self, home: Path) -> None:
        if not postgres_host.end_with_parent():
            pytest.skip("only Linux with setpriv ends a server together with its killed parent")
        with run_in_another_process(home) as process:
            server = psutil.Process(int((home / "data" / "postmaster.pid").read_text().split()[0]))
            process.kill()
        server.wait(10)


class TestAsWhom:
    """The tests above run as whoever runs them; these are the others."""

    @pytest.mark.skipif(not AS_ROOT, reason="only root can become another")
    def test_it_runs_as_an_ordinary_user(self, home: Path) -> None:
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                  # Reading is kept: the interpreter may lie in root's home.
                  "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]  # fmt: skip
        home.mkdir()
        os.chown(home, 65534, 65534)
        said = subprocess.run(
            [*nobody, sys.executable, "-c", START_AND_ASK, str(home), CHECKOUT],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (said.stdout, said.returncode) == ("answered vigil_app\n", 0), said.stderr
        assert (home / "data").stat().st_uid == 65534

    @pytest.mark.skipif(not AS_ROOT, reason="only root needs another way")
    def test_it_runs_as_root_where_user_namespaces_are_forbidden(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with EmbeddedPostgres(home, durable=False):
            pass
        works = postgres_host.works
        monkeypatch.setattr(postgres_host, "works", lambda command: command[0] != "unshare" and works(command))
        for found in (postgres_host.server_user_command, postgres_host.end_with_parent):
            found.cache_clear()
        try:
            # The same folder, first one way and then the other.
            with EmbeddedPostgres(home, durable=False) as server:
                assert ask(server.addresses().application, "SELECT 1") == 1
                assert (home / "data").stat().st_uid != 0
        finally:
            for found in (postgres_host.server_user_command, postgres_host.end_with_parent):
                found.cache_clear()
        monkeypatch.undo()
        with EmbeddedPostgres(home, durable=False) as server:
            assert ask(server.addresses().application, "SELECT 1") == 1

    @pytest.mark.skipif(not AS_ROOT, reason="only root can enter other people's folders")
    def test_it_runs_as_root_inside_a_closed_folder_of_somebody_else(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        os.chown(closed, 65534, 65534)
        with EmbeddedPostgres(closed / "home", durable=False) as server:
            assert ask(server.addresses().application, "SELECT 1") == 1

    @pytest.mark.skipif(not AS_ROOT, reason="only root could use it all the same")
    def test_it_refuses_data_of_somebody_else(self, home: Path) -> None:
        home.mkdir()
        os.chown(home, 65534, 65534)
        with pytest.raises(EmbeddedPostgresError, match="belongs to another user"):
            EmbeddedPostgres(home).start()

    @pytest.mark.skipif(not AS_ROOT, reason="an ordinary user needs no other way")
    def test_it_says_so_where_root_has_no_way_at_all(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(postgres_host, "works", lambda command: False)
        postgres_host.server_user_command.cache_clear()
        try:
            with pytest.raises(EmbeddedPostgresError, match="run this as an ordinary user"):
                EmbeddedPostgres(home).start()
        finally:
            postgres_host.server_user_command.cache_clear()


def run_in_another_process(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", START_AND_ASK, str(home), CHECKOUT, "stay"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "answered vigil_app\n"
    return process
