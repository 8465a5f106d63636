"""Our own source, read as text and as syntax."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APPS = ("clinic", "sessions_app")
LAYERS = ("rules", "models", "actions", "presenters", "forms", "views")


def python_files(*folders: str) -> list[Path]:
    """Every Python file below these folders; of migrations none."""
    found = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return sorted(file for file in found if "migrations" not in file.parts and "__pycache__" not in file.parts)


def layer_files(*layers: str) -> list[Path]:
    return python_files(*(f"{app}/{layer}" for app in APPS for layer in layers))


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


@cache
def syntax(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file: Path) -> set[str]:
    """Every module this file imports, at its head or inside a function."""
    found = set()
    for node in ast.walk(syntax(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def layer_of(module: str) -> tuple[str, str] | None:
    """``("sessions_app", "rules")`` of ``sessions_app.rules.states``."""
    app, _, rest = module.partition(".")
    layer = rest.partition(".")[0]
    return (app, layer) if app in APPS and layer in LAYERS else None


def calls(file: Path, name: str) -> Iterator[ast.Call]:
    """Every call of a function of this name."""
    for node in ast.walk(syntax(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def attributes(file: Path) -> Iterator[str]:
    """Every ``a.b`` that is read, as text."""
    for node in ast.walk(syntax(file)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            yield ast.unparse(node)


def public_functions(file: Path) -> Iterator[ast.FunctionDef]:
    for node in syntax(file).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def without_default(function: ast.FunctionDef) -> set[str]:
    """Its keyword-only parameters that a caller must give."""
    arguments = function.args
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return {argument.arg for argument, default in pairs if default is None}


def parameters(function: ast.FunctionDef) -> set[str]:
    arguments = function.args
    return {argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
