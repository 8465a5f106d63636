"""What patients read: nothing is missing in a language, and times are said as its readers say them."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.template.base import Lexer, TokenType

from clinic.models import Language
from sessions_app.forms.monitoring import OTHER_SYMPTOMS
from sessions_app.models.program import parse_program
from sessions_app.presenters.patient_texts import SYMPTOMS, TEXTS, day_words, symptom_name, time_words
from tests.source import ROOT
from tests.words import read, tag_of, texts_in

LANGUAGES = set(Language.values)
# What a patient reads stands in these, between the tags of <article lang="...">.
SHEETS = [ROOT / "templates" / "sessions_app" / "instructions.html"]
NEW_YORK = ZoneInfo("America/New_York")


def shipped_signs() -> set[str]:
    files = (ROOT / "sessions_app" / "programs").glob("*.toml")
    return {sign.code for file in files for sign in parse_program(file.read_text("utf-8"), file=file.name).signs}


@pytest.mark.parametrize("name", [*TEXTS, *SYMPTOMS])
def test_it_is_said_in_every_language_with_the_same_values(name: str) -> None:
    said = {**TEXTS, **SYMPTOMS}[name]

    assert set(said) == LANGUAGES
    assert all(words.strip() for words in said.values())
    assert len(set(said.values())) == len(LANGUAGES), "copied, not translated"
    assert len({tuple(sorted(re.findall(r"%\((\w+)\)s", words))) for words in said.values()}) == 1


def test_it_names_every_symptom_that_can_be_charted() -> None:
    charted = {code for code, _label in OTHER_SYMPTOMS} | shipped_signs()
    assert charted - set(SYMPTOMS) == set()


def test_it_falls_back_on_a_programmes_own_label() -> None:
    assert symptom_name("slurred_speech", "es", label="Slurred speech") == ("Slurred speech", "en")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_it_takes_every_word_of_a_sheet_from_here(sheet: Path) -> None:
    """Nothing in the reader's language, which is the staff's, and no word that is missing."""
    article = read(sheet).split("<article", 1)[1].split("</article>")[0]
    assert 'lang="{{ language }}"' in article.split(">")[0]

    tokens = Lexer(article).tokenize()
    assert not [token for token in tokens if tag_of(token) in ("translate", "blocktranslate")]
    assert list(texts_in(f"<article{article}")) == []
    asked = set(re.findall(r"words\.(\w+)", " ".join(t.contents for t in tokens if t.token_type is not TokenType.TEXT)))
    assert asked - set(TEXTS) == set()
    mailed = {name for name in TEXTS if name.startswith("reminder_")}
    assert set(TEXTS) - asked - mailed == {"next_at", "printed"}, "of those that are filled in"


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
