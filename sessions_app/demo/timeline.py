"""Things that happen at given moments, done in the order of time by the same actions the pages use."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


class Timeline:
    """Collects what happens when; ``run`` does it, the earliest first."""

    def __init__(self) -> None:
        self._steps: list[tuple[datetime, Callable[[datetime], Any]]] = []

    def at(self, when: datetime, do: Callable[[datetime], Any]) -> None:
        self._steps.append((when, do))

    def run(self) -> None:
        for when, do in sorted(self._steps, key=lambda step: step[0]):
            do(when)
