"""docs/controls.md names files and tests that are there."""

import re

from tests.source import ROOT

ROWS = [line.split("|")[1:4] for line in (ROOT / "docs/controls.md").read_text().splitlines() if line.startswith("| ")]
CONTROLS = [row for row in ROWS if row[1].strip() not in ("", "file")]


def test_every_control_has_its_file_and_its_test() -> None:
    missing = []
    for control, file, test in CONTROLS:
        files, tests = re.findall(r"`([^`]+)`", file), re.findall(r"`([^`]+)`", test)
        if not files or not tests:
            missing.append(f"{control.strip()}: no file or no test")
        for named in [*files, *tests]:
            path, _, name = named.partition("::")
            text = (ROOT / path).read_text() if (ROOT / path).is_file() else None
            if text is None or (name and not re.search(rf"^ *(def|class) {name}\b", text, re.MULTILINE)):
                missing.append(named)
    assert missing == []
    assert len(CONTROLS) > 30
