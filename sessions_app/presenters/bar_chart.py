"""A number by month as bars: every number of the SVG, none of its looks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, AXIS = 44.0, 712.0, 20.0, 168.0
_NARROWEST_LABEL = 52.0
_BAR = 0.7  # of its place along the axis
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """``height`` None: not known, or not told. ``text`` stands on it where there is room."""

    label: str
    height: float | None
    text: str = ""


def draw_bars(bars: Sequence[Bar], *, most: float, unit: str = "") -> dict[str, Any]:
    """Plain values of ``_bar_chart.html``; the axis begins at zero and ends at ``most``, or at the highest."""
    top = max([most, *(bar.height for bar in bars if bar.height is not None)])
    place = (RIGHT - LEFT) / max(len(bars), 1)
    every = max(1, int(-(-_NARROWEST_LABEL // place)))

    def y(height: float) -> float:
        return AXIS - (AXIS - TOP) * height / top if top else AXIS

    drawn = []
    for number, bar in enumerate(bars):
        middle = LEFT + (number + 0.5) * place
        level = y(bar.height or 0)
        drawn.append(
            {
                "x": round(middle - place * _BAR / 2, 1),
                "y": round(level, 1),
                "width": round(place * _BAR, 1),
                "height": round(AXIS - level, 1),
                "known": bar.height is not None,
                "middle": round(middle, 1),
                "above": round(level - 5, 1),
                "text": bar.text if every == 1 else "",
                "label": bar.label if number % every == 0 else "",
            }
        )
    grid = [{"y": round(y(level), 1), "text": f"{level:g}{unit}"} for level in levels(top)]
    return {"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": RIGHT, "axis": AXIS, "bars": drawn, "grid": grid}


def levels(top: float) -> list[float]:
    """Whole steps of 1, 2 or 5 from zero on, five lines at most."""
    step, power = 1.0, 0
    while top / step > 4:
        power += 1
        step = float(_STEPS[power % 3] * 10 ** (power // 3))
    return [number * step for number in range(int(top // step) + 1)]
