"""Starts a demo of its own, attacks it as a nurse and as an administrator, says what came of it, and takes it away.

VIGIL_ATTACK_SECONDS: how long each tool may take in all (480)."""

import contextlib
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.attack.between import DOOR, Between

ROOT = Path(__file__).resolve().parents[2]
SECONDS = int(os.environ.get("VIGIL_ATTACK_SECONDS", "480"))
PEOPLE = ("nora", "ada")
PASSWORD = "made-up-people-only"
# Nothing that asks anybody but this machine.
MODULES = "sql,blindsql,xss,permanentxss,exec,file,crlf,redirect,shellshock,methods,htaccess,backup,csp,http_headers"
# Here what comes in cookies and heads is tried too.
WITH_HEADS = "/?order=urgency"
FOUND = re.compile(r"^(Parameter: .*|.*might be vulnerable to.*|.*appears to be .*injectable.*)$", re.MULTILINE)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def demo() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = Path(tempfile.mkdtemp(prefix="vigil-attacked-"))
    command = [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(port), "--history", "3"]
    environment = {**os.environ, "VIGIL_STATE_DIR": str(home)}
    with (home / "log").open("wb") as log:
        served = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        for _second in range(1_800):
            if served.poll() is not None:
                sys.exit("The demo did not start: " + (home / "log").read_text()[-2000:])
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                break
            time.sleep(1)
        yield port
    finally:
        served.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            served.wait(60)
        said = (home / "log").read_text(errors="replace")
        say(f"Tracebacks in the server's log: {said.count('Traceback')}")
        if "Traceback" in said:
            say(said[said.index("Traceback") :][:4000])
        shutil.rmtree(home, ignore_errors=True)


class Somebody:
    """A browser of this person, signed in."""

    def __init__(self, port: int, name: str) -> None:
        self.name, self.base, self.jar = name, f"http://127.0.0.1:{port}", http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        said = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token_of(self.read(DOOR))}
        self.read(DOOR, urllib.parse.urlencode(said).encode())
        if "accounts/logout/" not in self.read("/"):
            raise OSError(f"{name} could not sign in.")

    def read(self, path: str, body: bytes | None = None) -> str:
        try:
            with self.opener.open(self.base + path, body, timeout=60) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as refused:
            return refused.read().decode()

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._named().items())

    def _named(self) -> dict[str, str]:
        return {each.name: each.value or "" for each in self.jar}

    def signed_in_anew(self) -> str:
        """With the token that stands in the forms which a tool has read already."""
        anew = Somebody(int(self.base.rpartition(":")[2]), self.name)
        return "; ".join(f"{name}={value}" for name, value in (anew._named() | self._kept()).items())

    def _kept(self) -> dict[str, str]:
        return {name: value for name, value in self._named().items() if "csrf" in name}


def token_of(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return found[1] if found else ""


def targets(somebody: Somebody) -> list[str]:
    """What sqlmap tries: addresses with a query or a number (``*``), and forms, as ``address`` or ``address body``."""
    patients = re.findall(r"/patients/([0-9a-f-]{36})/", somebody.read("/patients/"))
    sessions = re.findall(r"/dosing-sessions/([0-9a-f-]{36})/", somebody.read("/"))
    if not patients or not sessions:
        sys.exit(f"{somebody.name} sees no patient or no session.")
    patient, session = f"/patients/{patients[0]}", f"/dosing-sessions/{sessions[0]}"
    if somebody.name == "nora":
        read = [WITH_HEADS, "/patients/?q=ros&page=1", "/facility/check-oximeter/?asset_tag=OX-1", f"{session}*/"]
        read += [f"{session}/record-sign/?code=sedation&kind=ONSET"]
        posted = ["/accounts/reauthenticate/", "/patients/register/", f"{patient}/record-allergy/", "/check-in/"]
        posted += [f"{session}/{step}/" for step in ("record-check", "report-serious-event", "move-chair")]
    else:
        read = [WITH_HEADS, "/facilities/?q=wren&status=&sort=name", "/facilities/csv/?q=wren&status=&sort=name"]
        read += [
            "/facility/left-early/?month=2026-04",
            "/facility/as-of/?day=2026-04-14&clock=10:00",
            "/facility/set-policy/?program=esketamine",
            f"{patient}*/",
        ]
        read += ["/facility/certification/esketamine*/", "/accounts/welcome/x*/"]
        posted = ["/people/invite/", "/facility/set-chairs/", "/facility/record-presence/", "/break-glass/"]
    made = [made for path in posted if (made := _as_sent(path, somebody.read(path)))]
    return [*read, *made]


def _as_sent(path: str, page: str) -> str:
    form = page.partition('method="post"')[2] or page
    names = dict.fromkeys(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', form))
    said = dict.fromkeys(names, "1") | {"csrfmiddlewaretoken": token_of(page)}
    entry = re.search(r'name="entry_id" value="([^"]+)"', page)
    said |= {"entry_id": entry[1]} if entry else {}
    return f"{path} {urllib.parse.urlencode(said)}" if len(said) > 1 else ""


def with_sqlmap(between: Between, somebody: Somebody, until: float, home: Path) -> list[str]:
    found, left = [], targets(somebody)
    for number, target in enumerate(left):
        path, _, body = target.partition(" ")
        seconds = (until - time.monotonic()) / (len(left) - number)
        if until - time.monotonic() < 5:
            say(f"  {len(left) - number} of {len(left)} targets left for want of time")
            break
        command = ["sqlmap", "--batch", "-u", between.address + path, "--dbms=PostgreSQL", "--technique=BEUSQ"]
        command += ["--risk=2", "--skip=csrfmiddlewaretoken,Host", "--time-sec=2", "--disable-coloring"]
        command += ["--output-dir", str(home / f"sqlmap-{number}"), "--ignore-code=*", "--flush-session", "--threads=2"]
        command += ["--data", body] if body else []
        if path == WITH_HEADS:
            command += [
                "--level=3",
                "--cookie",
                somebody.cookies + "; vigil_order=urgency",
                "--headers=X-Own-Cookie: yes",
            ]
        found += [f"sqlmap {path[:60]}: {line.strip()}" for line in FOUND.findall(run(command, seconds))]
    return found


def with_wapiti(between: Between, somebody: Somebody, until: float, home: Path) -> list[str]:
    seconds, report = max(until - time.monotonic(), 10), home / "wapiti.json"
    command = [
        "wapiti",
        "-u",
        between.address + "/",
        "--scope",
        "domain",
        "-m",
        MODULES,
        "-f",
        "json",
        "-o",
        str(report),
    ]
    command += [
        "--flush-session",
        "--store-session",
        str(home),
        "--no-bugreport",
        "-S",
        "normal",
        "-d",
        "5",
        "-t",
        "20",
    ]
    command += ["--max-scan-time", str(seconds * 0.35), "--max-attack-time", str(seconds * 0.65 / 14)]
    command += ["--endpoint", between.address + "/", "--max-files-per-dir", "30", "--skip", "csrfmiddlewaretoken"]
    (home / "apps.json").write_text("{}")  # else it asks the network for it
    command += ["--store-config", str(home)]
    if (output := run(command, seconds + 30)) and not report.exists():
        return [f"wapiti left no report: {output[-600:]}"]
    said = json.loads(report.read_text())["vulnerabilities"]
    return [
        f"wapiti {kind}: {each['method']} {each['path'][:100]}: {each['info'][:160]}"
        for kind in said
        for each in said[kind]
    ]


def run(command: list[str], seconds: float) -> str:
    """What it said until it ended or was ended; then wapiti asks what to do, and is told to report."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as told:
        told.write(b"r\n" * 20)
        told.seek(0)
        tool = subprocess.Popen(command, stdout=out, stderr=out, stdin=told)
        try:
            tool.wait(seconds)
        except subprocess.TimeoutExpired:
            tool.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                tool.wait(30)
            tool.kill()
        out.seek(0)
        return out.read().decode(errors="replace")


def main() -> None:
    if missing := [tool for tool in ("sqlmap", "wapiti") if not shutil.which(tool)]:
        sys.exit(f"Needed and not found: {' and '.join(missing)} (Debian: apt-get install sqlmap wapiti).")
    wrong: list[str] = []
    only = sys.argv[1:] or ["sqlmap", "wapiti"]
    with demo() as port, tempfile.TemporaryDirectory() as home:
        for tool, attack in (("sqlmap", with_sqlmap), ("wapiti", with_wapiti)):
            for name in PEOPLE if tool in only else ():
                somebody = Somebody(port, name)
                between = Between(port, somebody.cookies, somebody.signed_in_anew)
                (Path(home) / f"{tool}-{name}").mkdir()
                until = time.monotonic() + SECONDS / len(PEOPLE)
                found = attack(between, somebody, until, Path(home) / f"{tool}-{name}")
                between.shutdown()
                say(
                    f"{tool} as {name}: {between.answers.total()} requests to {len(between.paths)} addresses, "
                    f"{dict(sorted(between.answers.items()))}, {between.signed_in} answered as to somebody signed in, "
                    f"{between.posted} forms taken, {between.kept_from} kept from signing itself out, "
                    f"{between.renewed} times signed in anew; led to {between.led_to.most_common(5)}"
                )
                for line in (*found, *(f"WRONG {each}" for each in dict.fromkeys(between.wrong))):
                    say(f"  {line}")
                wrong += between.wrong
                wrong += [line for line in found if "Parameter:" in line or "injectable" in line]
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
