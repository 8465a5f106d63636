"""Every address against input that nobody means well by: it is answered, says nothing of another clinic's, writes
nothing that it refuses, and makes no element of what somebody typed.

The same requests every time; VIGIL_FUZZ_SEED=7 asks others. test_fuzz_the_long_way.py asks thousands."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.fuzz.asking import Asked
from tests.fuzz.cases import Base, bases, planted, read_by
from tests.fuzz.house import House, apart, open_house
from tests.fuzz.sorts import BARE, FILLED, SEED


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock(), open_house(whole=False) as made:
        yield made


@pytest.fixture
def asked(house: House) -> Iterator[Asked]:
    with apart():
        yield Asked(house)


@pytest.fixture(scope="module")
def some_forms(house: House) -> list[Base]:
    random = Random(SEED)
    with_a_file = [page for page in house.pages if page.name == "keep-document"]
    small = [page for page in house.pages if not page.name.startswith("enter-paper")]
    pages = [*random.sample(small, 7), *with_a_file]
    return list(bases(Asked(house), random, pages, {}, tries=2))


@pytest.mark.parametrize("sort", BARE)
def test_it_is_answered(asked: Asked, sort: str) -> None:
    ask, most, _long = BARE[sort]
    assert asked.ask_all(ask(asked.house, Random(SEED)), most) == {}
    assert asked.count == most


@pytest.mark.parametrize("sort", FILLED)
def test_a_form_is_answered(asked: Asked, some_forms: list[Base], sort: str) -> None:
    ask, most, _long = FILLED[sort]
    assert asked.ask_all(ask(asked.house, Random(SEED), some_forms), most) == {}
    assert 0 < asked.count <= most
    assert set(asked.answers) - {401}, "nobody was signed in"


def test_what_is_typed_becomes_no_part_of_a_page(asked: Asked) -> None:
    random = Random(SEED)
    pages = [page for page in asked.house.pages if page.name in ("record-contact", "raise-finding", "move-chair")]
    assert planted(asked, random, pages, {}, tries=3) > 3
    assert asked.ask_all(read_by(asked.house, random), 32) == {}
    assert len(asked.showed_mark) > 3
