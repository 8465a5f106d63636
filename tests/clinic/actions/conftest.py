"""Every test of an action begins with the cast in its clinic."""

import pytest

from clinic.models import User
from tests.factories import Cast, make_cast, make_otto


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def otto(db: None) -> User:
    return make_otto()
