"""Whether the tests of the rules notice: every mutant that mutmut made of clinic/rules and sessions_app/rules, against
the tests that reach its function, the quickest first, until one fails (make mutants).

mutmut makes the mutants and finds which test reaches what. It would collect the tests again for each of thousands;
here they are collected once, and each mutant is a child of that process."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

KILLED, SURVIVED, TIMED_OUT, UNREACHED = "killed", "survived", "timed out", "unreached"
SECONDS = float(os.environ.get("MUTANT_SECONDS", "60"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    stats = json.loads(Path("mutmut-stats.json").read_text())
    reached, durations = stats["tests_by_mangled_function_name"], stats["duration_by_test"]
    items = {item.nodeid: item for item in session.items}
    file = Path(os.environ.get("MUTANTS_FOUND", "../mutants-found.json"))
    found = json.loads(file.read_text()) if file.exists() else {}
    wanted = os.environ.get("MUTANTS", "").split()
    new = [test for test in items if test not in durations]  # came since mutmut looked: whatever they reach
    for name in mutants():
        if name in found and (found[name] in (KILLED, UNREACHED) or "AGAIN" not in os.environ):
            continue
        if wanted and not any(name.startswith(prefix) for prefix in wanted):
            continue
        function, own = name.rpartition("__mutmut_")[0], f"/test_{name.split('.')[2]}.py"
        reaching = [test for test in reached.get(function, ()) if test in items]
        reaching.sort(key=lambda test: (own not in test, durations[test]))
        found[name] = tried(name, [items[test] for test in (*new, *reaching)]) if function in reached else UNREACHED
        file.write_text(json.dumps(found, indent=0))
    print(*(f"{sum(each == word for each in found.values())} {word}" for word in set(found.values())), sep=", ")
    print(*(name for name, word in found.items() if word in (SURVIVED, TIMED_OUT)), sep="\n")
    return True


def mutants() -> list[str]:
    files = sorted(Path().glob("*/rules/*.meta"))
    return [name for file in files for name in json.loads(file.read_text())["exit_code_by_key"]]


def tried(name: str, tests: list[Any]) -> str:
    if not tests:
        return UNREACHED
    child = os.fork()
    if child == 0:
        os.environ["MUTANT_UNDER_TEST"] = name
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of processor, not of the clock: the machine may be busy
        failed = 1
        try:
            failed = any(
                report.failed
                for test, following in zip(tests, [*tests[1:], None], strict=True)
                for report in runtestprotocol(test, nextitem=following, log=False)
            )
        finally:
            os._exit(failed)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return TIMED_OUT if os.WTERMSIG(status) == signal.SIGPROF else KILLED
    return KILLED if os.WEXITSTATUS(status) else SURVIVED
