"""The README tells the truth: its diagram is the table's, its map names what is there."""

import re
from pathlib import Path

from sessions_app.management.commands.state_diagram import diagram

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_shows_the_state_diagram_of_the_table() -> None:
    (drawn,) = re.findall(r"```mermaid\n(.*?)\n```", README, re.DOTALL)
    assert drawn == diagram()


def test_its_two_commands_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "demo-check", "test"} <= targets
    assert "make demo" in README
    assert "make test" in README


def test_its_map_names_only_what_exists() -> None:
    (house,) = re.findall(r"```text\n(.*?)\n```", README, re.DOTALL)
    paths = [line.split()[0] for line in house.splitlines() if line and not line[0].isspace()]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_path_it_names_exists() -> None:
    named = set(re.findall(r"`((?:clinic|sessions_app|docs|tests|templates)/[\w./-]+)`", README))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
