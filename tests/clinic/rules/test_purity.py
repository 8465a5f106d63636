"""The rules are pure: the standard library and each other, no clock, no network, no file."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = sorted((*ROOT.glob("clinic/rules/*.py"), *ROOT.glob("sessions_app/rules/*.py")))
ALLOWED = {"clinic": ("clinic.rules",), "sessions_app": ("clinic.rules", "sessions_app.rules")}
# Standard, and yet not for rules: they read clocks, files, the environment or the outside.
IMPURE = {"os", "io", "pathlib", "time", "random", "secrets", "socket", "subprocess", "urllib", "http", "logging"}
CLOCKS = {"now", "utcnow", "today", "localtime", "monotonic"}


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def is_pure(name: str, app: str) -> bool:
    top = name.split(".")[0]
    if any(name == allowed or name.startswith(f"{allowed}.") for allowed in ALLOWED[app]):
        return True
    return top in sys.stdlib_module_names and top not in IMPURE


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_the_standard_library_and_other_rules_only(path: Path) -> None:
    app = path.relative_to(ROOT).parts[0]

    assert [name for name in imports(ast.parse(path.read_text())) if not is_pure(name, app)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_reads_no_clock_and_no_file(path: Path) -> None:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    named = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}

    assert not named & CLOCKS
    assert not named & {"open", "print", "input", "eval", "exec", "__import__"}


def test_finds_the_rules_of_both_apps() -> None:
    names = {str(path.relative_to(ROOT)) for path in FILES}

    assert {"clinic/rules/refusals.py", "sessions_app/rules/discharge.py", "sessions_app/rules/states.py"} <= names


@pytest.mark.parametrize(
    ("name", "app", "pure"),
    [
        ("datetime", "clinic", True),
        ("clinic.rules.refusals", "clinic", True),
        ("sessions_app.rules.facts", "sessions_app", True),
        ("sessions_app.rules.facts", "clinic", False),
        ("django.utils.timezone", "clinic", False),
        ("clinic.models", "sessions_app", False),
        ("clinic.rulesets", "clinic", False),
        ("os.path", "clinic", False),
        (".facts", "sessions_app", False),
    ],
)
def test_tells_pure_from_impure(name: str, app: str, pure: bool) -> None:
    assert is_pure(name, app) is pure
