"""Every page as somebody reads it whose language this is not: with a catalogue in which every message stands in «...»,
nothing is left outside of them but what people typed, numbers, and what is the same in every language."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import translation

from clinic.models import Patient, User
from clinic.rules.attestations import WORDINGS
from clinic.rules.roles import Role
from tests.clock import clock_at
from tests.factories import (
    STAY_ENDS,
    booked,
    checked_in,
    employ,
    full_check,
    in_monitoring,
    make_cast,
    make_course,
    minutes,
)
from tests.pages import pages, things_of
from tests.scene import as_next_request
from tests.sessions_app.rich import rich_session
from tests.source import ROOT
from tests.words import NAMES, READ_ATTRIBUTES, unkind

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = STAY_ENDS + minutes(90)
# Looked at in every state; the rest look alike for all.
EVERY_STATE = ("dosing-session", "patient-page", "sheet")
NOT_SHOWN = {
    "instructions": "in the patient's language: test_patient_texts.py",
    "permissions": "names of addresses, as docs/permissions.md has them",
}
UNITS = {"mg", "min", "h", "EDT", "America", "New", "York", "PDF", "NDC", "TRD", "GAD", "MOAA", "CADSS"}
DATA = ("programs", "editions", "instruments")
APART = "\x1f"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The other language; holds every message that was looked up."""
    seen: set[str] = set()

    def in_brackets(name: str, which: Callable[..., str]) -> None:
        def look_up(*args: Any) -> str:
            message = which(*args)
            seen.add(message)
            return f"«{message}»" if message else ""

        monkeypatch.setattr(translation._trans, name, look_up, raising=False)

    in_brackets("gettext", lambda message: message)
    in_brackets("pgettext", lambda context, message: message)
    in_brackets("ngettext", lambda one, many, count: one if count == 1 else many)
    in_brackets("npgettext", lambda context, one, many, count: one if count == 1 else many)
    return seen


class Shown(HTMLParser):
    """What a page says: its texts, and its attributes that are read out or shown by script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.attributes: list[str] = []
        self.code = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.code = tag if tag in ("script", "style") else self.code
        for name, value in attrs:
            for said in strings_in(json.loads(value)) if value and value[:1] in "[{" else [value]:
                sentence = name.startswith("data-") and re.search("[a-z] ", said or "")
                if said and (name in READ_ATTRIBUTES or sentence):
                    self.attributes.append(said)

    def handle_endtag(self, tag: str) -> None:
        self.code = "" if tag == self.code else self.code

    def handle_data(self, data: str) -> None:
        if not self.code:
            self.texts.append(data)


def outside(texts: list[str]) -> list[str]:
    """What stands in no message; one message may run through several texts."""
    text, before = APART.join(texts), ""
    while text != before:
        before, text = text, re.sub("«[^«»]*»", " ", text)
    return text.split(APART)


def typed_by_people() -> list[str]:
    """What the database holds in words of its own; and what is data, with words that somebody else chose and that are
    kept as they are with every edition: programmes, forms, scales. The longest first."""
    found = set()
    for model in apps.get_models():
        fields = [each for each in model._meta.concrete_fields if isinstance(each, models.CharField | models.TextField)]
        for field in fields:
            if not field.choices:
                found |= set(model._default_manager.values_list(field.attname, flat=True))
    for file in (file for data in DATA for file in (ROOT / "sessions_app" / data).glob("*.toml")):
        found |= set(strings_in(tomllib.loads(file.read_text(encoding="utf-8"))))
    found |= {wording.text for wording in WORDINGS.values()}  # signed word by word
    return sorted((each for each in found if each and len(each) > 2), key=len, reverse=True)


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings_in(each)
    elif isinstance(value, str):
        yield value


def names() -> set[str]:
    said = [str(person) for person in User.objects.all()]
    said += [patient.full_name for patient in Patient.objects.all()]
    return {word for name in said for word in re.findall(r"\w+", name)}


def test_nothing_is_said_outside_the_catalogue(client: Client, asked: set[str]) -> None:
    cast = make_cast()
    held = in_monitoring(cast)
    held.check(STAY_ENDS - minutes(80), full_check(150, 92))
    held.check(STAY_ENDS, full_check(151, 93, spo2=88))
    off_label = make_course(cast, indication="GAD")
    house = [things_of(w) for w in (held, rich_session(cast), checked_in(cast), booked(cast, of_course=off_label))]
    for role in (Role.ADMINISTRATOR, Role.NURSE):
        employ(cast.paul, cast.facility, role)
    client.force_login(as_next_request(cast).paul)
    typed, known = typed_by_people(), names() | UNITS | set(NAMES)

    found: dict[str, str] = {}
    for page in pages():
        for things in house:
            with clock_at(NOW):
                answer = client.get(page.url(things))
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                continue
            if page.name in NOT_SHOWN:
                break
            shown = Shown(answer.content.decode())
            for text in (*outside(shown.texts), *outside(shown.attributes)):
                left = text
                for each in typed:
                    left = left.replace(each, " ") if each in left else left
                words = set(re.findall(r"[^\W\d_]{2,}[₂]?", left)) - known
                if words:
                    found[" ".join(text.split())] = page.name
            if codes := re.findall(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b", " ".join(shown.texts)):
                found[", ".join(codes)] = f"{page.name}: a code, say it in words"
            if page.name not in EVERY_STATE:
                break

    assert not found, "mark it for translation, or name it in NAMES or UNITS:\n" + "\n".join(
        f"{where}: {text!r}" for text, where in found.items()
    )
    assert [message for message in asked if unkind(message)] == []
    assert len(asked) > 1000
