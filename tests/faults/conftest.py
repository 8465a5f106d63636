"""Fixtures of the faults."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.place import Place


@pytest.fixture
def closed_place() -> Iterator[Place]:
    with TemporaryDirectory(prefix="vigil-faults-") as home:
        place = Place(Path(home) / "home")
        try:
            yield place
        finally:
            place.close()


@pytest.fixture
def place(closed_place: Place) -> Place:
    closed_place.open()
    return closed_place
