"""Prints one line for each pace, one being the country's busiest moment, until the machine no longer keeps up; then
verifies the record. Writes build/load.json."""

import contextlib
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from django.conf import settings

from clinic import serving
from sessions_app.management.commands import demo
from tests.faults.place import SECRET_KEY, Place, environment_of
from tests.fuzz.meant import WELL
from tests.load.seed import CHAIRS

# 1,486,213 sessions in 58 months of about 22 working days (domain.md section 9), two hours and more of eight each.
COUNTRY = 1200
PACES = "1 2 3 4 5 6 8 10"
SEEDERS, WARM_SECONDS = 2, 10
# Whoever looks waits no longer than this, one time of a hundred, or the machine does not keep up.
PATIENCE_MS = 1000


class Country(Place):
    def open(self, *asked: str) -> None:
        self.database.start()
        each = math.ceil(int(asked[0]) / CHAIRS / SEEDERS)
        with ThreadPoolExecutor(SEEDERS) as seeders:
            parts = seeders.map(lambda part: self.seeded(part * each, each), range(SEEDERS))
            self.clinics = [clinic for part in parts for clinic in part]
        self.alarms = self._running.enter_context(
            demo.running([sys.executable, "manage.py", "raise_alarms", "--every", "5"], self.environment("alarms"))
        )

    def seeded(self, first: int, many: int) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = json.loads(self.manage_by("-m", "tests.load.seed", str(first), str(many)).stdout)
        return made

    @contextlib.contextmanager
    def served(self, workers: int, threads: int) -> Iterator[None]:
        with contextlib.ExitStack() as serving:
            with environment_of(self.environment("pages")):
                server = demo.web_server(self.port, secret_key=SECRET_KEY, workers=workers, threads=threads)
                self.pages = serving.enter_context(server)
            demo.wait_until_ready(self.pages, self.port)
            yield

    def hear(self, pace: float, seconds: float) -> dict[str, Any]:
        """What the crowd heard, and what everybody's processes cost meanwhile, in cores."""
        asked = {"port": self.port, "well": WELL, "clinics": self.clinics, "pace": pace, "seconds": seconds}
        command = [sys.executable, "-m", "tests.load.crowd"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as crowd:
            assert crowd.stdin
            assert crowd.stdout
            json.dump({**asked, "warm_seconds": WARM_SECONDS}, crowd.stdin)
            crowd.stdin.close()
            assert crowd.stdout.readline() == "begun\n", "some screen could not be opened; why stands above"
            before, began = self.processor_seconds(), time.monotonic()
            heard: dict[str, Any] = json.loads(crowd.stdout.read())
        spent = {name: used - before[name] for name, used in self.processor_seconds().items()}
        spent["crowd"] = heard.pop("generator")
        took = time.monotonic() - began  # the last answer with it
        return {"pace": pace, **heard, "cores": {name: used / took for name, used in spent.items()}, "took": took}

    def processor_seconds(self) -> dict[str, float]:
        return {
            "pages": _used(psutil.Process(self.pages.pid)),
            "database": _used(psutil.Process(self.postmaster())),
            "alarms": _used(psutil.Process(self.alarms.pid)),
        }

    def memory_mb(self) -> list[float]:
        """Of each worker: what is its own."""
        workers = [each for each in psutil.Process(self.pages.pid).children(recursive=True) if not each.children()]
        return sorted(each.memory_full_info().uss / 1e6 for each in workers)


def _used(parent: psutil.Process) -> float:
    """Those too that have ended since: a connection to the database is a process, and is closed after a minute."""
    family = [parent, *parent.children(recursive=True)]
    return sum(sum(each.cpu_times()[:4]) for each in family)


def keeps_up(heard: dict[str, Any]) -> bool:
    return not heard["wrong"] and heard["all"]["p99"] < PATIENCE_MS


def cost(heard: dict[str, Any]) -> float:
    """Processor seconds of pages and database for one answer: what does not depend on who else is on the machine."""
    cores = heard["cores"]
    return float((cores["pages"] + cores["database"]) * heard["took"] / heard["all"]["many"])


def line(heard: dict[str, Any], seconds: float) -> str:
    kinds = "  ".join(
        f"{heard[kind]['p50']:6.0f} {heard[kind]['p99']:6.0f}" if kind in heard else " " * 13
        for kind in ("unchanged", "changed", "charted")
    )
    cores = "  ".join(f"{name} {used:.2f}" for name, used in heard["cores"].items())
    return (
        f"{heard['pace']:4g} x  {heard['all']['many'] / seconds:6.0f}/s  {kinds}  {heard['fairness']:8.3f}"
        f"  {heard['worst clinic']:5.2f}  {cores}  {1000 * cost(heard):.1f} ms  {heard['wrong'] or ''}"
    )


HEAD = (
    f"{'pace':>6}  {'asked':>8}  {'unchanged':>13}  {'changed':>13}  {'charted':>13}  fairness  worst  cores;"
    " processor for an answer   (p50, p99 in ms)"
)


def main() -> None:
    say = sys.stdout.write
    sessions = int(os.environ.get("SESSIONS") or COUNTRY)
    seconds = float(os.environ.get("SECONDS") or 30)
    paces = [float(pace) for pace in (os.environ.get("PACES") or PACES).split()]
    setups = (os.environ.get("SETUPS") or f"{serving.WORKERS}x{serving.THREADS}").split()
    found: list[dict[str, Any]] = []
    with TemporaryDirectory(prefix="vigil-load-") as home, contextlib.ExitStack() as closing:
        country = Country(Path(home) / "home")
        closing.callback(country.close)
        country.open(str(sessions))
        say(f"{len(country.clinics)} clinics, {len(country.clinics) * CHAIRS} sessions under watch\n{HEAD}\n")
        for setup in setups:
            say(f"{setup.replace('x', ' workers of ')} threads\n")
            with country.served(*map(int, setup.split("x"))):
                for pace in paces:
                    found.append({"setup": setup, **country.hear(pace, seconds)})
                    say(line(found[-1], seconds) + "\n")
                    sys.stdout.flush()
                    if not keeps_up(found[-1]):
                        break
                found[-1]["memory_mb"] = memory = country.memory_mb()
            say(f"memory of a worker: {', '.join(f'{each:.0f} MB' for each in memory)}\n")
        say(country.verify_audit().splitlines()[-1] + "\n")
    out = settings.BASE_DIR / "build" / "load.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({"paces": found, "cores": os.cpu_count()}, indent=2) + "\n")
