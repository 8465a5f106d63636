"""The demo command, run for real: it starts, serves, stops cleanly, and starts again where it was."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from clinic.embedded_postgres import EmbeddedPostgres

CHECKOUT = Path(__file__).parents[2]
UNTIL_READY = "Ctrl-C ends it."
# Whatever this process was given must not reach the demo.
PATH_ONLY = {"PATH": os.environ["PATH"]}


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """One run of `manage.py demo` in a state folder of its own."""

    def __init__(self, state: Path, port: int, *options: str) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--history", "0", *options],
            cwd=CHECKOUT,
            env={**PATH_ONLY, "VIGIL_STATE_DIR": str(state), "PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> str:
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if UNTIL_READY in line:
                return said
        raise AssertionError(self.failure())

    def failure(self) -> str:
        return self.process.communicate(timeout=60)[1].strip()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def servers(self) -> list[psutil.Process]:
        """Those that serve pages. Others of the family, the database's, may end while they are asked."""
        serving = []
        for process in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):
                if "granian" in " ".join(process.cmdline()):
                    serving.append(process)
        return serving

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        self.process.communicate(timeout=60)
        return self.process.returncode


@contextlib.contextmanager
def demo(state: Path, *options: str, port: int | None = None) -> Iterator[Demo]:
    running = Demo(state, port or free_port(), *options)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGTERM)
        for stream in (running.process.stdout, running.process.stderr):
            assert stream is not None
            stream.close()


def answer(port: int, path: str = "/healthz") -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as response:
        return str(response.read().decode())


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a first start leaves. It is fresh for longer than these tests take, so that a later start keeps it."""
    state = tmp_path_factory.mktemp("first")
    with demo(state) as running:
        assert "Making the sample data" in running.wait_until_ready()
    return state


@pytest.fixture
def state(tmp_path: Path, first_start: Path) -> Path:
    """A state folder as after the first start, of this test alone."""
    return Path(shutil.copytree(first_start, tmp_path / "a state"))


@pytest.mark.parametrize("how", [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGTERM])
def test_it_serves_again_what_it_kept_and_ends_cleanly(state: Path, how: signal.Signals) -> None:
    secret = (state / "demo" / "secret_key").read_text()
    with demo(state) as again:
        said = again.wait_until_ready()
        assert f"http://127.0.0.1:{again.port}/" in said
        for role in ("nurse", "prescriber", "front desk", "administrator", "inspector"):
            assert re.search(role, said, re.IGNORECASE), said
        assert "Making the sample data" not in said
        assert "the clinic is as you left it" in said
        assert re.search(r"Wrenfield, chair 5 +Felix Fennel +held by blood pressure", said), said
        assert (state / "demo" / "secret_key").read_text() == secret
        assert answer(again.port) == "ok\n"
        assert "nothing here is real" in answer(again.port, "/accounts/login/")
        family = again.family()
        assert len(family) > 2
        assert again.end(how) == 0
    assert not [process for process in family if process.is_running()]


def test_a_reset_leaves_nothing_so_that_what_follows_is_a_first_start(state: Path) -> None:
    EmbeddedPostgres(state / "demo").erase()
    assert list(state.iterdir()) == []


@pytest.mark.slow  # both halves are shown above: a first start, and nothing left to find
def test_it_forgets_its_data_when_it_is_reset(state: Path) -> None:
    secret = (state / "demo" / "secret_key").read_text()
    with demo(state, "--reset") as anew:
        assert "Making the sample data" in anew.wait_until_ready()
        assert (state / "demo" / "secret_key").read_text() != secret


def test_it_gives_the_server_no_owner_and_this_machine_alone_and_no_other_run_its_place(state: Path) -> None:
    with demo(state) as running:
        running.wait_until_ready()
        servers = running.servers()
        assert servers
        for server in servers:
            variables = server.environ()
            assert "DATABASE_OWNER_URL" not in variables
            assert "vigil_app" in variables["DATABASE_URL"]
        listening = {c.laddr.ip for s in servers for c in s.net_connections() if c.status == "LISTEN"}
        assert listening == {"127.0.0.1"}
        for options in ((), ("--reset",)):
            with demo(state, *options) as second:
                said = second.failure()
            assert "already in use by another run" in said
            assert said.count("\n") == 0
        assert answer(running.port) == "ok\n"


def test_it_refuses_a_taken_port_in_one_sentence(tmp_path: Path) -> None:
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with demo(tmp_path, port=taken.getsockname()[1]) as running:
            said = running.failure()
    assert said.startswith("CommandError: Port ")
    assert "choose another" in said
    assert said.count("\n") == 0
    assert running.process.returncode == 1


@pytest.mark.slow  # the walk itself is demo/test_walk.py, the start of a demo stands above
def test_it_walks_one_whole_session_and_leaves_nothing(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "demo", "--check"],
        cwd=CHECKOUT,
        env={**PATH_ONLY, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("409") >= 6
    assert list(tmp_path.iterdir()) == []
