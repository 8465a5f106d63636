"""What every PDF is made of: each paper in a file has its own head and numbers, and nothing is too long or too odd."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from reportlab.platypus import PageBreak

from sessions_app.presenters.pdf.paper import (
    Begins,
    Head,
    Story,
    WholeCount,
    pairs,
    part,
    table,
    to_bytes,
    with_letters,
)

pytestmark = pytest.mark.paperwork
ANN, BOB = Head("Form", "Ann Aster", "made today"), Head("Form", "Bob Briar", "made today")


@pytest.fixture(autouse=True)
def letters() -> None:
    with_letters()


def pages(*story: Story) -> list[str]:
    content = to_bytes(lambda: [flowable for part_of in story for flowable in part_of], Head("Fax", "Clinic", "made"))
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]


def test_each_paper_has_its_own_head_and_numbers_and_the_first_counts_all() -> None:
    long = pairs([(number, "A line") for number in range(80)])
    cover, *rest = pages(
        [WholeCount("%(count)s pages")],
        [PageBreak(), Begins(ANN), *long],
        [PageBreak(), Begins(BOB), *pairs([("One", "line")])],
        [PageBreak(), Begins(ANN), *pairs([("Again", "line")])],
    )
    assert "Clinic" in cover
    assert "page 1 of 1" in cover
    assert f"{len(rest) + 1} pages" in cover
    said = [
        (head.whose in page, f"page {n} of {of}" in page)
        for page, head, n, of in zip(rest, (ANN, ANN, BOB, ANN), (1, 2, 1, 1), (2, 2, 1, 1), strict=True)
    ]
    assert said == [(True, True)] * 4


@pytest.mark.parametrize("words", [2000, 6000])
def test_a_row_that_is_longer_than_a_page_goes_on_on_the_next(words: int) -> None:
    found = " ".join(
        pages(pairs([("Account", "word " * words)]), part("Table", table(["a"], [["cell " * words]], [1])))
    )
    assert found.count("word") == found.count("cell") == words


def test_it_draws_whatever_somebody_typed() -> None:
    odd = "".join(map(chr, range(1, 32))) + "\u202e\U0001f600<b>&amp;\ufffe</b>"
    assert "before" in pages(pairs([("Account", f"before {odd} after")]))[0]
