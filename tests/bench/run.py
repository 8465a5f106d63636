"""Prints one table and writes build/bench.json: every figure a ratio to a floor measured in the same run, the bare view
on the same server with as many statements and as long a page (bare.py), and below it the statements alone."""

import contextlib
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import psutil
from django.conf import settings

from sessions_app.management.commands import demo
from tests.bench.asking import Answer, Tab
from tests.bench.counting import READS, WRITES
from tests.bench.models import CREATE
from tests.bench.registry import Registry
from tests.bench.timing import timed
from tests.bench.volume import measured, signed_in
from tests.faults.place import SECRET_KEY, Place, environment_of
from tests.fuzz.meant import WELL
from tests.sessions_app.test_demo import free_port

ROUNDS, WARM, PATIENTS, VISITS = int(os.environ.get("ROUNDS", "60")), 8, 100_000, 200
PEOPLE = """
INSERT INTO clinic_patient SELECT made.* FROM clinic_patient, generate_series(1, %(count)s) number, LATERAL
    jsonb_populate_record(clinic_patient, jsonb_build_object(
        'id', gen_random_uuid(), 'mrn', 'B' || number, 'first_name', 'Made-' || number %% 317,
        'last_name', initcap(translate(md5(number::text), '0123456789', 'ghijklmnop')),
        'birth_date', date '1940-01-01' + number %% 20000)) made
WHERE clinic_patient.id = %(patient)s"""
UNTOUCHED = {"reads": 1, "writes": 0, "characters": 0}


class Bench(Place):
    """A clinic's machine, and beside its server the bare one."""

    def open(self, *asked: str) -> None:
        self.variables = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
        self.database.start()
        with contextlib.closing(self.database.connect_as_superuser("vigil")) as connection:
            cursor = connection.cursor()
            cursor.execute(CREATE)
            cursor.execute("GRANT SELECT, INSERT ON bench_row TO PUBLIC")
            self.row = uuid4()
            cursor.execute("INSERT INTO bench_row VALUES (%s, 'words', now())", [str(self.row)])
            connection.commit()
        self.made = json.loads(self.manage_by("-m", "tests.bench.seed", *asked).stdout)
        self._register(PATIENTS)
        self.serve()
        self.bare_port = free_port()
        with environment_of(self.environment("bare") | {"DJANGO_SETTINGS_MODULE": "tests.bench.bare"}):
            bare = self._running.enter_context(demo.web_server(self.bare_port, secret_key=SECRET_KEY))
        demo.wait_until_ready(bare, self.bare_port)

    def _register(self, count: int) -> None:
        """So many more people, as one is, and without what the database checks of each."""
        with contextlib.closing(self.database.connect_as_superuser("vigil")) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(PEOPLE, {"patient": self.made["patient"], "count": count})
            cursor.execute("VACUUM ANALYZE")

    def memory_of_a_worker(self) -> int:
        """Bytes that are its own or shared, of the larger one."""
        workers = psutil.Process(self.pages.pid).children(recursive=True)
        return max(worker.memory_info().rss for worker in workers)


@dataclass
class Scene:
    """``ask`` does it once, ``shape`` is what the floor does instead: as much as was counted, or what is said here."""

    name: str
    target: float
    ask: Callable[[dict[str, str]], Answer]
    shape: dict[str, int] | None = None
    rounds: int = ROUNDS
    took: dict[str, list[float]] = field(default_factory=lambda: {"vigil": [], "bare": [], "alone": []})

    def ratio(self, of: str, to: str) -> float:
        return median(self.took[of]) / median(self.took[to])

    def percentiles(self) -> dict[str, float]:
        return {"p50": median(self.took["vigil"]), "p99": self.p99("vigil")}

    def p99(self, of: str) -> float:
        return quantiles(self.took[of], n=100)[-1]


def scenes(bench: Bench, nora: Tab) -> list[Scene]:
    made = bench.made
    turns = iter(range(10**9))
    ready = iter(made["ready"])
    known: list[str] = []

    def save(more: dict[str, str]) -> Answer:
        chair = made["watched"][1 + next(turns) % (len(made["watched"]) - 1)]
        return nora.post(f"/dosing-sessions/{chair}/record-check/", WELL | {"entry_id": str(uuid4())}, more)

    def release(more: dict[str, str]) -> Answer:
        said = {"handed_over_to": "Basil Tamarack", "still_true": "on", "entry_id": str(uuid4())}
        return nora.post(f"/dosing-sessions/{next(ready)}/discharge/", said, more)

    def board(more: dict[str, str], version: str) -> Answer:
        answer = nora.get("/", {"X-Requested-With": "refresh", "If-None-Match": version, **more})
        known[:] = [answer.headers["ETag"]]
        return answer

    def unchanged(more: dict[str, str]) -> Answer:
        if not known:
            board({}, "")
        return board(more, known[0])

    @cache
    def search() -> str:
        found = nora.post("/patients/find/", {"q": "Made-12 Hi", "of": "patients"}, {})
        return found.headers["Location"]

    def page(path: str) -> Callable[[dict[str, str]], Answer]:
        return lambda more: nora.get(path, more)

    return [
        # First: the board then has the chairs that it says.
        Scene("a patient is released", 2, release, rounds=len(made["ready"]) - WARM - 1),
        Scene("a check is saved", 1.5, save),
        Scene("the board, unchanged", 1.3, unchanged, UNTOUCHED),
        Scene(f"the board of {len(made['watched'])} chairs, changed", 2, lambda more: board(more, "")),
        Scene("a session of 40 checks", 2, page(f"/dosing-sessions/{made['watched'][0]}/")),
        Scene("a patient's page", 2, page(f"/patients/{made['patient']}/")),
        Scene(f"a search among {PATIENTS} patients", 2, lambda more: nora.get(search(), more)),
    ]


@contextlib.contextmanager
def long_course() -> Iterator[Scene]:
    """A patient who came so often, made up as a registry is, on a machine of their own."""
    with TemporaryDirectory(prefix="vigil-course-") as home:
        place = Registry(Path(home) / "home")
        try:
            place.variables = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
            place.open("1", "--sessions", str(VISITS))
            path, tab = place.addresses_of_pages()["a patient"], signed_in(place)
            yield Scene(f"a patient with {place.sessions} sessions", 2, lambda more: tab.get(path, more))
        finally:
            place.close()


def measure(bench: Bench, scene: Scene, bare: Tab, cursor: Any) -> None:
    shape = scene.shape
    counted = scene.ask({"X-Count": "1"})
    if shape is None:
        sizes = {"reads": int(counted.headers[READS]), "writes": int(counted.headers[WRITES])}
        shape = {**sizes, "characters": len(counted.body)}
    scene.shape = shape
    path = f"/floor/{shape['reads']}/{shape['writes']}/{shape['characters']}/?row={bench.row}"
    for turn in range(WARM + scene.rounds):
        took = {
            "vigil": timed(lambda: scene.ask({})),
            "bare": timed(lambda: bare.get(path, {})),
            "alone": timed(lambda: alone(cursor, bench.row, shape)),
        }
        if turn >= WARM:
            for name, seconds in took.items():
                scene.took[name].append(seconds)


def alone(cursor: Any, row: Any, shape: dict[str, int]) -> None:
    for _ in range(shape["reads"]):
        cursor.execute("SELECT id, words, written_at FROM bench_row WHERE id = %s", [str(row)])
        cursor.fetchone()
    for number in range(shape["writes"]):
        cursor.execute("INSERT INTO bench_row VALUES (%s, %s, now())", [str(uuid4()), f"row {number}"])
    cursor.connection.commit()


@contextlib.contextmanager
def opened() -> Iterator[Bench]:
    with TemporaryDirectory(prefix="vigil-bench-") as home:
        bench = Bench(Path(home) / "home")
        try:
            bench.open()
            yield bench
        finally:
            bench.close()


HEAD = (
    f"{'':34} {'ratio':>6} {'target':>6} {'to SQL':>7}  {'p50 ms':>7} {'p99 ms':>7} {'bare p50':>8}  statements, page"
)


def line(scene: Scene) -> str:
    shape = scene.shape or {}
    p50, bare = (median(scene.took[name]) * 1000 for name in ("vigil", "bare"))
    return (
        f"{scene.name:34} {scene.ratio('vigil', 'bare'):6.2f} {scene.target:6.1f} {scene.ratio('vigil', 'alone'):7.1f}"
        f"  {p50:7.1f} {scene.p99('vigil') * 1000:7.1f} {bare:8.1f}"
        f"  {shape['reads']} + {shape['writes']}, {shape['characters'] / 1000:.0f} kB"
    )


def main() -> None:
    say = sys.stdout.write
    with opened() as bench:
        nora, bare = Tab(bench.port), Tab(bench.bare_port)
        nora.sign_in("nora")
        with contextlib.closing(bench.database.connect_as_superuser("vigil")) as connection:
            found = scenes(bench, nora)
            say(HEAD + "\n")
            for scene in found:
                measure(bench, scene, bare, connection.cursor())
                say(line(scene) + "\n")
                sys.stdout.flush()
            with long_course() as scene:
                found.append(scene)
                measure(bench, scene, bare, connection.cursor())
                say(line(scene) + "\n")
        worker = bench.memory_of_a_worker()
    say(f"a worker of the server: {worker / 2**20:.0f} MiB\n")
    ratios = [
        {
            "name": scene.name,
            "ratio": round(scene.ratio("vigil", "bare"), 3),
            "target": scene.target,
            "to_sql": round(scene.ratio("vigil", "alone"), 3),
            **{f"{name}_ms": round(value * 1000, 2) for name, value in scene.percentiles().items()},
            **(scene.shape or {}),
        }
        for scene in found
    ]
    ratios += measured(sys.argv[1] if len(sys.argv) > 1 else "", say)
    machine = {
        "worker_bytes": worker,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
    }
    out = settings.BASE_DIR / "build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({"ratios": ratios, "machine": machine}, indent=2) + "\n")
