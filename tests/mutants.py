"""Whether the tests of the rules notice: every mutant that mutmut makes of clinic/rules and sessions_app/rules, against
the tests that reach its function, until one fails (make mutants): first those that killed others, then its own file's.

mutmut would collect the tests again for each of thousands; here they are collected once, and each mutant is a child of
that process, which calls them as the functions they are (a test of rules needs nothing made for it). Ends well only if
every mutant is killed, or explained in tests/mutants_explained.toml: by its function and the line as the mutant has it,
whatever its number."""

import ast
import difflib
import gc
import json
import os
import signal
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import Phase

KILLED, TIMED_OUT, SURVIVED, UNREACHED, EXPLAINED = "killed", "timed out", "survived", "unreached", "explained"
DEAD = (KILLED, TIMED_OUT)
RULES = ("clinic/rules/*.py", "sessions_app/rules/*.py")
FOUND = Path(os.environ.get("MUTANTS_FOUND", "mutants-found.json"))
WANTED = tuple(os.environ.get("MUTANTS", "").split()) or ("",)
AT_ONCE = int(os.environ.get("MUTANTS_AT_ONCE", os.cpu_count() or 1))
MANY = 255  # as far as a child's exit can count
Tests = dict[str, float]  # each with its seconds of processor


def pytest_configure(config: pytest.Config) -> None:
    """The same examples each time, and none made smaller: that one fails is all that is asked."""
    settings = hypothesis.settings(
        hypothesis.settings.get_profile("vigil"), derandomize=True, phases=(Phase.explicit, Phase.generate)
    )
    hypothesis.settings.register_profile("mutants", settings)
    hypothesis.settings.load_profile("mutants")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    items = {item.nodeid: item for item in session.items}
    reached = who_reaches_what(items)
    found: dict[str, str] = json.loads(FOUND.read_text()) if FOUND.exists() else {}
    mutants = {key: name for key, name in everyone() if key.startswith(WANTED)}
    killed_by: Counter[str] = Counter()
    running: dict[int, tuple[str, list[str]]] = {}
    seconds = 0.0

    def reap() -> float:
        pid, status, usage = os.wait4(-1, 0)
        key, tests = running.pop(pid)
        timed_out = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
        found[key] = TIMED_OUT if timed_out else KILLED if status else SURVIVED
        place = os.waitstatus_to_exitcode(status)
        killed_by.update(tests[place - 1 : place] if 0 < place < MANY else ())
        return usage.ru_utime + usage.ru_stime

    gc.collect()
    gc.freeze()  # the children share it all
    for place, (key, name) in enumerate(mutants.items()):
        if found.get(key) in DEAD or (key in found and "AGAIN" not in os.environ):
            continue
        own = f"/test_{name.split('.')[2]}"
        tests = reached.get(name.rpartition("__mutmut_")[0], {})
        if not tests:
            found[key] = UNREACHED
            continue
        order = sorted(tests, key=lambda test: (-killed_by[test], own not in test, tests[test]))
        while len(running) >= AT_ONCE:
            seconds += reap()
        pid = child(lambda: fails(name, {items[test]: tests[test] for test in order}))  # noqa: B023
        running[pid] = key, order
        if place % 50 == 0:
            keep(found)  # it may be stopped, and goes on from there
    while running:
        seconds += reap()
    keep(found)
    session.testsfailed = report({key: found[key] for key in mutants}, seconds)
    return True


def keep(found: dict[str, str]) -> None:
    new = FOUND.with_suffix(".new")
    new.write_text(json.dumps(found, indent=0, ensure_ascii=False))
    new.replace(FOUND)


def child(work: Callable[[], int]) -> int:
    pid = os.fork()
    if pid:
        return pid
    failed = MANY
    try:
        failed = work()
    finally:
        os._exit(failed)


def call(item: Any) -> None:
    params = item.callspec.params if hasattr(item, "callspec") else {}
    item.obj(**{name: params[name] for name in item._fixtureinfo.argnames})


def fails(name: str, tests: dict[Any, float]) -> int:
    """Which of the tests is the first to fail, counted from one; 0 if none does."""
    os.environ["MUTANT_UNDER_TEST"] = name
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    for place, (test, seconds) in enumerate(tests.items(), start=1):
        # Of processor, not of the clock: the machine may be busy. What takes so much longer never ends.
        signal.setitimer(signal.ITIMER_PROF, 2 + 10 * seconds)
        try:
            call(test)
        except BaseException:
            return min(place, MANY)
    return 0


def who_reaches_what(items: dict[str, Any]) -> dict[str, Tests]:
    """Each function with the tests that call it. Without a mutant every test succeeds, or nothing can be said."""
    from mutmut.mutation import trampoline

    file, hits = Path("mutants-reached.json"), set[str]()

    def look() -> int:
        trampoline.record_trampoline_hit = lambda name, caller=None: hits.add(name)
        os.environ["MUTANT_UNDER_TEST"] = "stats"
        reached: defaultdict[str, Tests] = defaultdict(dict)
        for test, item in items.items():
            hits.clear()
            before = time.process_time()
            try:
                call(item)
            except BaseException as error:
                print(f"{test}: {error!r}", flush=True)
                raise
            for function in hits:
                reached[function][test] = time.process_time() - before
        file.write_text(json.dumps(reached))
        return 0

    _, status = os.waitpid(child(look), 0)
    if status:
        raise pytest.UsageError("the tests fail without a mutant")
    return json.loads(file.read_text())


def everyone() -> Iterator[tuple[str, str]]:
    """Each mutant by what it changes, with mutmut's name for it, which holds its number."""
    seen: Counter[str] = Counter()
    for file in sorted(file for pattern in RULES for file in Path().glob(pattern)):
        module, source = ".".join(file.with_suffix("").parts), functions(file)
        for mutant in source:
            function, _, number = mutant.rpartition("__mutmut_")
            if number == "orig":
                continue
            changed = list(difflib.ndiff(source[f"{function}__mutmut_orig"], source[mutant]))
            lines = [line[2:].strip() for line in changed if line.startswith("+ ")]
            lines = lines or ["without", *(line[2:].strip() for line in changed if line.startswith("- "))]
            readable = function[1:].strip("ǁ").replace("ǁ", ".") if "ǁ" in function else function[2:]
            key = f"{module}.{readable}: {' '.join(lines)}"
            seen[key] += 1
            yield key if seen[key] == 1 else f"{key} ({seen[key]})", f"{module}.{mutant}"


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
    by_file: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key, word in found.items():
        for file in (".".join(key.split(".")[:3]), key.partition(".")[0], "all"):
            by_file[file][word] += 1
    for file, counted in by_file.items():
        print(f"{file:40} {counted.total():5}", *(f"{counted[word]:5} {word}" for word in words))
    print(f"{seconds:.0f} s of processor for those tried now, {time.process_time():.0f} s to hand them out")
    left = [f"{word}: {key}" for key, word in found.items() if word in (SURVIVED, UNREACHED)]
    if WANTED == ("",):
        left += [f"explained, but not there: {key}" for key in explained if found.get(key) != EXPLAINED]
    print(*left, sep="\n")
    return len(left)


def make() -> None:
    """Every mutant of every rule beside its original, in place: this is a copy."""
    from mutmut.mutation.file_mutation import mutate_file_contents

    for file in sorted(file for pattern in RULES for file in Path().glob(pattern)):
        file.write_text(mutate_file_contents(str(file), undecorated(file.read_text())).code)


def undecorated(source: str) -> str:
    """mutmut leaves out what is decorated; here that is properties, and the clock of the stay is made of them."""
    lines = source.splitlines()
    properties = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and [ast.unparse(each) for each in node.decorator_list] == ["property"]
    ]
    for node in sorted(properties, key=lambda node: node.lineno, reverse=True):
        lines.insert(node.end_lineno or 0, f"{' ' * node.col_offset}{node.name} = property({node.name})")
        del lines[node.decorator_list[0].lineno - 1]
    return "\n".join((*lines, ""))


if __name__ == "__main__":
    make()
