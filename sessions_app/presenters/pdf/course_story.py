"""One page about a course: for whoever referred the patient, and the patient's own copy in plain words."""

from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from clinic.presenters.time import calendar_day
from sessions_app.models.picture import Picture
from sessions_app.presenters.course import course_words_of
from sessions_app.presenters.own_copy import own_copy
from sessions_app.presenters.pdf.paper import (
    HAIRLINE,
    INK,
    SECOND,
    TEXT,
    WIDTH,
    Head,
    Story,
    body,
    gap,
    note,
    pairs,
    part,
    plain,
    table,
    title,
    to_bytes,
)
from sessions_app.presenters.pdf.patient_story import made_line, whose
from sessions_app.presenters.picture import chart_of, definition_lines, dose_rows, other_treatments, standing_words
from sessions_app.presenters.sentences import Reader

MOST_DOSES = 6


class ScoreChart(Flowable):
    """``chart``: what the page draws (``presenters/picture_chart.py``), as it draws it."""

    def __init__(self, chart: dict[str, Any]) -> None:
        super().__init__()
        self.chart = chart
        self.scale = 0.82 * WIDTH / float(chart["width"])  # two of them, and a table, on one page
        self.width, self.height = WIDTH, float(chart["height"]) * self.scale

    def wrap(self, *_available: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas: Canvas = self.canv
        chart, high = self.chart, float(self.chart["height"])
        canvas.saveState()
        canvas.scale(self.scale, self.scale)
        canvas.setLineWidth(0.6)

        def line(x1: float, y1: float, x2: float, y2: float) -> None:
            canvas.line(x1, high - y1, x2, high - y2)

        def word(x: float, y: float, text: str, *, size: float = 11) -> None:
            canvas.setFont(TEXT, size)
            canvas.drawString(x, high - y, text)

        canvas.setStrokeColor(HAIRLINE)
        canvas.setFillColor(SECOND)
        for each in chart["grid"]:
            line(chart["left"], each["y"], chart["right"], each["y"])
            word(chart["left"] - 24, each["y"] + 4, each["text"])
        for each in chart["columns"]:
            line(each["x"], 24, each["x"], chart["axis"])
            word(each["text_x"], 22, each["text"])
        canvas.setStrokeColor(INK)
        for each in chart["lines"]:
            canvas.setDash(*((6, 3) if each["kind"] == "response" else (2, 3)))
            line(chart["left"], each["y"], chart["right"], each["y"])
            word(chart["right"] + 6, each["y"] + 4, each["text"])
        canvas.setDash()
        line(chart["left"], chart["axis"], chart["right"], chart["axis"])
        for each in chart["doses"]:
            line(each["x"], each["y"], each["x"], each["y"] + 7)
        calm = [each for each in chart["points"] if not each["ready"]]
        canvas.setLineWidth(1.2)
        for one, other in pairwise(calm):
            line(one["x"], one["y"], other["x"], other["y"])
        canvas.setFillColor(INK)
        for each in chart["points"]:
            if each["ready"]:
                canvas.rect(each["x"] - 3.5, high - each["y"] - 3.5, 7, 7, fill=0)
            else:
                canvas.circle(each["x"], high - each["y"], 3.5, fill=1)
        for each in chart["values"]:
            word(each["x"] - 6, each["y"], each["text"])
        canvas.setFillColor(SECOND)
        for each in chart["ticks"]:
            word(each["x"] - 14, chart["axis"] + 28, _("week %(n)s") % {"n": each["week"]}, size=10)
        canvas.restoreState()


def referrer_pdf(picture: Picture, reader: Reader, *, viewer: Any) -> bytes:
    """One page: why, what was given, how it went. Its charts are of the first two scales; the table of the last
    doses."""
    course, facility = picture.course, picture.course.facility
    name = _("Summary for the referrer")
    head = Head(title=name, whose=whose(course.patient, facility), made=made_line(reader, viewer))

    def story() -> Story:
        charts: Story = []
        for series in picture.series[:2]:
            said = [
                f"{line['text']}{'' if line['checked'] else ' ' + _('To be checked.')}"
                for line in definition_lines(series)
            ]
            charts += part(
                f"{series.instrument.label}: {standing_words(series)}",
                [ScoreChart(chart_of(series, picture)), note(" ".join([*said, series.instrument.source]))],
            )
        return [
            title(name, 0),
            *pairs(_about(picture)),
            *charts,
            *part(_("Doses here, the last ones"), _doses(picture)),
            gap(),
            note(_("Filled marks: asked before a dose or between; open marks: when ready to leave. Ticks: doses.")),
            note(_("No claim of efficacy is made.")),
        ]

    return to_bytes(story, head)


def _definition(line: dict[str, Any]) -> str:
    unsure = "" if line["checked"] else _("No source at hand: check.")
    return " ".join(filter(None, (line["text"], unsure)))


def _about(picture: Picture) -> list[tuple[str, object]]:
    programs = {picture.program.code: picture.program} if picture.program else {}
    words, first = course_words_of(picture.course, programs), picture.first_dose_date
    days = picture.dose_days
    return [
        (_("Course"), f"{words.label}{', ' + words.badge['word'] if words.badge else ''}"),
        (_("First dose"), calendar_day(first) if first else ""),
        (_("Doses here"), len(days) or ""),
        (_("Last dose"), calendar_day(picture.day(days[-1].at)) if days else ""),
        (_("Other treatments"), "; ".join(row["value"] for row in other_treatments(picture))),
    ]


def _doses(picture: Picture) -> Story:
    head = (_("Date"), _("mg"), _("BP rise"), _("Dissociation, min"), _("Sedation, min"), _("Ready after, min"))
    rows = dose_rows(picture)[-MOST_DOSES:]
    names = ("day", "mg", "rise", "dissociation", "sedation", "ready")
    lines = [[plain(row[name]) for name in names] for row in reversed(rows)]
    return table(head, lines, (3, 1, 2, 2, 2, 2))


def own_copy_pdf(picture: Picture, reader: Reader, *, language: str, viewer: Any) -> bytes:
    """In plain words and the patient's language; no verdict, no advice but whom to ask."""
    course, facility = picture.course, picture.course.facility
    said = own_copy(picture, language)
    head = Head(title=said.title, whose=whose(course.patient, facility), made=made_line(reader, viewer))

    def story() -> Story:
        found: Story = [title(said.title, 0), body(said.intro)]
        for heading, sentences in said.parts:
            found += part(heading, [body(sentence) for sentence in sentences])
        return [*found, gap(), note(said.foot)]

    return to_bytes(story, head)
