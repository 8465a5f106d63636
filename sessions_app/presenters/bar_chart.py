"""A number by month, or by kind, as bars: every number of the SVG, none of its looks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

WIDTH, HEIGHT = 720, 200
TALL = 500  # beside a table of a year's months
LEFT, RIGHT, TOP = 44.0, 712.0, 20.0
BELOW, GROUPS_BELOW = 32, 20  # room for the labels, and for a line that says what the groups are
_NARROWEST_LABEL = 52.0
_BAR = 0.7  # of its place along the axis
_APART = 0.4  # of a place, between groups
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """``height`` None: not known, or not told. ``text`` stands on it where there is room. ``between``: its interval;
    ``group``: what it is one of, said once below those that stand beside each other."""

    label: str
    height: float | None
    text: str = ""
    between: tuple[float, float] | None = None
    group: str = ""


def draw_bars(bars: Sequence[Bar], *, most: float, unit: str = "", tall: bool = False) -> dict[str, Any]:
    """Plain values of ``_bar_chart.html``; the axis begins at zero and ends at ``most``, or at the highest."""
    height = TALL if tall else HEIGHT
    axis = float(height - BELOW)
    ends = [bar.between[1] if bar.between else bar.height for bar in bars if bar.height is not None]
    top = max([most, *ends])
    begins = [number for number, bar in enumerate(bars) if number and bar.group != bars[number - 1].group]
    place = (RIGHT - LEFT) / max(len(bars) + _APART * len(begins), 1)
    every = max(1, int(-(-_NARROWEST_LABEL // place)))

    def y(level: float) -> float:
        return axis - (axis - TOP) * level / top if top else axis

    drawn: list[dict[str, Any]] = []
    for number, bar in enumerate(bars):
        middle = LEFT + (number + 0.5 + _APART * sum(begin <= number for begin in begins)) * place
        level = y(bar.height or 0)
        low, high = (y(end) for end in bar.between) if bar.between else (level, level)
        drawn.append(
            {
                "x": round(middle - place * _BAR / 2, 1),
                "y": round(level, 1),
                "width": round(place * _BAR, 1),
                "height": round(axis - level, 1),
                "known": bar.height is not None,
                "middle": round(middle, 1),
                "above": round(high - 5, 1),
                "between": {"low": round(low, 1), "high": round(high, 1)} if bar.between else None,
                "group": bar.group,
                "text": bar.text if every == 1 else "",
                "label": bar.label if number % every == 0 else "",
            }
        )
    grid = [{"y": round(y(level), 1), "text": f"{level:g}{unit}"} for level in levels(top)]
    groups = [
        {"words": words, "middle": (members[0]["middle"] + members[-1]["middle"]) / 2}
        for words, members in ((words, list(found)) for words, found in groupby(drawn, key=itemgetter("group")))
        if words
    ]
    return {
        "width": WIDTH,
        "height": height + GROUPS_BELOW if groups else height,
        "left": LEFT,
        "right": RIGHT,
        "axis": axis,
        "bars": drawn,
        "groups": groups,
        "grid": grid,
    }


def levels(top: float) -> list[float]:
    """Whole steps of 1, 2 or 5 from zero on, five lines at most."""
    step, power = 1.0, 0
    while top / step > 4:
        power += 1
        step = float(_STEPS[power % 3] * 10 ** (power // 3))
    return [number * step for number in range(int(top // step) + 1)]
