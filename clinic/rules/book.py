"""The book of a period, which foots: what was here at its start and what came equals what is here at its end and what
went.

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
    """So many devices of one thing went from one place to another, before the period and within it."""

    of: str
    start: Place
    end: Place
    before: int = 0
    within: int = 0


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


def balances(flows: Iterable[Flow]) -> tuple[Balance, ...]:
    """One for each thing, in order. What is here at the start is what came to be here before; at the end, with what
    came to be here within. What came, and what went, is counted at the other end of each movement."""
    by_thing: dict[str, list[Flow]] = {}
    for flow in flows:
        by_thing.setdefault(flow.of, []).append(flow)
    return tuple(_balance(of, by_thing[of]) for of in sorted(by_thing))


def _balance(of: str, flows: list[Flow]) -> Balance:
    def gained(places: frozenset[Place], count: str) -> int:
        return sum(getattr(flow, count) * ((flow.end in places) - (flow.start in places)) for flow in flows)

    start = gained(ON_HAND, "before")
    return Balance(
        of=of,
        start=start,
        received=-gained(frozenset({Place.SUPPLIER}), "within"),
        went={place: gained(frozenset({place}), "within") for place in WENT},
        end=start + gained(ON_HAND, "within"),
    )


@dataclass(frozen=True)
class Period:
    """From the beginning of one day to the end of another, at the facility."""

    first: date
    last: date

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        return day_span(self.first, zone)[0], day_span(self.last, zone)[1]
