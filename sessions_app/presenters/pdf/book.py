"""The cabinet's book on paper."""

import io

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.platypus import CondPageBreak

from clinic.models import Facility
from sessions_app.presenters.book import Table, ToldBook, made_words
from sessions_app.presenters.pdf.paper import (
    Head,
    Story,
    bold,
    long_title,
    note,
    part,
    plain,
    table,
    title,
    with_letters,
    write_pdf,
)
from sessions_app.presenters.sentences import Reader

LEAST = 90  # points of a page below a heading


def book_pdf(told: ToldBook, facility: Facility, reader: Reader, *, who: str) -> bytes:
    with_letters()
    head = Head(
        title=f"{told.title}, {told.period}",
        whose=f"{facility.name}{', ' + facility.address if facility.address else ''}".replace("\n", ", "),
        made=made_words(reader, who),
    )
    story: Story = [title(f"{told.title}, {told.period}", 0)]
    if not told.names:
        story.append(note(_("Without the names of patients, who are named for whoever reads the chart.")))
    lines = [
        (
            bold(equation.of),
            plain(equation.text.partition(": ")[2]),
            plain(_("foots") if equation.foots else _("DOES NOT FOOT")),
        )
        for equation in told.equations
    ]
    head_of_lines = (_("Product"), _("Start + received = end + gone"), "")
    story += part(_("The equation, in devices"), table(head_of_lines, lines, (25, 63, 12)))
    story += [note(said) for said in told.notes]
    for each in told.tables:
        story += _part(each)
    file = io.BytesIO()
    write_pdf(file, story, head)
    return file.getvalue()


def _part(each: Table) -> Story:
    words = [each.note] if each.note else []
    if each.units is not None:
        units = ngettext("%(n)s unit in all.", "%(n)s units in all.", each.units)
        words.insert(0, units % {"n": each.units})
    lines = [tuple(plain(cell) for cell in row) for row in each.rows]
    found = table(each.head, lines, each.shares) or [note(_("None in these days."))]
    # Before the table: behind it, it could be alone on a page.
    return [CondPageBreak(LEAST), long_title(each.title), *(note(word) for word in words), *found]
