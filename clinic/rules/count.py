"""Counting a cabinet: blind, by as many people as the clinic says, against the book as it stands when each hands in.

A lot that differs is counted again or becomes a discrepancy; until then nobody is told what the book says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from clinic.rules.stock import StockKind

MOST_OF_A_LOT = 500  # [D]
PEOPLE = range(1, 4)  # how many may be asked for [D]
INVENTORY_YEARS = 2


class CountKind(StrEnum):
    """An inventory is an exact count that the law asks for: once at first, then at least every two years [P]."""

    DAILY = "DAILY"
    BIENNIAL = "BIENNIAL"
    INITIAL = "INITIAL"


INVENTORIES = frozenset({CountKind.BIENNIAL, CountKind.INITIAL})


class CountMoment(StrEnum):
    """An inventory says whether it was taken at the opening or the close of business [P]."""

    OPENING = "OPENING"
    CLOSE = "CLOSE"


@dataclass(frozen=True, order=True)
class Lot:
    """What is counted as one: a lot of a product, bulk or for named patients. ``ndc``: the ten digits of its National
    Drug Code; empty where some of the lot came without, and nobody could tell them apart."""

    program_code: str
    lot: str
    kind: StockKind
    ndc: str = ""


@dataclass(frozen=True)
class Counted:
    """How many one person found of a lot, and what the book had at that moment."""

    lot: Lot
    counted: int
    expected: int

    @property
    def difference(self) -> int:
        return self.counted - self.expected


@dataclass(frozen=True)
class HandedIn:
    """One person's count: of everything, or again of what differed."""

    person_id: UUID
    at: datetime
    lines: tuple[Counted, ...]


class CountState(StrEnum):
    WAITING = "WAITING"  # for somebody else to count too
    AGREES = "AGREES"
    DIFFERS = "DIFFERS"


@dataclass(frozen=True)
class CountFacts:
    """A count with everything counted again since; ``people``: how many were asked for when it began;
    ``in_discrepancy``: the lots for which one was opened."""

    counts: tuple[HandedIn, ...]
    people: int
    in_discrepancy: frozenset[Lot] = frozenset()

    @property
    def by(self) -> frozenset[UUID]:
        return frozenset(count.person_id for count in self.counts)

    @property
    def newest(self) -> dict[tuple[UUID, Lot], Counted]:
        """What each person found of each lot last."""
        in_order = sorted(self.counts, key=lambda count: count.at)
        return {(count.person_id, line.lot): line for count in in_order for line in count.lines}

    @property
    def differing(self) -> dict[Lot, int]:
        """By how much a lot differs from the book: by the count that is farthest off, where several people differ."""
        off: dict[Lot, int] = {}
        for (_person, lot), line in self.newest.items():
            if abs(line.difference) > abs(off.get(lot, 0)):
                off[lot] = line.difference
        return dict(sorted(off.items()))

    @property
    def unsettled(self) -> dict[Lot, int]:
        """Those that are neither counted again nor in a discrepancy."""
        return {lot: off for lot, off in self.differing.items() if lot not in self.in_discrepancy}

    @property
    def state(self) -> CountState:
        if self.differing:
            return CountState.DIFFERS
        return CountState.AGREES if len(self.by) >= self.people else CountState.WAITING


def sheet_refusals(counted: Iterable[tuple[str, int | None]]) -> tuple[Refusal, ...]:
    """By field: every lot of the sheet is counted, one that is not there as 0."""
    return tuple(
        field_refusal(name, "count_missing")
        if number is None
        else field_refusal(name, "impossible", value=number, low=0, high=MOST_OF_A_LOT)
        for name, number in counted
        if number is None or not 0 <= number <= MOST_OF_A_LOT
    )


def hand_in_refusals(
    facts: CountFacts | None, *, person_id: UUID, lots: frozenset[Lot], moved: tuple[Lot, ...]
) -> tuple[Refusal, ...]:
    """``facts``: the count that this goes on with; None for one that begins. ``moved``: lots of which devices came or
    went while they were counted. Somebody else counts everything; who did counts again what differed."""
    if moved:
        return (Refusal("COUNT", {"problem": "moved", "lots": moved}, None, (ClearedBy.MEASUREMENT,)),)
    if facts is None:
        return ()
    if facts.state is CountState.AGREES:
        return (Refusal("COUNT", {"problem": "agrees"}),)
    if person_id in facts.by and not lots <= frozenset(facts.unsettled):
        return (Refusal("COUNT", {"problem": "counted_before"}, None, (ClearedBy.OTHER,)),)
    return ()


@dataclass(frozen=True)
class ClosingFacts:
    """A cabinet at the end of a day: the last count of that day, whether anything came or went since it began, how
    many devices taken from it are in nobody's record yet, and how many of its discrepancies are open."""

    count: CountFacts | None
    moved_since: bool = False
    drawn: int = 0
    open_discrepancies: int = 0
    closed: bool = False


def cabinet_closing_refusals(facts: ClosingFacts) -> tuple[Refusal, ...]:
    """Why the day of this cabinet may not be closed: it is counted last, the count agrees or its discrepancy is
    settled, and everything that was taken out is accounted for. It never keeps a patient."""
    if facts.closed:
        return (_closing("closed", ClearedBy.NOBODY),)
    refusals = []
    if facts.open_discrepancies:
        refusals.append(_closing("discrepancy", ClearedBy.DOCUMENTATION, count=facts.open_discrepancies))
    if facts.drawn:
        refusals.append(_closing("drawn", ClearedBy.DOCUMENTATION, count=facts.drawn))
    if facts.count is None:
        refusals.append(_closing("not_counted", ClearedBy.MEASUREMENT))
    elif facts.moved_since:
        refusals.append(_closing("moved", ClearedBy.MEASUREMENT))
    elif facts.count.unsettled:
        lots = tuple(facts.count.unsettled)
        refusals.append(_closing("differs", ClearedBy.MEASUREMENT, lots=lots))
    elif len(facts.count.by) < facts.count.people:
        refusals.append(_closing("waiting", ClearedBy.OTHER, count=facts.count.people - len(facts.count.by)))
    return tuple(refusals)


def _closing(problem: str, way: ClearedBy, **params: object) -> Refusal:
    return Refusal("CABINET_CLOSING", {"problem": problem, **params}, None, (way,))


def next_inventory(last: date) -> date:
    """The last day for the next one: at least every two years [P]. Of a leap day, the last of February."""
    try:
        return last.replace(year=last.year + INVENTORY_YEARS)
    except ValueError:
        return last.replace(year=last.year + INVENTORY_YEARS, day=28)


def stock_policy_refusals(*, count_people: int, reorder_days: int, reorder_margin: int) -> tuple[Refusal, ...]:
    """The clinic's own numbers of the cabinet, within what can be."""
    bounds = {
        "count_people": (count_people, PEOPLE[0], PEOPLE[-1]),
        "reorder_days": (reorder_days, 1, 90),
        "reorder_margin": (reorder_margin, 0, 200),
    }
    return tuple(
        field_refusal(name, "impossible", value=value, low=low, high=high)
        for name, (value, low, high) in bounds.items()
        if not low <= value <= high
    )
