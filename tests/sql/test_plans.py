"""No page reads a table through that grows with every session: EXPLAIN of each statement of every page, among the rows
of a thousand made-up sessions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bench.registry import Registry

pytestmark = pytest.mark.slow
PATIENTS = 40  # with some 1,000 sessions, at eight clinics

# What a page may read through, and why: page and table.
EARLY = "nobody left early here; where somebody did, each is found by the row that says so"
ALLOWED: dict[tuple[str, str], str] = {
    ("adverse-events", "clinic_patient"): "of a span of days, joined to forty patients",
    ("floor", "sessions_app_dosingsession"): EARLY,
    ("patient-page", "sessions_app_dosingsession"): EARLY,
    ("wall", "sessions_app_dosingsession"): EARLY,
    ("from-paper", "sessions_app_dosingsession"): "nothing came from paper here",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    home: Path = tmp_path_factory.mktemp("plans")
    place = Registry(home / "home")
    try:
        place.fill(str(PATIENTS), "--of-a-clinic", str(PATIENTS // 8))
        yield json.loads(place.manage_by("-m", "tests.sql.plans").stdout)
    finally:
        place.close()


def test_most_pages_are_asked(told: dict[str, Any]) -> None:
    asked = [name for name, status in told["asked"].items() if status < 400]
    assert len(asked) > 90, sorted(told["asked"].items(), key=lambda pair: pair[1])


def test_no_page_reads_a_big_table_through(told: dict[str, Any]) -> None:
    found = [each for each in told["found"] if (each[0], each[1]) not in ALLOWED]
    assert found == []


def test_what_is_allowed_is_so(told: dict[str, Any]) -> None:
    assert set(ALLOWED) <= {(name, table) for name, table, _plan in told["found"]}
