"""A share of a number of things, and how sure it is."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959964  # of the normal distribution: 95 % lie within so many standard deviations


@dataclass(frozen=True)
class Proportion:
    """``count`` of ``total``. Nothing of nothing has no share."""

    count: int
    total: int

    @property
    def share(self) -> float | None:
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval after Wilson (1927): it holds for few and for rare too, and never leaves 0 to 1. It takes
        each session for one of its own; several of one patient are not quite that, so it is somewhat too narrow."""
        return wilson(self.count, self.total) if self.total else None


def wilson(count: int, total: int, *, z: float = Z_95) -> tuple[float, float]:
    """The score interval without continuity correction. Raises ValueError where there is no share."""
    if not 0 <= count <= total or not total:
        raise ValueError("a share is of at least one, and not more than all of them")
    share = count / total
    middle = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    divisor = 1 + z * z / total
    return max(0.0, (middle - spread) / divisor), min(1.0, (middle + spread) / divisor)
