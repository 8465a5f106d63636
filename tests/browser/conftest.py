"""Fixtures of the browser tests."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

from tests.browser.stage import TABLET, Wall
from tests.factories import NINE


@pytest.fixture
def wall() -> Iterator[Wall]:
    """Both clocks that the views read, inside this test process alone."""
    wall = Wall(NINE)
    with mock.patch("clinic.clock.now", wall.read), mock.patch("clinic.clock.database_now", wall.read):
        yield wall


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A tablet lying on its side."""
    return {**browser_context_args, "viewport": TABLET}
