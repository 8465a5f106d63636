"""Editions of a form as data."""

from pathlib import Path

import pytest

from sessions_app.rules.derivation import DERIVATIONS
from sessions_app.rules.edition import KINDS, EditionError, parse_edition
from sessions_app.rules.suggestion import SUGGESTIONS

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
    assert edition.fields[0].options == ("yes", "no")
    assert edition.fields[1].asked_if == ("a", "yes")
    assert edition.field("c") is None


ONE_OF = "must be one of "
REFUSED = {
    "no form": (small('form = "f"'), "form", "is missing"),
    "a version that is a number": (small('version = "1"', "version = 1"), "version", "must be of type str"),
    "due at once": (small("due_days = 7", "due_days = 0"), "due_days", "must be above 0"),
    "due in words": (small("due_days = 7", 'due_days = "7"'), "due_days", "must be of type int"),
    "unknown keys": (
        small("seen = true", "seen = true\nofficial = true\nzeal = 1"),
        "official",
        "is not a key of an edition",
    ),
    "a section with another key": (
        small('heading = "Only"', 'heading = "Only"\nhead = 1'),
        "sections[0].head",
        "is not a key of an edition",
    ),
    "a section without a heading": (small('heading = "Only"\n'), "sections[0].heading", "is missing"),
    "a field with another key": (
        small('code = "b"', 'code = "b", colour = "red"'),
        "sections[0].fields[1].colour",
        "is not a key of an edition",
    ),
    "a field without a code": (small('code = "b", '), "sections[0].fields[1].code", "is missing"),
    "a field without words": (small('wording = "B", '), "sections[0].fields[1].wording", "is missing"),
    "a field without a kind": (small('kind = "minutes", '), "sections[0].fields[1].kind", "is missing"),
    "a kind nobody knows": (
        small('kind = "minutes"', 'kind = "hours"'),
        "sections[0].fields[1].kind",
        ONE_OF + ", ".join(KINDS),
    ),
    "a way nobody derives by": (
        small('derive = "said"', 'derive = "guess"'),
        "sections[0].fields[0].derive",
        ONE_OF + ", ".join(DERIVATIONS),
    ),
    "a way that is a number": (
        small('derive = "said"', "derive = 1"),
        "sections[0].fields[0].derive",
        "must be of type str",
    ),
    "a guess": (
        small('kind = "minutes"', 'kind = "minutes", suggest = "a guess"'),
        "sections[0].fields[1].suggest",
        ONE_OF + ", ".join(SUGGESTIONS),
    ),
    "a choice of nothing": (
        small('kind = "minutes"', 'kind = "choice"'),
        "sections[0].fields[1].choices",
        "stand with a choice, and with nothing else, as texts",
    ),
    "choices of minutes": (
        small('kind = "minutes"', 'kind = "minutes", choices = { x = "X" }'),
        "sections[0].fields[1].choices",
        "stand with a choice, and with nothing else, as texts",
    ),
    "choices in a list": (
        small('kind = "minutes"', 'kind = "choice", choices = ["x"]'),
        "sections[0].fields[1].choices",
        "must be of type dict",
    ),
    "one field twice": (small('code = "b"', 'code = "a"'), "a", "is a field twice"),
    "asked for another field": (
        small('{ a = "yes" }', '{ c = "yes" }'),
        "b.asked_if",
        "must name an earlier field and one of its answers",
    ),
    "asked for another answer": (
        small('{ a = "yes" }', '{ a = "perhaps" }'),
        "b.asked_if",
        "must name an earlier field and one of its answers",
    ),
    "asked for two": (
        small('{ a = "yes" }', '{ a = "yes", b = "no" }'),
        "sections[0].fields[1].asked_if",
        "must be one field and its answer",
    ),
    "asked for a number": (
        small('{ a = "yes" }', "{ a = 1 }"),
        "sections[0].fields[1].asked_if",
        "must be one field and its answer",
    ),
    "asked in words": (
        small('{ a = "yes" }', '"a"'),
        "sections[0].fields[1].asked_if",
        "must be of type dict",
    ),
    "wanted by a number": (
        small("required = false", "required = 1"),
        "sections[0].fields[1].required",
        "must be of type bool",
    ),
    "no field at all": (SMALL.partition("[[")[0] + "sections = []", "sections", "a form has at least one field"),
    "fields in words": (
        SMALL.partition("fields")[0] + 'fields = "a"',
        "sections[0].fields",
        "must be of type list",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_says_which_key_cannot_be_used_and_why(case: str) -> None:
    text, key, reason = REFUSED[case]
    with pytest.raises(EditionError) as error:
        parse_edition(text, file="small.toml")
    assert str(error.value) == f"small.toml: {key}: {reason}"


def test_it_names_the_file_that_is_no_toml() -> None:
    with pytest.raises(EditionError, match=r"^small\.toml: \(whole file\): Invalid value"):
        parse_edition("x =", file="small.toml")


def test_it_takes_the_least_that_can_be() -> None:
    assert parse_edition(small("due_days = 7", "due_days = 1"), file="small.toml").due_days == 1
    assert parse_edition(small('{ a = "yes" }', "{}"), file="small.toml").fields[1].asked_if is None
