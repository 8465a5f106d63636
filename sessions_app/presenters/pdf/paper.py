"""What every PDF of ours is made of: its letters, the parts of a page, and on each page whose it is and its number of
how many. Letters are embedded, so that it reads alike everywhere."""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

FONTS = Path(__file__).parents[2] / "fonts" / "dejavu-2.37"
TEXT, BOLD = "VigilText", "VigilBold"
INK, SECOND, HAIRLINE = colors.HexColor("#10303d"), colors.HexColor("#394c57"), colors.HexColor("#c3cdd2")
SIDE, TOP, BOTTOM = 16 * mm, 25 * mm, 16 * mm
PADDING = 6  # which reportlab keeps around all that stands on a page
WIDTH = LETTER[0] - 2 * SIDE
LEAST_OF_A_ROW = 60  # what stands of a row on either page, where one is longer than a page
Story = list[Flowable]
BLANK = "_" * 44  # to be written on


@dataclass(frozen=True)
class Head:
    """On every page: ``whose``, and below when and by whom it was made."""

    title: str
    whose: str
    made: str


@cache
def _letters() -> None:
    """Once in a process."""
    pdfmetrics.registerFont(TTFont(TEXT, FONTS / "DejaVuSansCondensed.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, FONTS / "DejaVuSansCondensed-Bold.ttf"))
    pdfmetrics.registerFontFamily(TEXT, normal=TEXT, bold=BOLD, italic=TEXT, boldItalic=BOLD)


def _style(name: str, size: float, **said: Any) -> ParagraphStyle:
    look: dict[str, Any] = {"fontName": TEXT, "fontSize": size, "leading": size * 1.3, "textColor": INK, **said}
    return ParagraphStyle(name, **look)


BODY, CELL = _style("body", 9), _style("cell", 7.5)
SMALL = _style("small", 7.5, textColor=SECOND)
COLUMN = _style("column", 7, textColor=SECOND)
TITLES = (
    _style("first", 15, fontName=BOLD, spaceAfter=4),
    _style("second", 11.5, fontName=BOLD, spaceBefore=11, spaceAfter=3, keepWithNext=1),
    _style("third", 9.5, fontName=BOLD, spaceBefore=8, spaceAfter=2, keepWithNext=1),
)


def plain(text: object) -> str:
    """As it stands, whatever is in it."""
    return escape(str(text))


def struck(text: object) -> str:
    return f"<strike>{plain(text)}</strike>"


def bold(text: object) -> str:
    return f"<b>{plain(text)}</b>"


def second(text: object) -> str:
    return f'<font color="#394c57">{plain(text)}</font>'


def title(text: str, level: int = 1) -> Flowable:
    return Paragraph(plain(text), TITLES[level])


def long_title(text: str) -> Flowable:
    """Above a table that may be longer than what is left of the page: it is not taken to the next one with it."""
    return Paragraph(plain(text), ParagraphStyle("long", parent=TITLES[1], keepWithNext=0))


def note(text: str) -> Flowable:
    return Paragraph(plain(text), SMALL)


def body(text: str) -> Flowable:
    return Paragraph(plain(text), BODY)


def gap() -> Flowable:
    return Spacer(0, 4)


def pairs(rows: Iterable[tuple[object, object]]) -> Story:
    """Label and value, line by line; what has no value is left out. Above a line to be written on there is room."""
    lines = [
        [Paragraph(plain(label), SMALL), Paragraph(f"<br/>{BLANK}" if value == BLANK else plain(value), BODY)]
        for label, value in rows
        if str(value).strip()
    ]
    if not lines:
        return []
    return [_lined(lines, (WIDTH * 0.3, WIDTH * 0.7), head=0)]


def table(head: Sequence[str], lines: Iterable[Sequence[str]], shares: Sequence[float]) -> Story:
    """Cells are marked up already (``plain``, ``struck``, ...). The head comes again on each page."""
    cells = [[Paragraph(cell, CELL) for cell in line] for line in lines]
    if not cells:
        return []
    widths = [WIDTH * share / sum(shares) for share in shares]
    return [_lined([[Paragraph(plain(word), COLUMN) for word in head], *cells], widths, head=1)]


def _lined(lines: list[list[Any]], widths: Sequence[float], *, head: int) -> Flowable:
    made = LongTable(lines, colWidths=list(widths), repeatRows=head, hAlign="LEFT", splitInRow=LEAST_OF_A_ROW)
    look: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HAIRLINE),
    ]
    if head:
        look.append(("LINEBELOW", (0, 0), (-1, 0), 0.8, INK))
    made.setStyle(TableStyle(look))
    return made


def part(heading: str, story: Story) -> Story:
    """A heading that never stands alone at a page's foot; nothing where there is nothing below it."""
    if not story:
        return []
    first = title(heading)
    return [first, *story] if isinstance(story[0], LongTable) else [KeepTogether([first, story[0]]), *story[1:]]


class Begins(Flowable):
    """From this page on it is another paper, with its own head and numbers. Stands first on its page."""

    def __init__(self, head: Head) -> None:
        super().__init__()
        self.head = head

    def wrap(self, *_available: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.canv.head = self.head


class WholeCount(Flowable):
    """How many pages there are in all, of every paper in the file."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words

    def wrap(self, *_available: float) -> tuple[float, float]:
        return WIDTH, BODY.leading

    def draw(self) -> None:
        self.canv.counts_at = (*self.canv.absolutePosition(0, 3), self.words)


class _Numbered(Canvas):
    """Knows how many pages there are before it draws their numbers."""

    head: Head
    counts_at: tuple[float, float, str] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._pages.append({**self.__dict__, "head": self.head})
        self.counts_at = None
        self._startPage()

    def save(self) -> None:
        for _head, pages in groupby(list(self._pages), key=lambda page: id(page["head"])):
            of_paper = list(pages)
            for number, page in enumerate(of_paper, 1):
                self.__dict__.update(page)
                self._frame(number, len(of_paper))
                self._count(len(self._pages))
                super().showPage()
        super().save()

    def _count(self, pages: int) -> None:
        if self.counts_at:
            x, y, words = self.counts_at
            self.setFillColor(INK)
            self.setFont(TEXT, BODY.fontSize)
            self.drawString(x, y, words % {"count": pages})

    def _frame(self, number: int, of: int) -> None:
        right, top = LETTER[0] - SIDE, LETTER[1] - 13 * mm
        self.setFillColor(INK)
        self.setFont(BOLD, 9)
        self.drawString(SIDE, top, self.head.whose)
        self.setFont(TEXT, 7.5)
        self.setFillColor(SECOND)
        self.drawString(SIDE, top - 11, f"{self.head.title} · {self.head.made}")
        self.setStrokeColor(INK)
        self.setLineWidth(0.8)
        self.line(SIDE, top - 17, right, top - 17)
        self.drawRightString(right, 9 * mm, _("page %(number)s of %(of)s") % {"number": number, "of": of})


def write_pdf(file: IO[bytes], story: Story, head: Head) -> None:
    _letters()
    made = SimpleDocTemplate(
        file,
        pagesize=LETTER,
        leftMargin=SIDE - PADDING,
        rightMargin=SIDE - PADDING,
        topMargin=TOP,
        bottomMargin=BOTTOM,
        title=head.title,
        author="Vigil",
    )
    made.build(story, canvasmaker=type("_Ours", (_Numbered,), {"head": head}))


def to_bytes(story: Callable[[], Story], head: Head) -> bytes:
    """A short paper, whole."""
    _letters()
    file = io.BytesIO()
    write_pdf(file, story(), head)
    return file.getvalue()


def with_letters() -> None:
    """Before the first paragraph is made."""
    _letters()
