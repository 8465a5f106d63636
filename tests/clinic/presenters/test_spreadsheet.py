"""A table as a file for a spreadsheet."""

import csv
import io

import pytest

from clinic.presenters.spreadsheet import csv_text, harmless


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "=cmd|' /C calc'!A0",
        "＝1",
        "＋1",
        "－1",
        "＠x",
    ],
)
def test_a_formula_is_marked_as_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Wrenfield", "a=b", "2026-04-30", "16", "O'Hara", "'quoted'"])
def test_anything_else_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


def test_it_is_read_back_as_it_was_written() -> None:
    rows = [["a,b", 'say "x"', "two\nlines"], ["é", "", "=1"]]
    text = csv_text(["A", "B", "C"], rows)
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert read == [["A", "B", "C"], rows[0], ["é", "", "'=1"]]
