"""Editions of a form as data."""

from pathlib import Path

import pytest

from sessions_app.rules.edition import EditionError, parse_edition

pytestmark = pytest.mark.paperwork
EDITIONS = sorted((Path(__file__).parents[3] / "sessions_app" / "editions").glob("*.toml"))
SMALL = """
form = "f"
program_code = "p"
version = "1"
label = "One"
title = "Form"
note = "Check it."
seen = true
due_days = 7
[[sections]]
heading = "Only"
fields = [
  { code = "a", wording = "A", kind = "yes_no", required = true, derive = "said", about = "x" },
  { code = "b", wording = "B", kind = "minutes", required = false, asked_if = { a = "yes" } },
]
"""


def small(old: str = "", new: str = "") -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


@pytest.mark.parametrize("file", EDITIONS, ids=lambda file: file.stem)
class TestWhatIsShipped:
    def test_it_is_never_called_official_and_says_to_check_it(self, file: Path) -> None:
        edition = parse_edition(file.read_text(), file=file.name)
        words = " ".join([edition.label, edition.title, edition.note, *(each.wording for each in edition.fields)])
        assert "official" not in words.lower()
        assert "Check against the current form" in edition.note
        assert edition.due_days == 7

    def test_it_asks_for_what_domain_lists(self, file: Path) -> None:
        edition = parse_edition(file.read_text(), file=file.name)
        codes = [each.code for each in edition.fields]
        assert [section.heading for section in edition.sections][:2] == ["Patient", "Medicines taken"]
        newer = {"first_treatment", "patient_enrolled", "takes_opioid", "oximetry"}
        assert newer & set(codes) == (set() if edition.seen else newer)
        left_open = [each.code for each in edition.fields if not each.required]
        assert left_open == ["patient_middle_initial", "setting_address_2", "lot_numbers"]
        assert edition.field("ready_minutes").derive == ""  # type: ignore[union-attr]


def test_it_reads_fields_in_their_order() -> None:
    edition = parse_edition(SMALL, file="small.toml")
    assert [each.code for each in edition.fields] == ["a", "b"]
    assert edition.fields[0].options == {"yes": "Yes", "no": "No"}
    assert edition.fields[1].asked_if == ("a", "yes")
    assert edition.field("c") is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("x =", "whole file"),
        (small('form = "f"'), "form: is missing"),
        (small("due_days = 7", "due_days = 0"), "due_days"),
        (small("due_days = 7", 'due_days = "7"'), "due_days"),
        (small("seen = true", "seen = true\nofficial = true"), "official"),
        (small('kind = "minutes"', 'kind = "hours"'), "kind"),
        (small('derive = "said"', 'derive = "guess"'), "derive"),
        (small('kind = "minutes"', 'kind = "minutes", suggest = "a guess"'), "suggest"),
        (small('kind = "minutes"', 'kind = "choice"'), "choices"),
        (small('kind = "minutes"', 'kind = "minutes", choices = { x = "X" }'), "choices"),
        (small('code = "b"', 'code = "a"'), "twice"),
        (small('{ a = "yes" }', '{ c = "yes" }'), "asked_if"),
        (small('{ a = "yes" }', '{ a = "perhaps" }'), "asked_if"),
        (small('{ a = "yes" }', "{}"), ""),
        (small("required = false", "required = 1"), "required"),
    ],
)
def test_it_says_which_key_cannot_be_used(text: str, key: str) -> None:
    if not key:
        assert parse_edition(text, file="small.toml").fields[1].asked_if is None
        return
    with pytest.raises(EditionError, match=f"small.toml: .*{key}"):
        parse_edition(text, file="small.toml")
