"""What follows from frozen facts is worked out once: a board asks the same of them many times."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Worked = TypeVar("Worked")


class WorkedOutOnce:
    """Of something that never changes."""

    def once(self, key: Hashable, work_out: Callable[[], Worked]) -> Worked:
        """``key`` names what is worked out, and all that it depends on besides."""
        kept: dict[Hashable, Any] = self.__dict__.setdefault("_worked_out", {})
        if key not in kept:
            kept[key] = work_out()
        worked: Worked = kept[key]
        return worked
