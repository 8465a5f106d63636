"""An edition of a form as data: its fields in order, which must be filled in, and how each is derived, loaded from
``editions/*.toml``. The wording is our own and no edition is official. Standard library only."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sessions_app.rules.derivation import DERIVATIONS
from sessions_app.rules.suggestion import SUGGESTIONS

KINDS = ("text", "date", "yes_no", "choice", "minutes", "number", "blood_pressure")


class EditionError(ValueError):
    """An edition's file that cannot be used. Says which file, which key, and why."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}")


@dataclass(frozen=True)
class FormField:
    """One field. ``derive`` names the derivation and ``about`` what it is about; without one a person fills it in.
    ``asked_if``: asked only where that other field has that value. ``suggest`` names what is shown beside it and never
    filled in."""

    code: str
    wording: str
    kind: str
    required: bool
    derive: str = ""
    about: str = ""
    suggest: str = ""
    asked_if: tuple[str, str] | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """What can be chosen; empty for a field that is typed. In words: presenters/filled_form.py."""
        return ("yes", "no") if self.kind == "yes_no" else tuple(self.choices)


@dataclass(frozen=True)
class Section:
    heading: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True)
class Edition:
    """One edition of a form. ``due_days``: calendar days after administration; ``seen``: the paper itself was read for
    it, else its note says to check it against the current form."""

    form: str
    program_code: str
    version: str
    label: str
    title: str
    note: str
    seen: bool
    due_days: int
    sections: tuple[Section, ...]

    @property
    def fields(self) -> tuple[FormField, ...]:
        """In the order of the form."""
        return tuple(each for section in self.sections for each in section.fields)

    def field(self, code: str) -> FormField | None:
        return next((each for each in self.fields if each.code == code), None)


def parse_edition(text: str, *, file: str) -> Edition:
    """An edition from the text of its file. Raises EditionError naming file, key and reason."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise EditionError(file, "(whole file)", str(error)) from error
    return _Reader(file).edition(data)


class _Reader:
    """Reads one file, and says which of its keys cannot be used, and why."""

    def __init__(self, file: str) -> None:
        self.file = file

    def fail(self, key: str, reason: str) -> EditionError:
        return EditionError(self.file, key, reason)

    def get(self, data: Mapping[str, Any], key: str, kind: type, path: str = "", *, default: Any = None) -> Any:
        where = f"{path}.{key}" if path else key
        if key not in data and default is not None:
            return default
        if key not in data:
            raise self.fail(where, "is missing")
        if type(data[key]) is not kind:
            raise self.fail(where, f"must be of type {kind.__name__}")
        return data[key]

    def only(self, data: Mapping[str, Any], keys: Iterable[str], path: str = "") -> None:
        if unknown := sorted(set(data) - set(keys)):
            raise self.fail(f"{path}.{unknown[0]}" if path else unknown[0], "is not a key of an edition")

    def edition(self, data: Mapping[str, Any]) -> Edition:
        texts = ("form", "program_code", "version", "label", "title", "note")
        self.only(data, (*texts, "seen", "due_days", "sections"))
        if self.get(data, "due_days", int) <= 0:
            raise self.fail("due_days", "must be above 0")
        sections = self.get(data, "sections", list)
        edition = Edition(
            **{key: self.get(data, key, str) for key in texts},
            seen=self.get(data, "seen", bool),
            due_days=data["due_days"],
            sections=tuple(self.section(entry, f"sections[{index}]") for index, entry in enumerate(sections)),
        )
        self.codes(edition)
        return edition

    def codes(self, edition: Edition) -> None:
        """Every field once; a condition looks at a field that came before, which has that answer."""
        before: dict[str, FormField] = {}
        for each in edition.fields:
            if each.code in before:
                raise self.fail(each.code, "is a field twice")
            if each.asked_if:
                asked, answer = before.get(each.asked_if[0]), each.asked_if[1]
                if asked is None or answer not in asked.options:
                    raise self.fail(f"{each.code}.asked_if", "must name an earlier field and one of its answers")
            before[each.code] = each
        if not before:
            raise self.fail("sections", "a form has at least one field")

    def section(self, data: Mapping[str, Any], path: str) -> Section:
        self.only(data, ("heading", "fields"), path)
        entries = self.get(data, "fields", list, path)
        fields = tuple(self.field(entry, f"{path}.fields[{index}]") for index, entry in enumerate(entries))
        return Section(self.get(data, "heading", str, path), fields)

    def field(self, data: Mapping[str, Any], path: str) -> FormField:
        optional = ("derive", "about", "suggest", "note")
        self.only(data, ("code", "wording", "kind", "required", "asked_if", "choices", *optional), path)
        kind, choices = self.get(data, "kind", str, path), self.get(data, "choices", dict, path, default={})
        if kind not in KINDS:
            raise self.fail(f"{path}.kind", f"must be one of {', '.join(KINDS)}")
        if (kind == "choice") != bool(choices) or not all(isinstance(label, str) for label in choices.values()):
            raise self.fail(f"{path}.choices", "stand with a choice, and with nothing else, as texts")
        said = {key: self.get(data, key, str, path, default="") for key in optional}
        for key, known in (("derive", DERIVATIONS), ("suggest", SUGGESTIONS)):
            if said[key] and said[key] not in known:
                raise self.fail(f"{path}.{key}", f"must be one of {', '.join(known)}")
        asked_if = self.get(data, "asked_if", dict, path, default={})
        if asked_if and (len(asked_if) != 1 or not all(isinstance(value, str) for value in asked_if.values())):
            raise self.fail(f"{path}.asked_if", "must be one field and its answer")
        return FormField(
            code=self.get(data, "code", str, path),
            wording=self.get(data, "wording", str, path),
            kind=kind,
            required=self.get(data, "required", bool, path),
            asked_if=next(iter(asked_if.items()), None),
            choices=choices,
            **said,
        )
