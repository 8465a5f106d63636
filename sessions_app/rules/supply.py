"""Will there be a device for everybody who is booked, and what is to be ordered?"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Booked:
    """A session still to come, and how many devices it takes: as the last one of the course did, or the most that the
    programme gives where there was none."""

    session_id: UUID
    person_id: UUID
    day: date
    devices: int

    def can_have(self, device: "Usable") -> bool:
        return device.last_day >= self.day and device.person_id in (self.person_id, None)


@dataclass(frozen=True)
class Usable:
    """A device in a cabinet that is not recalled; ``last_day``: of its expiry and its use-by the earlier.
    ``person_id``: whose it is; None of bulk."""

    device_id: UUID
    last_day: date
    person_id: UUID | None = None


@dataclass(frozen=True)
class Supply:
    """``short``: sessions that will not find all their devices, and how many are wanting. ``lapsing``: devices of
    named patients that nobody of them is booked to use in time."""

    short: tuple[tuple[Booked, int], ...]
    lapsing: tuple[Usable, ...]


def supply(booked: Iterable[Booked], usable: Iterable[Usable]) -> Supply:
    """Session by session as they come: the patient's own devices first, then bulk; of each, what is over first. Where
    nothing is left, whoever took a device that would do passes it on if they find another: that way nobody goes short
    who need not."""
    devices = sorted(usable, key=lambda each: (each.person_id is None, each.last_day, str(each.device_id)))
    taken: dict[Usable, Booked] = {}
    # What a search that found nothing came by: everybody who could have it is served, and will stay so.
    exhausted: set[Usable] = set()

    def finds(session: Booked) -> bool:
        """The shortest way to a device that nobody has, and along it each passes on theirs."""
        asked: dict[Usable, Usable | None] = {}  # for each device, what whoever asks for it would pass on
        asking: deque[tuple[Booked, Usable | None]] = deque([(session, None)])
        while asking:
            who, theirs = asking.popleft()
            for device in devices:
                if device in asked or device in exhausted or not who.can_have(device):
                    continue
                asked[device] = theirs
                if device in taken:
                    asking.append((taken[device], device))
                    continue
                passed: Usable | None = device
                while passed is not None:
                    before = asked[passed]
                    taken[passed] = session if before is None else taken[before]
                    passed = before
                return True
        exhausted.update(asked)
        return False

    short = []
    for session in sorted(booked, key=lambda each: (each.day, str(each.session_id))):
        for found in range(session.devices):
            if not finds(session):
                short.append((session, session.devices - found))
                break
    return Supply(tuple(short), tuple(each for each in devices if each not in taken and each.person_id is not None))


@dataclass(frozen=True)
class Reorder:
    """How many devices to order: what is booked in the coming days, and a margin, less what can be used then. The
    numbers are the clinic's own [D]."""

    days: int
    booked: int
    margin: int
    usable: int

    @property
    def order(self) -> int:
        return max(0, self.booked + self.margin - self.usable)


def reorder(
    booked: Iterable[Booked], usable: Iterable[Usable], *, today: date, last_day: date, days: int, margin: int
) -> Reorder:
    """Of bulk: a named patient's devices meet only that patient's sessions."""
    coming = [session for session in booked if today <= session.day <= last_day]
    of_person: dict[UUID | None, int] = {}
    for device in usable:
        if device.last_day >= today:
            of_person[device.person_id] = of_person.get(device.person_id, 0) + 1
    wanted: dict[UUID, int] = {}
    for session in coming:
        wanted[session.person_id] = wanted.get(session.person_id, 0) + session.devices
    own = sum(min(count, of_person.get(person_id, 0)) for person_id, count in wanted.items())
    return Reorder(days=days, booked=sum(wanted.values()), margin=margin, usable=own + of_person.get(None, 0))
