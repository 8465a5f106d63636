"""What test_fuzz.py asks, thousands of times, of every form and of sessions in every state. With -s it says how many
requests they were, how they were answered, and which was the slowest."""

import sys
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.clock import clock_at
from tests.fuzz.asking import Asked, Case
from tests.fuzz.cases import Base, bases, planted, read_by
from tests.fuzz.house import NOW, House, apart, leads, open_house
from tests.fuzz.meant import NOTHING_TO_TAKE
from tests.fuzz.sorts import BARE, FILLED, SEED

pytestmark = pytest.mark.slow


def say(what: str) -> None:
    sys.stdout.write(f"\n{what}\n")
    sys.stdout.flush()


def ask_and_say(asked: Asked, sort: str, requests: Iterator[Case], most: int) -> None:
    """Every thousand, so that a run that is stopped was not in vain."""
    for done in range(0, most, 1_000):
        asked.ask_all(requests, min(1_000, most - done))
        say(asked.told(sort))


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock(), open_house(whole=True) as made:
        yield made


@pytest.fixture
def asked(house: House) -> Iterator[Asked]:
    with apart():
        yield Asked(house)


@pytest.fixture(scope="module")
def links(house: House) -> dict[str, list[str]]:
    with clock_at(NOW):
        return leads(house, ("prescriber", "administrator"))


@pytest.fixture(scope="module")
def filling_in(house: House, links: dict[str, list[str]]) -> tuple[Asked, list[Base]]:
    asked = Asked(house)
    found = list(bases(asked, Random(SEED), house.pages, links, tries=24))
    taken = [base.page.name for base in found if base.taken]
    say(asked.told(f"{len(found)} forms, {sum(len(base.names) for base in found)} fields, {len(taken)} taken"))
    return asked, found


@pytest.fixture(scope="module")
def every_form(filling_in: tuple[Asked, list[Base]]) -> list[Base]:
    return filling_in[1]


def test_every_form_is_filled_in_so_that_it_is_taken(filling_in: tuple[Asked, list[Base]]) -> None:
    asked, found = filling_in
    assert asked.wrong == {}
    assert {base.page.name for base in found if not base.taken} == set(NOTHING_TO_TAKE), "see tests/fuzz/meant.py"


@pytest.mark.parametrize("sort", BARE)
def test_it_is_answered(asked: Asked, sort: str) -> None:
    ask, _short, most = BARE[sort]
    ask_and_say(asked, sort, ask(asked.house, Random(SEED + 1)), most)
    assert asked.wrong == {}


@pytest.mark.parametrize("sort", FILLED)
def test_a_form_is_answered(asked: Asked, every_form: list[Base], sort: str) -> None:
    ask, _short, most = FILLED[sort]
    ask_and_say(asked, sort, ask(asked.house, Random(SEED + 1), every_form), most)
    assert asked.wrong == {}


def test_what_is_typed_becomes_no_part_of_a_page(asked: Asked, links: dict[str, list[str]]) -> None:
    random = Random(SEED + 1)
    told = planted(asked, random, asked.house.pages, links, tries=8)
    asked.ask_all(read_by(asked.house, random), 2_000)
    say(asked.told(f"a script in {told} fields, shown on {len(asked.showed_mark)} pages"))
    assert asked.wrong == {}
    assert told > 25
