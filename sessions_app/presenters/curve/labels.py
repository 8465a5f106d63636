"""Words on the paper that do not stand on one another. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sessions_app.presenters.curve.scale import LEFT, RIGHT, TOP

_NARROW, _WIDE = frozenset(" .,:;'|!ijltfr()[]/"), frozenset("mwMW%")


def text_width(text: str, size: float) -> float:
    """How wide a word about is in the faces we use; capitals and signs beyond ASCII count as broad."""
    ems = 0.0
    for letter in text:
        ems += 0.3 if letter in _NARROW else 0.86 if letter in _WIDE else 0.7 if letter.isupper() else 0.56
    return ems * size


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: "Box") -> float:
        """The area that both cover."""
        if self.left >= other.right or other.left >= self.right or self.top >= other.bottom or other.top >= self.bottom:
            return 0.0
        wide = min(self.right, other.right) - max(self.left, other.left)
        return wide * (min(self.bottom, other.bottom) - max(self.top, other.top))


def around(x: float, y: float, wide: float, high: float) -> Box:
    return Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


@dataclass(frozen=True)
class Label:
    """A word with its baseline at ``y``; ``anchor`` is '' (begins at x), ``mid`` or ``end``."""

    text: str
    x: float
    y: float
    anchor: str = ""
    size: float = 12
    bold: bool = False

    @property
    def box(self) -> Box:
        wide = text_width(self.text, self.size) * (1.06 if self.bold else 1)
        left = {"": self.x, "mid": self.x - wide / 2, "end": self.x - wide}[self.anchor]
        return Box(left, self.y - 0.78 * self.size, left + wide, self.y + 0.12 * self.size)


class Sheet:
    """Places words one after another: whoever comes first has the choice."""

    def __init__(self, taken: Iterable[Box], *, bottom: float) -> None:
        self.taken = list(taken)
        self.edge = Box(LEFT - 8, TOP + 2, RIGHT + 2, bottom)

    def put(self, candidates: Sequence[Label], *, must: bool = False) -> Label | None:
        """The first of these that stands free. One that ``must`` be read takes the place with the least overlap."""
        inside = [(label, box) for label in candidates if self._inside(box := label.box)]
        for label, box in inside:
            if not any(box.overlap(other) for other in self.taken):
                self.taken.append(box)
                return label
        if not must:
            return None
        places = inside or [(label, label.box) for label in candidates]
        label, box = min(places, key=lambda place: sum(place[1].overlap(other) for other in self.taken))
        self.taken.append(box)
        return label

    def _inside(self, box: Box) -> bool:
        edge = self.edge
        return box.left >= edge.left and box.right <= edge.right and box.top >= edge.top and box.bottom <= edge.bottom
