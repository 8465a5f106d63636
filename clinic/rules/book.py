"""The book of a period, which foots: what was here at its start and what came equals what is here at its end and what
went. What was here is counted device by device, what came and went movement by movement: where a movement is missing,
the two sides differ, and the book says so, and of which devices.

A book does not change what was written: what is taken back is taken back on the day that was said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from clinic.rules.cabinet import Place
from clinic.rules.local_time import day_span

ON_HAND = frozenset({Place.CABINET, Place.DRAWN})
# Where devices go from here, in the order of the equation.
WENT = (Place.ADMINISTERED, Place.FAILED, Place.WASTED, Place.RETURNED, Place.LOST)


@dataclass(frozen=True)
class Flow:
    """So many devices of one thing went from one place to another within the period."""

    of: str
    start: Place
    end: Place
    count: int


@dataclass(frozen=True)
class Held:
    """So many devices of one thing were here at the start of the period, and at its end."""

    of: str
    start: int
    end: int


@dataclass(frozen=True)
class Balance:
    """In devices. ``went``: net of what was taken back."""

    of: str
    start: int
    received: int
    went: Mapping[Place, int] = field(hash=False)
    end: int

    @property
    def foots(self) -> bool:
        return self.start + self.received == self.end + sum(self.went.values())


def balances(held: Iterable[Held], flows: Iterable[Flow]) -> tuple[Balance, ...]:
    """One for each thing, in order. What came, and what went, is counted at the other end of each movement."""
    here: dict[str, list[Held]] = {}
    moved: dict[str, list[Flow]] = {}
    for each in held:
        here.setdefault(each.of, []).append(each)
    for flow in flows:
        moved.setdefault(flow.of, []).append(flow)
    return tuple(_balance(of, here.get(of, []), moved.get(of, [])) for of in sorted(here.keys() | moved.keys()))


def _balance(of: str, held: list[Held], flows: list[Flow]) -> Balance:
    def gained(place: Place) -> int:
        return sum(flow.count * ((flow.end is place) - (flow.start is place)) for flow in flows)

    return Balance(
        of=of,
        start=sum(each.start for each in held),
        received=-gained(Place.SUPPLIER),
        went={place: gained(place) for place in WENT},
        end=sum(each.end for each in held),
    )


@dataclass(frozen=True)
class Period:
    """From the beginning of one day to the end of another, at the facility."""

    first: date
    last: date

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        return day_span(self.first, zone)[0], day_span(self.last, zone)[1]
