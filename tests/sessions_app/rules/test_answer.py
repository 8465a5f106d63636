"""What a person may fill into a field."""

import pytest

from clinic.rules.refusals import field_refusal
from sessions_app.rules.answer import answer_refusals, cleaned
from sessions_app.rules.edition import FormField

pytestmark = pytest.mark.paperwork


def field(kind: str) -> FormField:
    choices = {"56": "56 mg", "other": "Other"} if kind == "choice" else {}
    return FormField("f", "F", kind, required=True, choices=choices)


def problems(kind: str, value: str, *, derived: str = "", reason: str = "", answered: bool = False) -> list[object]:
    said = cleaned(field(kind), value)
    found = answer_refusals(field(kind), said, derived=derived, reason=reason, answered=answered)
    for refusal in found:
        where = "reason" if refusal.params["problem"] == "reason_missing" else "value"
        assert refusal == field_refusal(where, str(refusal.params["problem"]))
    return [refusal.params["problem"] for refusal in found]


@pytest.mark.parametrize(
    ("kind", "fine", "not_fine"),
    [
        ("yes_no", ["yes", "no", " yes "], ["Yes", "maybe"]),
        ("choice", ["56", "other"], ["84", "56 mg"]),
        ("date", ["2024-02-29"], ["2025-02-29", "29 Feb 2024", "20240229"]),
        ("minutes", ["0", "007", "1440"], ["1441", "-1", "4.5", "forty", "٣", "9" * 5000]),
        ("number", ["42"], ["4x"]),
        (
            "blood_pressure",
            ["128/82", "128 / 82", "300/200", "40/20"],
            ["128", "82/128", "120/120", "301/80", "128/19", "1280/82", "39/20", "40/19"],
        ),
        ("text", ["x" * 500], ["x" * 501]),
    ],
)
def test_by_its_kind(kind: str, fine: list[str], not_fine: list[str]) -> None:
    assert [problems(kind, value) for value in fine] == [[]] * len(fine)
    assert [problems(kind, value) for value in not_fine] == [[f"not_{kind}"]] * len(not_fine)


def test_it_is_kept_clean() -> None:
    assert cleaned(field("blood_pressure"), " 128 / 82 ") == "128/82"
    assert cleaned(field("minutes"), "007") == cleaned(field("number"), "007") == "7"
    assert cleaned(field("text"), " 007 ") == "007"


def test_against_the_record_it_needs_a_reason_and_something_else_than_it_says() -> None:
    assert problems("minutes", "30", derived="20") == ["reason_missing"]
    assert problems("minutes", "30", derived="20", reason="  ") == ["reason_missing"]
    assert problems("minutes", "30", derived="20", reason="Watch stopped.") == []
    assert problems("minutes", "20", derived="20", reason="Watch stopped.") == ["as_derived"]


def test_nothing_takes_back_what_was_answered_and_nothing_else() -> None:
    assert problems("minutes", "") == ["nothing_entered"]
    assert problems("minutes", "", answered=True) == []
    assert problems("minutes", "", answered=True, derived="20") == ["reason_missing"]
