"""What patients read: nothing is missing in a language, and times are said as its readers say them."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from sessions_app.forms.monitoring import OTHER_SYMPTOMS
from sessions_app.models import InstructionsGiven
from sessions_app.models.program import parse_program
from sessions_app.presenters.patient_texts import SYMPTOMS, TEXTS, day_words, symptom_name, time_words
from tests.source import ROOT

LANGUAGES = set(InstructionsGiven.Language.values)
NEW_YORK = ZoneInfo("America/New_York")


def shipped_signs() -> set[str]:
    files = (ROOT / "sessions_app" / "programs").glob("*.toml")
    return {sign.code for file in files for sign in parse_program(file.read_text("utf-8"), file=file.name).signs}


@pytest.mark.parametrize("name", [*TEXTS, *SYMPTOMS])
def test_it_is_said_in_every_language_with_the_same_values(name: str) -> None:
    said = {**TEXTS, **SYMPTOMS}[name]

    assert set(said) == LANGUAGES
    assert all(words.strip() for words in said.values())
    assert len({tuple(sorted(re.findall(r"%\((\w+)\)s", words))) for words in said.values()}) == 1


def test_it_names_every_symptom_that_can_be_charted() -> None:
    charted = {code for code, _label in OTHER_SYMPTOMS} | shipped_signs()
    assert charted - set(SYMPTOMS) == set()


def test_it_falls_back_on_a_programmes_own_label() -> None:
    assert symptom_name("slurred_speech", "es", label="Slurred speech") == "Slurred speech"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Tuesday, April 21, 2026"), ("es", "martes 21 de abril de 2026")]
)
def test_it_writes_a_day_as_its_readers_do(language: str, words: str) -> None:
    assert day_words(date(2026, 4, 21), language) == words


@pytest.mark.parametrize(
    ("hour", "en", "es"),
    [
        (4, "12:05 a.m. EDT", "12:05 a. m. EDT"),
        (15, "11:05 a.m. EDT", "11:05 a. m. EDT"),
        (16, "12:05 p.m. EDT", "12:05 p. m. EDT"),
        (17, "1:05 p.m. EDT", "1:05 p. m. EDT"),
    ],
)
def test_it_writes_a_time_in_the_facilitys_zone(hour: int, en: str, es: str) -> None:
    at = datetime(2026, 4, 21, hour, 5, tzinfo=UTC)
    assert (time_words(at, NEW_YORK, "en"), time_words(at, NEW_YORK, "es")) == (en, es)
