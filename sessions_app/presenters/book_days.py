"""The days of the cabinet's book: each step counts on the day it happened, and never after one that followed it."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import StockMovement
from clinic.rules.cabinet import Move
from sessions_app.models.book import Book, counted_at
from sessions_app.presenters.cabinet import MOVES
from sessions_app.presenters.sentences import Reader

GOES_BY = gettext_lazy(
    "What is entered later counts on the day it happened, and says when it was entered; "
    "what is taken back counts on the day that was said."
)


def day_of(at: datetime, reader: Reader) -> str:
    return f"{at.astimezone(reader.zone):%Y-%m-%d}"


def days_of(step: StockMovement, reader: Reader, *, of: datetime | None = None) -> str:
    """The day it happened (``of``: on which what it takes back did), and any other: on which it was taken back, counts,
    or was entered."""
    happened, counts = day_of(step.occurred_at, reader), day_of(counted_at(step), reader)
    said = [day_of(of, reader) if of else happened]
    if of and step.kind == Move.CORRECTED:
        said.append(_("taken back %(day)s") % {"day": happened})
    if counts != happened:
        said.append(_("counted %(day)s") % {"day": counts})
    if step.recorded_at and day_of(step.recorded_at, reader) > happened:
        said.append(_("entered %(day)s") % {"day": day_of(step.recorded_at, reader)})
    return ", ".join(said)


def out_of_order(step: StockMovement, reader: Reader) -> str:
    """Its day contradicts that of a step after it."""
    said = {
        "number": step.device.number,
        "what": MOVES[Move(step.kind)],
        "day": day_of(step.occurred_at, reader),
        "counted": day_of(counted_at(step), reader),
    }
    return _("Device %(number)s: “%(what)s” of %(day)s counts on %(counted)s, when what followed it happened.") % said


def notes_of(book: Book, reader: Reader, *, foots: bool) -> list[str]:
    """What a reader of these days must know; by which devices they do not foot."""
    numbers = [] if foots else [", ".join(book.astray())]
    return [
        str(GOES_BY),
        *(_("It does not foot by these devices: %(numbers)s.") % {"numbers": each} for each in numbers),
        *(out_of_order(step, reader) for step in book.out_of_order),
    ]
