"""What is drawn of one day: plain values, in words and times already. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Reading:
    """One check in force. ``missing``: why a measure (``bp``, ``pulse``, ``spo2``) was not obtained."""

    at: datetime
    systolic: int | None = None
    diastolic: int | None = None
    pulse: int | None = None
    spo2: int | None = None
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Device:
    at: datetime
    number: int
    delivered: bool = True


@dataclass(frozen=True)
class Window:
    """A checkpoint's window. ``minute`` in words: ``40``, or ``final``."""

    opens_at: datetime
    closes_at: datetime
    label: str
    unit: str = ""


@dataclass(frozen=True)
class Span:
    """A sign, a symptom or an emergency from its beginning to its end; without an end it lasts. A medicine given
    has no length (``point``). ``text`` says which, and when."""

    text: str
    began_at: datetime
    ended_at: datetime | None = None
    point: bool = False
    serious: bool = False


@dataclass(frozen=True)
class Lines:
    """The clinic's lines: BP above, SpO2 below."""

    systolic: int
    diastolic: int
    spo2: int


@dataclass(frozen=True)
class Day:
    """``until`` is where a bar that lasts ends on the paper: now, or the end of the session. ``now`` is None once the
    session is over; ``stretch`` are the moments between which it moves along and nothing else of the paper does.
    ``clock_at`` is where the minimum stay is counted from."""

    zone: ZoneInfo
    lines: Lines
    until: datetime
    readings: tuple[Reading, ...] = ()
    baseline: Reading | None = None
    devices: tuple[Device, ...] = ()
    clock_at: datetime | None = None
    windows: tuple[Window, ...] = ()
    spans: tuple[Span, ...] = ()
    late: tuple[datetime, ...] = ()
    now: datetime | None = None
    stretch: tuple[datetime, datetime] | None = None

    @property
    def moments(self) -> list[datetime]:
        """Everything that must stand on the paper, but for now."""
        found = [reading.at for reading in self.readings] + [device.at for device in self.devices]
        found += [at for window in self.windows for at in (window.opens_at, window.closes_at)]
        found += [at for span in self.spans for at in (span.began_at, span.ended_at) if at]
        return [*found, self.clock_at] if self.clock_at else found
