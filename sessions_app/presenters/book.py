"""The cabinet's book in words: one structure that the page, the PDF and the CSV all render."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import Device, Facility, Patient, StockMovement
from clinic.presenters.time import calendar_day, clock_time_with_zone
from clinic.rules.book import WENT, Balance, Period
from clinic.rules.cabinet import Move, Place
from clinic.rules.stock import StockKind
from sessions_app.models.book import Book, Given, Moved, Thing, patient_of
from sessions_app.presenters.book_days import days_of, notes_of
from sessions_app.presenters.pack import gtin_words
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.presenters.sentences.cabinet import STOCK_WORDS
from sessions_app.rules.program import Program

WENT_WORDS: dict[Place, Text] = {
    Place.ADMINISTERED: gettext_lazy("administered"),
    Place.FAILED: gettext_lazy("failed"),
    Place.WASTED: gettext_lazy("wasted"),
    Place.RETURNED: gettext_lazy("returned"),
    Place.LOST: gettext_lazy("lost or stolen"),
}
MANNERS: dict[Place, Text] = {
    Place.FAILED: gettext_lazy("Failed: no spray"),
    Place.WASTED: gettext_lazy("Wasted"),
    Place.RETURNED: gettext_lazy("Returned to a reverse distributor"),
    Place.LOST: gettext_lazy("Lost or stolen"),
}
TAKEN_BACK = gettext_lazy("taken back: %(reason)s")


@dataclass(frozen=True)
class Table:
    """``code`` names it in an address; ``shares`` are the widths of its columns on paper. ``units``: what its column of
    units adds up to, where it has one."""

    code: str
    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    shares: tuple[float, ...]
    units: int | None = None
    note: str = ""

    @property
    def lines(self) -> list[list[tuple[str, str]]]:
        """Each cell with the name of its column, for where there is no room for columns."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Equation:
    """start + received = end + what went."""

    of: str
    left: list[tuple[str, int]]
    right: list[tuple[str, int]]
    foots: bool

    @property
    def text(self) -> str:
        sides = (" + ".join(f"{number} {label}" for label, number in side) for side in (self.left, self.right))
        return f"{self.of}: {' = '.join(sides)}"


@dataclass(frozen=True)
class ToldBook:
    title: str
    period: str
    equations: list[Equation]
    tables: list[Table]
    names: bool
    patients: Sequence[Patient]
    here_now: int
    reaches_now: bool
    notes: list[str]


def told_book(book: Book, programs: dict[str, Program], reader: Reader, *, names: bool) -> ToldBook:
    """``names``: whether this reader may know who the patients are."""
    words = _Products(programs)
    each = book.balances(by=words.of)
    every = book.balances(by=lambda _thing: _("All devices")) if len(each) > 1 else ()
    equations = [_equation(balance) for balance in (*each, *every) if _says_anything(balance)]
    return ToldBook(
        title=_("The book"),
        period=period_words(book.period),
        equations=equations,
        tables=[
            _dispensed(book, words, reader, names=names),
            _received(book, words, reader),
            _disposed(book, words, reader),
            _inventory(book, words),
        ],
        names=names,
        patients=book.patients if names else (),
        here_now=book.on_hand_now(),
        reaches_now=book.ends > reader.now,
        notes=notes_of(book, reader, foots=all(equation.foots for equation in equations)),
    )


def period_words(period: Period) -> str:
    if period.first == period.last:
        return calendar_day(period.first)
    return _("%(first)s to %(last)s") % {"first": calendar_day(period.first), "last": calendar_day(period.last)}


class _Products:
    """Products by name and National Drug Code."""

    def __init__(self, programs: dict[str, Program]) -> None:
        self.programs = programs
        self.products = [product for program in programs.values() for product in program.products]

    def of(self, thing: Thing) -> str:
        name = self.programs[thing.program_code].label if thing.program_code in self.programs else thing.program_code
        return f"{name}, {gtin_words(thing.gtin, self.products)}"

    def strengths(self) -> list[str]:
        return [_("%(mg)s mg") % {"mg": program.mg_per_device} for program in self.programs.values()]

    def ndc(self, device: Device) -> str:
        return gtin_words(device.gtin, self.products, in_column=True)


def _says_anything(balance: Balance) -> bool:
    return any((balance.start, balance.received, balance.end, *balance.went.values()))


def _equation(balance: Balance) -> Equation:
    return Equation(
        of=balance.of,
        left=[(_("at the start"), balance.start), (_("received"), balance.received)],
        right=[(_("at the end"), balance.end), *((str(WENT_WORDS[place]), balance.went[place]) for place in WENT)],
        foots=balance.foots,
    )


def _dispensed(book: Book, words: _Products, reader: Reader, *, names: bool) -> Table:
    lines = book.given
    who = (_("Patient"), _("Address")) if names else (_("Patient"),)
    head = (_("Date"), *who, _("Device"), _("Lot"), _("NDC"), _("Units"), _("Administered by"), _("Note"))
    shares = (10, 14, 16, 8, 8, 12, 5, 13, 14) if names else (10, 16, 8, 8, 14, 5, 16, 23)
    rows = [
        (
            days_of(line.first, reader, of=line.administration.occurred_at),
            *_patient(line, book, names=names),
            line.administration.device.number,
            line.administration.device.lot,
            words.ndc(line.administration.device),
            str(line.units),
            str(line.administration.performed_by),
            _why_none(line),
        )
        for line in lines
    ]
    note = _("A unit is one device: %(mg)s.") % {"mg": ", ".join(words.strengths())}
    return Table("dispensed", _("Dispensing log"), head, rows, shares, sum(line.units for line in lines), note)


def _patient(line: Given, book: Book, *, names: bool) -> tuple[str, ...]:
    patient = patient_of(line)
    if not names:
        return (_("named for whoever reads the chart"),)
    return (f"{patient.full_name}, {patient.mrn}", book.addresses.get(patient.person_id, _("no address recorded")))


def _why_none(line: Given) -> str:
    if line.units > 0:
        return ""
    if line.last.to_place == Place.FAILED:
        return _("failed: among the disposals")
    return _reason(line.last)


def _reason(step: StockMovement) -> str:
    return str(TAKEN_BACK) % {"reason": step.reason} if step.kind == Move.CORRECTED else step.reason


def _received(book: Book, words: _Products, reader: Reader) -> Table:
    # What came from a supplier left that place; what was taken back went there.
    moves = book.moved(Place.SUPPLIER)
    head = (_("Date"), _("Units"), _("NDC"), _("Lot"), _("Supplier"), _("Address"), _("DEA number"), _("Invoice"))
    rows = []
    for move in moves:
        delivery = move.first.delivery
        supplier = delivery.supplier if delivery else None
        device = move.first.device
        note = _reason(move.first) if move.units > 0 else _("no supplier recorded")
        told = (supplier.name, supplier.address, supplier.dea_number) if supplier else (note, "", "")
        rows.append(
            (
                days_of(move.first, reader),
                str(-move.units),
                words.ndc(device),
                device.lot,
                *told,
                delivery.invoice if delivery else "",
            )
        )
    return Table(
        "received", _("Receipts"), head, rows, (10, 5, 14, 9, 17, 23, 10, 12), -sum(move.units for move in moves)
    )


def _disposed(book: Book, words: _Products, reader: Reader) -> Table:
    moves = book.moved(*MANNERS)
    head = (
        _("Date"),
        _("Manner"),
        _("Units"),
        _("Devices"),
        _("Lot"),
        _("NDC"),
        _("By"),
        _("Witness"),
        _("Why, or to whom"),
    )
    rows = [
        (
            days_of(move.first, reader),
            str(MANNERS[move.place]),
            str(move.units),
            ", ".join(move.numbers),
            move.first.device.lot,
            words.ndc(move.first.device),
            str(move.first.performed_by),
            str(move.first.witness or "–"),
            _to_whom(move),
        )
        for move in moves
    ]
    shares = (10, 13, 5, 12, 8, 12, 12, 10, 18)
    return Table("disposed", _("Other disposals"), head, rows, shares, sum(move.units for move in moves))


def _to_whom(move: Moved) -> str:
    delivery = move.first.delivery
    if delivery:
        said = {"name": delivery.supplier.name, "number": delivery.supplier.dea_number, "invoice": delivery.invoice}
        return _("%(name)s, %(number)s, paper %(invoice)s") % said
    return _reason(move.first)


def _inventory(book: Book, words: _Products) -> Table:
    head = (_("Product"), _("Lot"), _("Expires"), _("For whom"), _("At the start"), _("At the end"))
    rows = [
        (
            words.of(thing),
            thing.lot,
            f"{thing.expires_date:%Y-%m-%d}",
            str(STOCK_WORDS[StockKind(thing.kind)]),
            str(start),
            str(end),
        )
        for thing, (start, end) in book.inventory.items()
    ]
    note = _("In devices: in the cabinets, and with sessions that are not over.")
    return Table("inventory", _("Inventory"), head, rows, (42, 12, 12, 16, 9, 9), note=note)


CSV_HEAD = (gettext_lazy("Part"), gettext_lazy("As the part's own first line says"))


def csv_lines(told: ToldBook) -> Iterable[tuple[Any, ...]]:
    """Every table under its name, and the equations first."""
    for equation in told.equations:
        yield (_("Equation"), equation.text, _("foots") if equation.foots else _("DOES NOT FOOT"))
    for said in told.notes:
        yield (_("Note"), said)
    for table in told.tables:
        yield (table.title, *table.head)
        for row in table.rows:
            yield (table.title, *row)


def print_line(facility: Facility, what: str, reader: Reader, who: str) -> str:
    """What stands on every printed page."""
    return f"{facility.name} · {what} · {made_words(reader, who)}"


def made_words(reader: Reader, who: str) -> str:
    day = calendar_day(reader.now.astimezone(reader.zone).date())
    return _("made %(day)s %(at)s by %(who)s") % {
        "day": day,
        "at": clock_time_with_zone(reader.now, reader.zone),
        "who": who,
    }
