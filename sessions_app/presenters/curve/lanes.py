"""Bars under the curve: signs, symptoms, emergencies and medicines, each with its words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sessions_app.presenters.curve.day import Span
from sessions_app.presenters.curve.labels import text_width
from sessions_app.presenters.curve.scale import LEFT, RIGHT, TimeScale

PITCH, HEIGHT, SHORTEST = 15.0, 12.0, 3.0
_TEXT, _INSIDE_TEXT, _PAD, _GAP = 12.0, 11.0, 6.0, 8.0
_ARROW = 7.0


@dataclass(frozen=True)
class Bar:
    """``lane`` counts from above. ``place`` says where the words stand: in the bar, after it, or before it."""

    span: Span
    left: float
    right: float
    lane: int
    place: str
    text_x: float

    @property
    def lasting(self) -> bool:
        return self.span.ended_at is None and not self.span.point


def lay_bars(spans: Iterable[Span], scale: TimeScale, *, until: datetime) -> list[Bar]:
    """Each in the first lane where bar and words are free, the earliest first."""
    ends: list[float] = []
    bars = []
    for span in sorted(spans, key=lambda span: span.began_at):
        left = scale.x(span.began_at)
        right = left if span.point else max(scale.x(span.ended_at or max(until, span.began_at)), left + SHORTEST)
        place, text_x, extent = _words(span, left, right)
        lane = next((index for index, end in enumerate(ends) if end <= extent[0]), len(ends))
        ends[lane : lane + 1] = [extent[1] + _GAP]
        bars.append(Bar(span, left, right, lane, place, text_x))
    return bars


def _words(span: Span, left: float, right: float) -> tuple[str, float, tuple[float, float]]:
    """Where the words stand, and from where to where bar and words reach."""
    wide, tip = text_width(span.text, _TEXT), right + (_ARROW if span.ended_at is None else 0)
    inside = text_width(span.text, _INSIDE_TEXT) + 2 * _PAD <= right - left
    before, after = left - _PAD - wide, tip + _PAD + wide
    if span.ended_at is not None and inside:
        return "in", left + _PAD, (left, right)
    if span.ended_at is None and not span.point and before >= LEFT:
        return "before", left - _PAD, (before, tip)
    if after <= RIGHT:
        return "after", tip + _PAD, (left - (4 if span.point else 0), after)
    if before >= LEFT:
        return "before", left - _PAD, (before, tip)
    return "in", left + _PAD, (left, max(tip, left + _PAD + wide))
