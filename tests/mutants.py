"""Whether the tests of the rules notice: every mutant that mutmut made of clinic/rules and sessions_app/rules, against
the tests that reach its function, those of its own file first, until one fails (make mutants).

mutmut makes the mutants and finds which test reaches what. It would collect the tests again for each of thousands;
here they are collected once, and each mutant is a child of that process, which calls them as the functions they are
(a test of rules needs nothing made for it). Ends well only if every mutant is killed, or
explained in tests/mutants_explained.toml: by its function and the line as the mutant has it, whatever its number."""

import ast
import difflib
import json
import os
import signal
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import Phase

KILLED, TIMED_OUT, SURVIVED, UNREACHED, EXPLAINED = "killed", "timed out", "survived", "unreached", "explained"
DEAD = (KILLED, TIMED_OUT)
FOUND = Path(os.environ.get("MUTANTS_FOUND", "../mutants-found.json"))
WANTED = tuple(os.environ.get("MUTANTS", "").split())
AT_ONCE = int(os.environ.get("MUTANTS_AT_ONCE", os.cpu_count() or 1))


def pytest_configure(config: pytest.Config) -> None:
    """The same examples each time, and none made smaller: that one fails is all that is asked."""
    settings = hypothesis.settings(
        hypothesis.settings.get_profile("vigil"), derandomize=True, phases=(Phase.explicit, Phase.generate)
    )
    hypothesis.settings.register_profile("mutants", settings)
    hypothesis.settings.load_profile("mutants")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    stats = json.loads(Path("mutmut-stats.json").read_text())
    reached, durations = stats["tests_by_mangled_function_name"], stats["duration_by_test"]
    items = {item.nodeid: item for item in session.items}
    new = [test for test in items if test not in durations]  # came since mutmut looked: whatever they reach
    found: dict[str, str] = json.loads(FOUND.read_text()) if FOUND.exists() else {}
    mutants = {key: name for key, name in everyone() if key.startswith(WANTED or "")}
    running: dict[int, str] = {}
    seconds = 0.0

    def reap() -> float:
        pid, status, usage = os.wait4(-1, 0)
        timed_out = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
        found[running.pop(pid)] = TIMED_OUT if timed_out else KILLED if status else SURVIVED
        if not running or pid % 50 == 0:  # now and then: it may be stopped, and goes on from there
            FOUND.write_text(json.dumps(found, indent=0, ensure_ascii=False))
        return usage.ru_utime + usage.ru_stime

    running[child("", list(items.values()), durations)] = "without a mutant"
    seconds += reap()
    if found.pop("without a mutant") != SURVIVED:
        raise pytest.UsageError("the tests fail without a mutant")
    for key, name in mutants.items():
        if found.get(key) in DEAD or (key in found and "AGAIN" not in os.environ):
            continue
        function, own = name.rpartition("__mutmut_")[0], f"/test_{name.split('.')[2]}"
        tests = [test for test in reached.get(function, ()) if test in items]
        tests.sort(key=lambda test: (own not in test, durations[test]))
        if not tests and not new:
            found[key] = UNREACHED
            continue
        while len(running) >= AT_ONCE:
            seconds += reap()
        running[child(name, [items[test] for test in (*new, *tests)], durations)] = key
    while running:
        seconds += reap()
    session.testsfailed = report({key: found[key] for key in mutants}, seconds)
    return True


def child(name: str, tests: list[Any], durations: dict[str, float]) -> int:
    pid = os.fork()
    if pid:
        return pid
    os.environ["MUTANT_UNDER_TEST"] = name
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    failed = 1
    try:
        for test in tests:
            # Of processor, not of the clock: the machine may be busy. What takes so much longer never ends.
            signal.setitimer(signal.ITIMER_PROF, 3 + 10 * durations.get(test.nodeid, 1))
            params = test.callspec.params if hasattr(test, "callspec") else {}
            test.obj(**{name: params[name] for name in test._fixtureinfo.argnames})
        failed = 0
    finally:
        os._exit(failed)


def everyone() -> Iterator[tuple[str, str]]:
    """Each mutant by what it changes, with mutmut's name for it, which holds its number."""
    seen: Counter[str] = Counter()
    for file in sorted(Path().glob("*/rules/*.meta")):
        source = functions(file.with_suffix(""))
        for name in json.loads(file.read_text())["exit_code_by_key"]:
            module, _, mutant = name.partition(".x")
            function = mutant.rpartition("__mutmut_")[0]
            was, now = source[f"x{function}__mutmut_orig"], source[f"x{mutant}"]
            changed = list(difflib.ndiff(was, now))
            lines = [line[2:].strip() for line in changed if line.startswith("+ ")]
            lines = lines or ["without", *(line[2:].strip() for line in changed if line.startswith("- "))]
            readable = function.strip("_ǁ") if function.startswith("ǁ") else function.removeprefix("_")
            key = f"{module}.{readable.replace('ǁ', '.')}: {' '.join(lines)}"
            seen[key] += 1
            yield key if seen[key] == 1 else f"{key} ({seen[key]})", name


@cache
def functions(file: Path) -> dict[str, list[str]]:
    lines = file.read_text().splitlines()
    return {
        node.name: [line.replace(node.name, "") for line in lines[node.lineno - 1 : node.end_lineno]]
        for node in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(node, ast.FunctionDef) and "__mutmut_" in node.name
    }


def report(found: dict[str, str], seconds: float) -> int:
    """How it went, file by file, and what is left: survivors nobody explained, and explanations of nothing."""
    explained = {
        f"{function}: {line}"
        for function, lines in tomllib.loads(Path("tests/mutants_explained.toml").read_text()).items()
        for line in lines
    }
    found = {key: EXPLAINED if word not in DEAD and key in explained else word for key, word in found.items()}
    words = (KILLED, TIMED_OUT, EXPLAINED, SURVIVED, UNREACHED)
    by_file: dict[str, Counter[str]] = {}
    for key, word in found.items():
        by_file.setdefault(".".join(key.split(".")[:3]), Counter())[word] += 1
    by_file["all"] = sum(by_file.values(), Counter())
    for file, counted in by_file.items():
        print(f"{file:40} {counted.total():5}", *(f"{counted[word]:5} {word}" for word in words))
    print(f"{seconds:.0f} s of processor for those tried now, {time.process_time():.0f} s to hand them out")
    left = [f"{word}: {key}" for key, word in found.items() if word in (SURVIVED, UNREACHED)]
    if not WANTED:
        left += [f"explained, but not there: {key}" for key in explained if found.get(key) != EXPLAINED]
    print(*left, sep="\n")
    return len(left)
