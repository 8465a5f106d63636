"""Fixtures of the faults."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.place import Place


@pytest.fixture
def place() -> Iterator[Place]:
    with TemporaryDirectory(prefix="vigil-faults-") as home:
        place = Place(Path(home) / "home")
        try:
            place.open()
            yield place
        finally:
            place.close()
